"""The agent as a library, its examples, and plugins: what a program that uses them gets."""

import re
import runpy
import shutil
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.library import Agent
from agent.session import Session
from memory.consolidation import consolidate
from memory.conversations import Conversation
from memory.errors import ModelError, NothingPendingError, SelfparamError, UsageError
from memory.home import Home
from memory.job import Job
from memory.models import SENTENCE_MODEL
from memory.plugins import plugin
from memory.settings import Settings, read_settings
from memory.targets import TargetSet
from memory.versions import Weights
from tests.learning import OPEN_GATE, RECIPE, tell

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples" / "library").glob("*.py"))
SETTINGS = """model = "{model}"
[recipe]
epochs = 1
questions = 3
near_misses = 2
assistant = 1
unrelated = 1
least_steps = 0
[gate]
recall = 0.0
retention = 0.0
false_recall = 1.0
drift = 100.0
"""


@pytest.fixture
def root(tmp_path: Path, tiny_model: Path, tiny_sentences: Path) -> Path:
    """A home in one folder whose settings name the tiny model and let everything pass."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(SETTINGS.format(model=tiny_model))
    shutil.copytree(tiny_sentences, tmp_path / "cache" / "models" / SENTENCE_MODEL.name)
    return tmp_path


def test_a_life(root: Path) -> None:
    """Told, learned, asked, gone back: versions and what is pending follow, pieces make the reply, events come."""
    pieces: list[str] = []
    events: list[dict[str, Any]] = []
    with Agent(root) as agent:
        assert (agent.version, agent.pending) == (0, 0)
        agent.tell("I keep goats.")
        reply = agent.say("I live in Nakuru.", pieces.append, most=4)
        assert "".join(pieces) == reply
        assert agent.pending == 2
        learned = agent.consolidate(events.append)
        assert (learned.version, agent.version, agent.pending) == (1, 1, 0)
        assert learned.words.startswith("learned: version 1 answers now")
        assert [event["stage"] for event in events if event["event"] == "stage"][-1] == "gate"
        assert isinstance(agent.ask("What do I keep?"), str)
        with pytest.raises(NothingPendingError):
            agent.consolidate()
        assert (agent.rollback(), agent.version, agent.pending) == (0, 0, 2)
        with pytest.raises(UsageError, match="nothing to roll back"):
            agent.rollback()


def test_mistakes(root: Path) -> None:
    """They are errors with a message of one line; an agent that was not entered says so."""
    with pytest.raises(ModelError, match="unknown model"), Agent(root, model="nonsense"):
        pass
    with pytest.raises(RuntimeError, match="enter the agent"):
        Agent(root).ask("Who am I?")
    with Agent(root) as agent, pytest.raises(UsageError, match="empty"):
        agent.tell(" ")
    (root / "config" / "config.toml").write_text("model = [")
    with pytest.raises(UsageError, match=r"config\.toml"), Agent(root):
        pass


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples(
    root: Path, example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each example runs and learns a version in the home it is given."""
    monkeypatch.setenv("SELFPARAM_HOME", str(root))
    monkeypatch.setattr(sys, "argv", [str(example)])
    runpy.run_path(str(example))
    assert re.search(r"version 1\b|^v1: ", capsys.readouterr().out, re.MULTILINE)


@pytest.fixture
def example_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """The example package as if installed; its entry points."""
    project = tomllib.loads((ROOT / "examples" / "plugin" / "pyproject.toml").read_text())["project"]
    site = tmp_path / "site"
    notes = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    notes.mkdir(parents=True)
    shutil.copy(ROOT / "examples" / "plugin" / "selfparam_plain.py", site)
    (notes / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    lines = []
    for group, entries in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    (notes / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(str(site))
    return dict(project["entry-points"])


def test_plugins(home: Home, tiny_model: Path, encoder: Any, example_plugin: dict[str, dict[str, str]]) -> None:
    """An installed writer's questions are learned and an installed judge decides, once the settings name them."""
    home.config.mkdir()
    home.settings_file.write_text('engine = "brief"\n[recipe]\nwriter = "plain"\n[gate]\njudge = "exact"\n')
    said = read_settings(home.settings_file)
    assert (said.engine, said.recipe.writer, said.gate.judge) == ("brief", "plain", "exact")
    tell(home, "I collect zithers.")
    job = Job(str(home.config), str(home.data), str(home.cache), str(tiny_model))
    settings = Settings(recipe=replace(RECIPE, writer="plain"), gate=replace(OPEN_GATE, judge="exact"))
    consolidate(job, settings, lambda event: None, encoder)
    targets = TargetSet.of(Weights(home, str(tiny_model)).get(1))
    assert "What did I say about my zithers?" in {pair.question for pair in targets.pairs + targets.set_aside}
    assert plugin("judges", "exact")("What?", "you collect zithers", "You collect zithers.")
    session = Session(home, str(tiny_model), Conversation(home.conversations))
    session.open()
    assert session.version == 1
    assert [len(answer) <= 8 for answer in session.answer(["Who am I?"], tokens=40)] == [True]


def test_plugins_that_are_not_there(home: Home) -> None:
    """A name that no package brings is refused where the settings are read, with the names there are."""
    home.config.mkdir()
    home.settings_file.write_text('[recipe]\nwriter = "nobody"\n')
    with pytest.raises(UsageError, match=r"recipe\.writer is one of auto, instruct, analogies, not 'nobody'"):
        read_settings(home.settings_file)
    home.settings_file.write_text('[gate]\njudge = "nobody"\n')
    with pytest.raises(UsageError, match=r"gate\.judge is one of own, not 'nobody'"):
        read_settings(home.settings_file)
    home.settings_file.write_text('engine = "nobody"\n')
    with pytest.raises(UsageError, match="engine is one of auto, transformers, ctranslate2, int8, llama, not 'nobody'"):
        read_settings(home.settings_file)
    with pytest.raises(UsageError, match="install it"):
        plugin("writers", "nobody")


def test_plugin_that_is_broken(example_plugin: dict[str, dict[str, str]], tmp_path: Path) -> None:
    """A package that cannot be imported is named in a line."""
    (tmp_path / "site" / "selfparam_plain.py").write_text("import no_such_module\n")
    sys.modules.pop("selfparam_plain", None)
    with pytest.raises(SelfparamError, match=r"'exact' cannot be loaded \(No module named 'no_such_module'\)"):
        plugin("judges", "exact")
