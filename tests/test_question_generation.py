"""The question generator: what it gives with any weights, and with its own."""

import random
from pathlib import Path
from typing import Any

import pytest

from memory.conversations import Experience
from memory.home import Home
from memory.language import Example, Language, answer_logits
from memory.models import load
from memory.question_generation import BEAMS, QuestionGenerator, _whole, question_generator
from memory.targets import extract
from memory.writers import write_questions

STATEMENT = "My husband Emeric repairs accordions."


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> Language:
    return load(tiny_model, training=True)


def test_how_likely_it_is_answered_does_not_depend_on_the_others(tiny: Language) -> None:
    """Packed together they are as likely as alone, in the order asked, more than one pack of them, too."""
    questions = [f"What did I do in year {number}?" for number in range(60)]
    together = QuestionGenerator(tiny).answered("I sail.", questions)
    alone = [QuestionGenerator(tiny).answered("I sail.", [question])[0] for question in questions]
    assert together == pytest.approx(alone, abs=1e-5)
    assert len(set(alone)) > 1
    assert QuestionGenerator(tiny).answered("I sail.", []) == []


def test_it_is_the_probability_of_yes_against_no(tiny: Language) -> None:
    asked = tuple(tiny.encode("Statement: I sail.\nQuestion: What do I do?\nTold:"))
    yes, no = tiny.encode(" yes")[-1], tiny.encode(" no")[-1]
    logits = answer_logits(tiny.model, [Example(asked, (yes,))])[0].detach()
    both = logits[[yes, no]].softmax(0)
    assert QuestionGenerator(tiny).answered("I sail.", ["What do I do?"])[0] == pytest.approx(float(both[0]), abs=1e-6)


def test_each_statement_has_its_own_questions(tiny: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else stands in the batch: five statements are written in two of them."""
    monkeypatch.setattr("memory.question_generation._whole", list)  # a random model finishes no question
    statements = ["I sail.", "We keep nine geese in the yard.", "I bake.", "My aunt is called Ida.", "I'm Bo."]
    together = QuestionGenerator(tiny).questions(statements)
    assert [len(questions) for questions in together] == [BEAMS] * 5
    assert together == [QuestionGenerator(tiny).questions([statement])[0] for statement in statements]
    assert QuestionGenerator(tiny).questions([]) == []


def test_what_is_cut_off_is_no_question() -> None:
    assert _whole(["Who is Ida?", "Tell me who Ida is.", "Who is Ida?", "What is the name of the"]) == [
        "Who is Ida?",
        "Tell me who Ida is.",
    ]


def test_nothing_is_fetched_for_it(home: Home) -> None:
    """Without the default model on this machine there is none."""
    assert question_generator(home) is None


class Knowing(QuestionGenerator):
    """Writes two questions of whatever is said, and thinks that all but two are answered."""

    def questions(self, statements: Any) -> list[list[str]]:
        return [["What does Emeric mend?", "Where does Emeric work?"] for _ in statements]

    def answered(self, statement: str, questions: Any) -> list[float]:
        doubtful = {"Where does Emeric work?": 0.8, "What is my husband called?": 0.4}
        return [doubtful.get(question, 0.97) for question in questions]


def test_what_its_statement_does_not_answer_is_dropped_with_the_reason(tiny: Language, encoder: Any) -> None:
    """Of its own questions and of those carried over from examples; its own need more."""
    facts = [fact for fact in extract([Experience("c/1", STATEMENT, "")]) if fact.text == STATEMENT]
    without, _ = write_questions(tiny, encoder, facts, "analogies", 9, random.Random(0))
    (asked,), dropped = write_questions(tiny, encoder, facts, "analogies", 9, random.Random(0), Knowing(tiny))
    assert "What is my husband called?" in without[0]
    assert "What does Emeric mend?" in asked
    assert not {"Where does Emeric work?", "What is my husband called?"} & {*asked}
    assert ("Where does Emeric work?", f"not answered by it: {STATEMENT}") in dropped
    assert ("What is my husband called?", f"not answered by it: {STATEMENT}") in dropped
