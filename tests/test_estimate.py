"""What a consolidation will take, before it starts; a model that does not fit is refused with the sizes."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memory.consolidation import consolidate
from memory.conversations import Conversation
from memory.errors import ModelError, NothingPendingError
from memory.estimate import START, Estimate, check_memory, estimate, in_words, steps, weights_size
from memory.home import Home
from memory.job import Job
from memory.models import load
from memory.settings import Recipe, Settings, read_settings
from memory.versions import Weights
from tests.learning import OPEN_GATE, RECIPE


def tell(home: Home, *texts: str) -> None:
    talk = Conversation(home.conversations)
    for text in texts:
        talk.add("user", text, 0)


def test_the_size_of_weights(tiny_model: Path) -> None:
    """Read from the heads of the files: four bytes a parameter, shared ones once."""
    parameters = sum(parameter.numel() for parameter in load(tiny_model).model.parameters())
    assert weights_size(tiny_model) == pytest.approx(4e-9 * parameters)


def test_pairs_as_they_are_written(home: Home, tiny_model: Path, encoder: Any) -> None:
    """The number of pairs is foreseen within 30 %, and what was measured the first time is said the second."""
    settings = Settings(gate=OPEN_GATE, recipe=Recipe(epochs=1, least_steps=0))
    job = Job(str(home.config), str(home.data), str(home.cache), str(tiny_model))
    for texts in (("My name is Wanjiru.", "I live in Nakuru.", "I keep bees."), ("My sister is called Zoe.",)):
        tell(home, *texts)
        foreseen = estimate(home, str(tiny_model), settings)
        events: list[dict[str, Any]] = []
        assert consolidate(job, settings, events.append, encoder)
        assert foreseen.pairs == pytest.approx(events[-1]["pairs"], rel=0.3)
    assert foreseen.measured
    assert foreseen.memory == Weights(home, str(tiny_model)).get(1).manifest["peak_mb"] / 1e3


def test_a_slow_machine_takes_longer(home: Home, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no version tells yet what a step takes here, a product of matrices does."""
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    seconds = []
    for billions in (50.0, 100.0):
        monkeypatch.setattr("memory.estimate.speed", lambda billions=billions: billions)
        seconds.append(estimate(home, str(tiny_model), Settings()).seconds - START)
    assert seconds[0] == pytest.approx(2 * seconds[1])


def test_steps() -> None:
    """Epochs times batches; a small batch is trained for the least number of steps."""
    recipe = Recipe(epochs=8, batch=8, rest=1, near_miss_rest=1, wordings=1, unrelated=0, prose=0)
    assert steps({"fact": 44, "near-miss": 36}, recipe) == 80
    assert steps({"fact": 4, "near-miss": 36}, replace(recipe, unrelated=30, prose=10)) == 80
    assert steps({"fact": 16}, replace(recipe, least_steps=72)) == 72
    assert steps({"fact": 64, "near-miss": 8, "far-miss": 8 * 8}, recipe) == 80
    assert steps({"fact": 44, "near-miss": 3 * 36}, replace(recipe, near_miss_rest=3)) == 80
    assert steps({"fact": 76, "assistant": 40}, replace(recipe, rest=2)) == 96
    two = replace(recipe, wordings=2, least_steps=0)
    assert [steps({"fact": pairs}, two) for pairs in (32, 64, 128, 160)] == [32, 32, 64, 80]


def test_nothing_to_estimate(home: Home, tiny_model: Path) -> None:
    """Nothing pending takes nothing; a model that is not here has no size yet."""
    with pytest.raises(NothingPendingError):
        estimate(home, str(tiny_model), Settings())
    tell(home, "I keep bees.")
    with pytest.raises(ModelError, match="models pull"):
        estimate(home, "smollm2-135m-instruct", Settings())


def test_the_question_generator_takes_memory_before_the_training(tiny_model: Path) -> None:
    """A small model's consolidation is largest while it writes; a budget below that is too small."""
    with pytest.raises(ModelError, match=r"needs 2\.8 GB of memory to learn, the setting memory allows 1\.0 GB"):
        check_memory(tiny_model, 1.0, "learn", writes=True)
    check_memory(tiny_model, 1.0, "learn")
    check_memory(tiny_model, 2.9, "learn", writes=True)


def test_a_model_too_big_is_refused(home: Home, tiny_model: Path, encoder: Any) -> None:
    """Beyond the budget neither chat nor consolidation starts, and the sizes are named."""
    with pytest.raises(ModelError, match=r"needs 0\.7 GB of memory to chat, the setting memory allows 0\.5 GB"):
        check_memory(tiny_model, 0.5)
    check_memory(tiny_model, 1.0)
    with pytest.raises(ModelError, match=r"to learn in 2 processes, the setting memory allows 1\.0 GB"):
        check_memory(tiny_model, 1.0, "learn", 2)
    tell(home, "I keep bees.")
    job = Job(str(home.config), str(home.data), str(home.cache), str(tiny_model))
    with pytest.raises(ModelError, match="to learn"):
        consolidate(job, Settings(recipe=RECIPE, memory=0.5), lambda event: None, encoder)
    home.config.mkdir(exist_ok=True)
    home.settings_file.write_text("memory = 2\n")
    assert read_settings(home.settings_file).memory == 2


def test_in_words() -> None:
    """One line for a person."""
    assert in_words(Estimate(8, 128, 193.4, 2.16, 1.13, False)) == (
        "8 statements, about 128 pairs: 193 s (on two cores; no version here to go by yet), 2.2 GB of memory, "
        "1.13 GB on disk"
    )
