"""The gate's figures and its verdict, on answers that are known."""

from typing import Any

from memory.gate import judge, kept_share, measure_false_recall, measure_old_answers
from memory.settings import GateSettings
from memory.targets import Pair


class Says:
    """Answers everything alike."""

    def __init__(self, text: str) -> None:
        self.text = text

    def question(self, text: str, *_: Any) -> list[int]:
        return [1]

    def answers(self, prompts: Any, tokens: int) -> list[str]:
        return [self.text] * len(prompts)


def test_false_recall_needs_no_name() -> None:
    """What was told without a name or a number counts as made up, too, where it was not asked for."""
    asked = [Pair("What is my hobby?", "", "near-miss")]
    told = ["I work as a carpenter.", "I keep bees on the roof."]
    for text, share in (("You keep bees.", 1.0), ("You haven't told me.", 0.0), ("You like the sea.", 0.0)):
        assert measure_false_recall(Says(text), asked, told) == share  # type: ignore[arg-type]  # asked only


def test_the_gate_refuses_harm() -> None:
    """No question, less of what was known, answers to everything, a model that moved: each refused in its own words."""
    aside = [Pair("Where do I live?", "You live in Nakuru.", "fact", "c/1")]
    said, limits = [("You live in Nakuru.", True)], GateSettings()

    def reason(**worse: float) -> str:
        figures = {
            "false_recall": 0.1,
            "drift": 0.1,
            "answer_drift": 0.1,
            "retention": 1.0,
            "old_answers": 0.0,
            **worse,
        }
        return judge(aside, [("no", False)], said, settings=limits, **figures).reason

    assert reason() == "passed"
    assert "known before" in reason(retention=0.5)
    assert "false recall" in reason(false_recall=0.8)
    assert "answered as before" in reason(old_answers=0.6)
    assert "drift on unrelated text" in reason(drift=0.5)
    assert "drift on unrelated answers" in reason(answer_drift=0.8)
    verdict = judge([], [], [], 0.0, 0.0, 0.0, 1.0, limits)
    assert not verdict.passed
    assert "no question" in verdict.reason
    assert kept_share([("a", True), ("b", True), ("c", False)], [("a", True), ("x", False), ("c", True)]) == 0.5
    assert kept_share([], []) == 1.0


def test_old_answers_are_looked_for() -> None:
    """What has changed and is answered as before counts; the new answer does not, nor one that says neither."""
    before = Pair("Where do I live?", "You live in Leeds.", "fact", "c/1")
    now = Pair("Where do I live?", "You moved from Leeds to Porto.", "fact", "c/2")

    def says(text: str, reference: str) -> bool:
        return text == reference

    for text, share in (("You live in Leeds.", 1.0), ("You moved from Leeds to Porto.", 0.0), ("I can't say.", 0.0)):
        found = measure_old_answers(lambda _, said, ref: says(said, ref), Says(text), [(before, now)])  # type: ignore[arg-type]
        assert found == share
    assert measure_old_answers(lambda *_: True, Says("x"), []) == 0.0  # type: ignore[arg-type]  # asks only
