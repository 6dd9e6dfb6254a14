"""A consolidation in two processes, by `accelerate launch`: they learn as one does, and none is left behind."""

import shutil
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from safetensors.torch import load_file
from torch.testing import assert_close

from agent.consolidate import Consolidation, run
from memory.conversations import Conversation
from memory.errors import NothingPendingError, SelfparamError, UsageError
from memory.home import Home
from memory.models import SENTENCE_MODEL
from memory.settings import read_settings
from memory.versions import ADAPTER, STAGING, Weights

SETTINGS = """
processes = {processes}
engine = "transformers"
[recipe]
bf16 = false
epochs = 2
questions = 2
near_misses = 3
far_misses = 1
assistant = 1
unrelated = 2
least_steps = 0
batch = 3
[gate]
recall = 0.0
false_recall = 1.0
drift = 100.0
answer_drift = 100.0
"""


def home_of(root: Path, processes: int, sentences: Path) -> Home:
    """A home in which something was told; batches of three rows leave two processes unequal shares."""
    home = Home(root / "config", root / "data", root / "cache")
    home.config.mkdir(parents=True)
    home.settings_file.write_text(SETTINGS.format(processes=processes))
    (home.cache / "models").mkdir(parents=True)
    shutil.copytree(sentences, home.cache / "models" / SENTENCE_MODEL.name)
    talk = Conversation(home.conversations, "told")
    for text in ("My name is Wanjiru.", "I live in Nakuru."):
        talk.add("user", text, 0)
    return home


def learned(home: Home, model: str) -> tuple[list[float], dict[str, Any]]:
    """The loss of every step, and the adapter."""
    events: list[dict[str, Any]] = []
    assert run(home, model, events.append)["version"] == 1
    (adapter,) = (Weights(home, model).get(1).folder / ADAPTER).glob("*.safetensors")
    return [event["loss"] for event in events if event["event"] == "progress"], load_file(adapter)


def test_two_processes_learn_as_one(tmp_path: Path, tiny_model: Path, tiny_sentences: Path) -> None:
    """Every step's loss is that of one process, and so is the adapter, up to rounding."""
    alone, one = learned(home_of(tmp_path / "one", 1, tiny_sentences), str(tiny_model))
    together, two = learned(home_of(tmp_path / "two", 2, tiny_sentences), str(tiny_model))
    assert len(alone) > 4
    assert together == pytest.approx(alone, abs=1e-4)
    assert alone[0] != alone[-1]
    assert_close(two, one, rtol=1e-2, atol=1e-4)


def test_none_is_left_behind(tmp_path: Path, tiny_model: Path, tiny_sentences: Path) -> None:
    """Stopped in training, all processes end and the home is as it was; with nothing pending they end by themselves."""
    home = home_of(tmp_path, 2, tiny_sentences)
    consolidation = Consolidation(home, str(tiny_model))
    for event in consolidation:
        if event["event"] == "progress":
            break
    started = [process for process in psutil.Process().children(recursive=True) if "memory.child" in at(process)]
    assert len(started) == 3  # the launcher and two that train
    consolidation.stop()
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in started)
    weights = Weights(home, str(tiny_model))
    assert weights.current() == 0
    assert not (weights.root / "versions" / STAGING).exists()
    shutil.rmtree(home.conversations)
    began = time.monotonic()
    with pytest.raises(SelfparamError, match="nothing is pending") as caught:
        run(home, str(tiny_model), lambda event: None)
    assert caught.value.exit_code == NothingPendingError.exit_code
    assert time.monotonic() - began < 60


def at(process: psutil.Process) -> list[str]:
    """Its command line; none if it has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.mark.parametrize("processes", ["0", "65", '"two"'])
def test_a_wrong_number_of_processes(tmp_path: Path, processes: str) -> None:
    """One line names the setting."""
    (tmp_path / "config.toml").write_text(f"processes = {processes}\n")
    with pytest.raises(UsageError, match="processes"):
        read_settings(tmp_path / "config.toml")
