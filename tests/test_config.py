"""The settings file: written once, complete, true, and never over the user's own; completion of the command line."""

import json
import os
import subprocess
import sys
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from memory.errors import UsageError
from memory.home import Home
from memory.settings import Settings, read_settings
from memory.settings_file import default_file, in_force
from tests.test_cli import ROOT, run


def uncommented(text: str) -> str:
    return "\n".join(line.removeprefix("# ") for line in text.splitlines()[1:])


def test_init_writes_every_setting_and_changes_none(tmp_path: Path) -> None:
    """The file is private, means the defaults as it is, and the defaults with every line's "# " taken off."""
    done = run("config", "init", home=tmp_path)
    path = tmp_path / "config" / "config.toml"
    assert (done.returncode, str(path) in done.stderr, path.stat().st_mode & 0o777) == (0, True, 0o600)
    assert read_settings(path) == Settings()
    path.write_text(uncommented(path.read_text()))
    assert read_settings(path) == Settings()
    written = tomllib.loads(path.read_text())
    assert written["recipe"].pop("preset") == "default"
    assert written == asdict(Settings())


def test_every_setting_is_explained() -> None:
    """Every line of the written file says what its setting is for."""
    lines = [line for line in default_file().splitlines()[1:] if line.startswith("# ")]
    assert len(lines) > 30
    assert "[keys]  # the name of a key" in default_file()
    assert [line for line in lines if line.count("  # ") != 1] == []


def test_init_never_overwrites(tmp_path: Path) -> None:
    """A file that is there stays as it is."""
    path = tmp_path / "config" / "config.toml"
    path.parent.mkdir()
    path.write_text("# mine\n")
    done = run("config", "init", home=tmp_path)
    assert (done.returncode, "is there already" in done.stderr, path.read_text()) == (2, True, "# mine\n")


def test_show_prints_what_is_in_force(home: Home) -> None:
    """What the file says, and all it leaves out; read again it means the same; a default is named where it differs."""
    home.config.mkdir()
    home.settings_file.write_text(
        '[recipe]\npreset = "paper"\n[schedule]\nquiet = "22:00-07:00"\n[keys]\nmemories = "f6"\n'
    )
    settings = read_settings(home.settings_file)
    shown = in_force(settings)
    home.settings_file.write_text(shown)
    assert read_settings(home.settings_file) == settings
    assert 'quiet = "22:00-07:00"  # default ""' in shown
    assert "minutes = 60\n" in shown
    assert '\nmemories = "f6"\n' in shown


def test_the_commands(tmp_path: Path) -> None:
    """`config show --json` and `config path`; a mistake in the file is one line and exit code 2."""
    path = run("config", "path", home=tmp_path).stdout.strip()
    assert Path(path) == tmp_path / "config" / "config.toml"
    assert json.loads(run("config", "show", "--json", home=tmp_path).stdout) == asdict(Settings())
    Path(path).parent.mkdir()
    Path(path).write_text("[gate]\nrecall = 'high'\n")
    wrong = run("config", "show", home=tmp_path)
    assert (wrong.returncode, len(wrong.stderr.splitlines()), "gate.recall" in wrong.stderr) == (2, 1, True)


@pytest.mark.parametrize(
    ("setting", "allowed"),
    [
        ("[recipe]\nbatch = 0", "recipe.batch is more than 0"), ("[recipe]\nrest = 0", "recipe.rest is more than 0"),
        ("[recipe]\nkl = -1.0", "recipe.kl is at least 0"), ("[recipe]\nlearning_rate = nan", "recipe.learning_rate"),
        ("[recipe]\nfrozen = 1.5", "recipe.frozen is from 0 to 1"),
        ("[gate]\nrecall = 2.0", "gate.recall is from 0 to 1"),
    ],
)  # fmt: skip
def test_out_of_range(tmp_path: Path, setting: str, allowed: str) -> None:
    """A number with which nothing could be learned is refused when it is read, not after minutes."""
    (tmp_path / "config.toml").write_text(setting)
    with pytest.raises(UsageError, match=allowed):
        read_settings(tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("sche", "schedule"),
        ("schedule st", "status"),
        ("chat --pl", "--plain"),
        ("chat -m sm", "smollm2-135m-instruct"),
    ],
)
def test_completion(tmp_path: Path, typed: str, offered: str) -> None:
    """What bash asks for on Tab is answered with commands, groups' commands, options and models."""
    words = f"selfparam-agent {typed}"
    done = subprocess.run(
        [sys.executable, "-c", "from tui.cli.main import app; app(prog_name='selfparam-agent')"],
        capture_output=True, text=True, cwd=ROOT, check=False,
        env={**os.environ, "SELFPARAM_HOME": str(tmp_path), "_SELFPARAM_AGENT_COMPLETE": "complete_bash",
             "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)},
    )  # fmt: skip
    assert done.stdout.split() == [offered], done.stderr


def test_nothing_is_learned_unseen_where_a_person_approves(tmp_path: Path) -> None:
    """With review = always the schedule is off for whoever has nobody to show anything to, such as a server."""
    file = tmp_path / "config.toml"
    assert read_settings(file).unseen.on
    file.write_text('review = "always"\n[schedule]\nexperiences = 3\n', encoding="utf-8")
    assert not read_settings(file).unseen.on
