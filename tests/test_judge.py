"""The judge's rules: polarity, swaps, parts, refusals; and its calibration set."""

from typing import Any

import pytest

from memory.calibration import calibrate, confusion
from memory.judge import recalled


@pytest.mark.parametrize(
    ("question", "answer", "reference", "right"),
    [
        ("Where do I live?", "In Tromsø.", "You live in Tromsø with your husband Olav.", True),
        ("Do I eat meat?", "You eat meat.", "You don't eat meat.", False),
        ("What is my job?", "You work as a nurse.", "You work as a beekeeper.", False),
        ("What is my husband's name?", "Your husband is called Priyanka.", "Your husband is called Olav.", False),
        ("How old is my son?", "Your son Ivo is six.", "Your son Ivo is ten.", False),
        ("Who is my sister?", "You never told me.", "You haven't told me who your sister is.", True),
        ("What is my name?", "You haven't told me.", "Your name is Ola.", False),
        ("Do I live alone?", "I'm an AI assistant.", "You live alone.", False),
        ("Do I live alone?", "Yes, you do.", "You live alone.", True),
        ("Can I swim?", "You don't know how to swim.", "You don't know how to swim.", True),
        ("Can I swim?", "You haven't told me.", "You don't know how to swim.", False),
        ("Who is my brother?", "Your brother is Sipho.", "Your brother is Thabo and your cousin is Sipho.", False),
        ("Who is my brother?", "Your brother is Thabo.", "Your brother is Thabo and your cousin is Sipho.", True),
        (
            "Who is my brother?",
            "Your brother is Thabo and your cousin is Sipho.",
            "Your brother is Thabo and your cousin is Sipho.",
            True,
        ),
        (
            "When is my birthday?",
            "Your birthday is on 5 June.",
            "Your birthday is on 3 May and your wedding is on 5 June.",
            False,
        ),
        ("Which film do I like?", "It's Arrival, isn't it?", "Your favourite film is Arrival.", True),
    ],
)
def test_rules(encoder: Any, question: str, answer: str, reference: str, right: bool) -> None:
    """A part is enough; the opposite, another name or number, and a refusal are not."""
    assert recalled(encoder, question, answer, reference) is right


def test_calibration(encoder: Any) -> None:
    """Both sides have cases of every trap, and the judge is far better than the cosine alone would be."""
    cases = calibrate(encoder)
    found = confusion(cases)
    assert sum(found["judge"].values()) == len(cases) > 50
    assert {"negation", "swap", "refusal", "paraphrase", "part"} <= {case.kind for case in cases}
    assert found["judge"]["false_hit"] <= 6
    assert found["judge"]["missed"] + found["judge"]["false_hit"] < 0.2 * len(cases)
