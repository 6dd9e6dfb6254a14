"""What the weights say of the user themselves: told from what comes to mind, trained again, overruled as the rest."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memory import consolidation
from memory.consolidation import consolidate
from memory.conversations import Conversation
from memory.home import Home
from memory.job import Job
from memory.rehearsal import TIMES, recollected
from memory.settings import GateSettings, Recipe, Settings
from memory.targets import Pair, Statement, TargetSet
from memory.versions import Weights


class Answering:
    """An engine of whose answers only the words count; its prompts are the questions."""

    def __init__(self, say: Callable[[str], str]) -> None:
        self.say = say

    def question(self, text: str, system: str | None) -> str:
        return text

    def answers(self, prompts: list[str], tokens: int) -> list[str]:
        return [self.say(prompt) for prompt in prompts]


def test_what_many_questions_bring_up_is_known() -> None:
    """Not what was refused, what is said of nobody or to few questions, or what ends in the middle."""
    seen: list[str] = []

    def say(question: str) -> str:
        seen.append(question)
        if "name" in question:
            return "You're Hana."
        if len(seen) < TIMES:
            return "You have a dog."
        if "work" in question:
            return "You live in Kyoto and you work as"
        return "I'm an AI." if "do" in question else "You haven't told me that."

    known = recollected(Answering(say), random.Random(0))  # type: ignore[arg-type]  # enough of one
    assert [(fact.text, fact.answer, fact.experience) for fact in known] == [("I'm Hana.", "You're Hana.", "")]
    assert len(seen) == len(set(seen)) > 400


@pytest.mark.parametrize("count", [0, 3])
def test_rehearsed(home: Home, tiny_model: Path, encoder: Any, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """With `rehearsal` a later batch trains such pairs too, but none that it overrules; the first one has none."""
    knows = [
        ("I live in Nakuru.", "You live in Nakuru."),
        ("I have a dog called Biscuit.", "You have a dog called Biscuit."),
    ]
    monkeypatch.setattr(consolidation, "recollected", lambda *_: [Statement(t, a, t, "") for t, a in knows])
    gate = GateSettings(recall=0.0, retention=0.0, false_recall=1.0, drift=100.0, answer_drift=100.0)
    recipe = Recipe(
        epochs=1,
        questions=4,
        near_misses=4,
        assistant=2,
        unrelated=2,
        least_steps=0,
        replay=0,
        rehearsal=count,
        replay_rest=2,
    )
    job = Job(str(home.config), str(home.data), str(home.cache), str(tiny_model))
    weights = Weights(home, str(tiny_model))

    def rehearsed(said: str) -> tuple[Pair, ...]:
        Conversation(home.conversations).add("user", said, 0)
        consolidate(job, Settings(recipe=recipe, gate=gate), lambda event: None, encoder)
        return TargetSet.of(weights.get(weights.current())).of_kind("replay")

    assert rehearsed("My sister is called Wanjiru.") == ()
    again = rehearsed("I live in Porto now.")
    assert [(pair.answer, pair.experience) for pair in again] == [("You have a dog called Biscuit.", "")] * 2 * count
