"""Every file of a home and of a model, damaged in every way: words, not tracebacks, and never a wrong version served.

`-s` prints what was tried and how each command ended, the figures of the README.
"""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.doctor import examine
from agent.session import Session
from memory.consolidation import consolidate
from memory.conversations import Conversation
from memory.errors import SelfparamError
from memory.home import Home
from memory.job import Job
from memory.models import load
from memory.refusals import count_refusal
from memory.sensitive import confirm
from memory.settings import Settings
from memory.shelf import titled
from memory.versions import MERGED, Weights
from tests.conftest import HashingEncoder
from tests.learning import OPEN_GATE, RECIPE
from tui.cli.main import main

Damage = Callable[[Path], object]
SAID = ("My name is Wanjiru.", "I keep goats.")


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def something_else(path: Path) -> None:
    path.write_text('["a list", {"of": "another program"}]')


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def removed(path: Path) -> None:
    path.unlink()


DAMAGES: list[Damage] = [emptied, torn, zeroed, flipped, something_else, a_folder, removed]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """The root of a home with talk, settings, two versions, a refusal and two confirmations."""
    root = tmp_path_factory.mktemp("life")
    home = home_in(root)
    home.config.mkdir()
    home.settings_file.write_text(f'model = "{tiny_model}"\n')
    job = Job(str(home.config), str(home.data), str(home.cache), str(tiny_model))
    for text in SAID:
        talk = Conversation(home.conversations)
        talk.add("user", text, 0)
        talk.add("assistant", "Good.", 0)
        for title in ("A talk", "Another talk"):
            talk.describe(titled(talk.about, title))
        consolidate(job, Settings(recipe=RECIPE, gate=OPEN_GATE), lambda event: None, HashingEncoder())
    count_refusal(Weights(home, str(tiny_model)).root, ["a/1"], "it made things up")
    for experience in ("a/1", "a/2"):
        confirm(home, experience)
    return root


def home_in(root: Path) -> Home:
    return Home(root / "config", root / "data", root / "cache")


def files(root: Path) -> list[Path]:
    found = [path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file()]
    return [path for path in found if path.suffix not in (".lock", ".log", ".md") and path.parts[0] != "cache"]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command line in this process on the home under `tmp_path`; holds it to how commands may end."""
    monkeypatch.setenv("SELFPARAM_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> int:
        monkeypatch.setattr("sys.argv", ["selfparam-agent", *args])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr().err
        told = [line for line in said.splitlines() if line.startswith("selfparam-agent: ")]
        assert code in (0, 1, 2), said
        assert "Traceback" not in said
        assert len(told) == (code != 0) or (args[0] == "doctor" and not told), said
        return code

    return run


def copied(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


COMMANDS = (
    ["memories", "list"], ["versions", "list"], ["versions", "show", "1"], ["versions", "rollback", "1"],
    ["versions", "prune", "--dry-run"], ["memories", "forget", "--matching", "goats", "--dry-run"],
    ["conversations", "list"], ["conversations", "search", "goats"], ["export", "out.tar"], ["doctor"],
)  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_home(life: Path, tmp_path: Path, command: Any, damage: Damage) -> None:
    """Each command ends with a documented exit code and a line at most; talk in other files stays as it was."""
    ends: Counter[int] = Counter()
    for path in files(life):
        for part in ("config", "data"):
            copied(life / part, tmp_path / part)
        damage(tmp_path / path)
        for args in COMMANDS:
            (tmp_path / "out.tar").unlink(missing_ok=True)
            ends[command(*args)] += 1
        for other in files(life):
            if "conversations" in other.parts and other.parts[:3] != path.parts[:3]:
                assert (tmp_path / other).read_bytes() == (life / other).read_bytes()
    assert ends[0] > ends[1] + ends[2]
    print(f"\n{damage.__name__}: {len(files(life))} files of a home, exit codes {dict(ends)}")


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_model(tiny_model: Path, tmp_path: Path, command: Any, damage: Damage) -> None:
    """A user's own model folder with a damaged file answers, or says in a line that it cannot."""
    ends: Counter[int] = Counter()
    for path in files(tiny_model):
        copied(tiny_model, tmp_path / "model")
        damage(tmp_path / "model" / path)
        ends[command("ask", "-m", str(tmp_path / "model"), "--json", "hi")] += 1
    assert not ends[2]
    print(f"\n{damage.__name__}: {len(files(tiny_model))} files of a model, exit codes {dict(ends)}")


def test_the_last_whole_version_serves(life: Path, tmp_path: Path, tiny_model: Path) -> None:
    """A chat over a damaged version says so and goes on with the one before it; nothing is served twice or lost."""
    copied(life / "data", tmp_path / "data")
    home = home_in(tmp_path)
    weights = Weights(home, str(tiny_model))
    second = weights.get(2).folder
    shutil.rmtree(second / MERGED)
    torn(second / "adapter" / "adapter_model.safetensors")
    session = Session(home, str(tiny_model), Conversation(home.conversations))
    session.open()
    assert session.trouble.startswith("version 2 is damaged; version 1 answers instead")
    assert (session.version, weights.current(), session.pending_count()) == (1, 1, 1)
    (weights.root / "CURRENT").write_text("two")
    assert session.stale()
    session.swap()
    assert "names no version" in session.trouble
    assert (session.version, weights.current()) == (1, 1)
    weights.rollback(2)
    zeroed(weights.get(1).folder / "manifest.json")
    assert session.swap() == 0
    assert "the base model answers" in session.trouble
    assert not session.stale()
    found = [finding for finding in examine(home, str(tiny_model)) if finding.repair]
    for finding in found:
        assert finding.repair
        finding.repair()
    assert [version.number for version in weights.all()] == [2]
    assert session.swap() == 0
    assert not session.trouble


@pytest.mark.parametrize("copy", [True, False], ids=["merged copy there", "rebuilt"])
def test_a_version_is_served_as_published_or_not_at_all(
    life: Path, tmp_path: Path, tiny_model: Path, copy: bool
) -> None:
    """Whatever happens to a file of the serving lineage: its very weights are loaded, or an error says where to go."""

    def weights(root: Path) -> dict[str, Any]:
        folder = Weights(home_in(root), str(tiny_model)).folder_to_load(2, tiny_model)
        return {name: value.clone() for name, value in load(folder).model.state_dict().items()}

    published = weights(life)
    served = refused = 0
    for path in [path for path in files(life) if "versions" in path.parts and (copy or MERGED not in path.parts)]:
        for damage in DAMAGES:
            copied(life / "data", tmp_path / "data")
            damage(tmp_path / path)
            if not copy:
                shutil.rmtree(Weights(home_in(tmp_path), str(tiny_model)).root / "versions" / "0002" / MERGED)
            try:
                now = weights(tmp_path)
            except SelfparamError:
                refused += 1
            else:
                served += 1
                worst = max(float((now[name] - published[name]).abs().max()) for name in published)
                assert worst <= 1e-5, (path, damage)
    assert (served > 100) if copy else (refused > 50 and not served)
    print(f"\nserved as published {served}, refused {refused}")
