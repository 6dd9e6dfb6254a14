"""What was never told and is asked all the same: of whom, and what it may not repeat."""

import random
import re
from typing import Any

import numpy

from memory.assembly import _apart, near_misses
from memory.bank import words
from memory.judge import refuses
from memory.targets import Pair


def test_what_is_asked_of_somebody_else_repeats_nothing() -> None:
    """However alike the encoder finds them: of a dog nothing was told by what the pet is called, of a mum it was."""
    alike: Any = lambda texts: numpy.ones((len(texts), 1))  # noqa: E731
    asked = ["What is my pet called?", "What is my mother called?", "When is my birthday?"]
    near = [
        Pair(question, "", "near-miss") for question in ("What is my dog called?", "What is my mum called?", "When?")
    ]
    assert [pair.question for pair in _apart(alike, near, asked)] == ["What is my dog called?"]


def test_near_misses_respect_what_was_told() -> None:
    """A thing or a name that was mentioned is never asked for as untold; all answers say alike that it was not told."""
    all_of_them = near_misses([], random.Random(0))
    assert len(all_of_them) > 100
    told = near_misses(["My sister Astrid has a dog."], random.Random(0))
    assert not any(re.match(r"Who is my sister\?|What is my (?:sister|dog)'s name", pair.question) for pair in told)
    assert any("brother" in pair.question for pair in told)
    assert any(name in pair.question for pair in told for name in words()["names"][0])
    assert all(pair.answer.startswith("You haven't told me ") and refuses(pair.answer) for pair in all_of_them)


def test_what_was_not_told_of_whoever_was_told_of() -> None:
    """It is asked by role and by name, where no text that speaks of them has a word of it."""
    told = ["My sister Astrid has a dog.", "Astrid was born in Bergen.", "My kids' birthdays are in May."]
    asked = {pair.question: pair.answer for pair in near_misses(told, random.Random(0))}
    assert asked["How tall is my sister?"] == "You haven't told me how tall your sister is."
    assert asked["What is Astrid's favourite colour?"] == "You haven't told me what Astrid's favourite colour is."
    assert "How tall is my dog?" in asked
    assert not {"Where was Astrid born?", "Where was my sister born?", "When is my son's birthday?"} & set(asked)
    assert not any("my kid" in question for question in asked)
