"""README and docs: every command, option and setting is in them, and what stands in their code blocks is valid."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from memory.settings_file import default_file
from tests.test_library import root  # noqa: F401  # a fixture
from tui.cli.main import app

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {path.name: path.read_text() for path in FILES}
EVERYWHERE = {"--help", "--json", "--model", "--yes"}
"""Options that many commands have, and help that none lacks."""


def blocks(language: str) -> list[str]:
    return [block for text in TEXT.values() for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)]


def leaves(command: Any, *names: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, under its whole name."""
    if not hasattr(command, "commands"):
        yield " ".join(names), command
    for name, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, *names, name)


COMMANDS = dict(leaves(typer.main.get_command(app), "selfparam-agent"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    """The README names the command, and one of the files each of its options in a paragraph or row that names it."""
    assert f"`{name}" in TEXT["README.md"]
    paragraphs = [part for text in TEXT.values() for part in re.split(r"\n(?=\n|\||\$)", text) if name in part]
    for option in COMMANDS[name].params:
        long = [flag for flag in option.opts if flag.startswith("--")]
        if option.param_type_name == "option" and not EVERYWHERE & {*long} and not getattr(option, "hidden", False):
            assert any(flag in part for flag in long for part in paragraphs), (name, long)


def test_every_setting_is_documented() -> None:
    """docs/research.md has the very text of `config init`; where settings change, paste it anew."""
    assert default_file().strip() in TEXT["research.md"]


def lines() -> list[str]:
    """What a console block, or `code` in a text, has a person type of this program."""
    typed = [
        line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ selfparam-agent ")
    ]
    assert len(typed) > 10
    return typed


@pytest.mark.parametrize("line", lines())
def test_console_lines_are_understood(line: str) -> None:
    """The command line takes every `selfparam-agent …` line as it stands."""
    command: Any = typer.main.get_command(app)
    words = shlex.split(line, comments=True)[1:]
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    command.make_context("selfparam-agent", words)


def test_scripts_in_console_blocks_are_there() -> None:
    """Whatever `python FILE` a file of ours names is in the repository."""
    named = {
        name
        for text in TEXT.values()
        for name in re.findall(r"python (?:-m pytest (?:-s )?)?((?:examples|tests)/\S+?\.py)", text)
    }
    assert len(named) > 8
    assert not [name for name in named if not (ROOT / name).exists()]


def test_links_lead_somewhere() -> None:
    """Each relative link names a file, each #place a heading of it."""
    for path in FILES:
        for target in re.findall(r"\]\((?!http)([^)]+)\)", TEXT[path.name]):
            file, _, place = target.partition("#")
            there = (path.parent / file) if file else path
            assert there.exists(), (path.name, target)
            headings = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE) if place else []
            assert not place or place in {re.sub(r"[^\w-]", "", h.lower().replace(" ", "-")) for h in headings}, target


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """As they stand, with a tiny model, in the home that they name."""
    monkeypatch.chdir(root.parent)
    root.rename(root.parent / "my-home")
    exec(compile(code, "block", "exec"), {})
    (root.parent / "my-home").rename(root)
