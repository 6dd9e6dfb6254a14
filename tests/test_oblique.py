"""Questions in other words or behind a circumstance: whose they are, and how many of what was never told are so."""

import random
from typing import Any

from memory.bank import bank
from memory.judge import fold, refuses
from memory.oblique import Oblique, in_other_words, obliquely
from memory.targets import Statement
from memory.wording import asked_amiss, misworded


def fact(text: str) -> Statement:
    return Statement(text, text, text, "c/1")


def test_the_bank_says_what_each_stands_for() -> None:
    """By the number of a plain question beside it, which it does not repeat; those never told are answered so."""
    for entry in bank()["facts"]:
        assert set(entry["obliquely"]) <= set(range(len(entry["questions"])))
        plain = {fold(question) for question in entry["questions"]}
        assert plain.isdisjoint(fold(one) for asked in entry["obliquely"].values() for one in asked)
    untold = [other for entry in bank()["near_misses"] for other in entry["obliquely"]]
    assert len(untold) > 200
    assert all(refuses(other["answer"]) for other in untold)


def test_asked_where_the_plain_question_is(encoder: Any) -> None:
    """A welder is asked for his occupation in other words, whoever is not asked for a job is not."""
    plain = "What is my job?"
    known = {
        fold(one)
        for entry in bank()["facts"]
        for number, asked in entry["obliquely"].items()
        if entry["questions"][number] == plain
        for one in asked
    }
    (asked,) = obliquely(encoder, [fact("I'm a welder.")], [[plain]], [[]], random.Random(0))
    assert asked
    assert {fold(question) for question in asked} <= known
    (asked,) = obliquely(encoder, [fact("I'm a welder.")], [["Do I eat meat?"]], [[]], random.Random(0))
    assert not known & {fold(question) for question in asked}


def test_of_two_statements_one_is_asked(encoder: Any) -> None:
    """In the same words no two of them are, for a question has one answer."""
    facts = [fact("I'm a welder."), fact("I work as a baker.")]
    alike = [[[Oblique("The form wants it.", "The form wants it.", "I mend.")]]] * 2
    first, second = obliquely(encoder, facts, [["What is my job?"]] * 2, alike, random.Random(0))
    assert not set(first) & set(second)


def test_none_is_a_plain_question_of_another(encoder: Any) -> None:
    """With or without its question mark: it would be asked with two answers."""
    facts, plain = [fact("I'm a welder."), fact("I keep bees.")], ["What is my job?", "What do I do at weekends?"]
    alike = [[[Oblique("what do i do at weekends", "what do i do at weekends", facts[0].text)]], []]
    first, _ = obliquely(encoder, facts, [[question] for question in plain], alike, random.Random(0))
    assert "what do i do at weekends" not in first


def test_carried_over_as_the_plain_ones_are() -> None:
    """Words give way to the statement's, what is in haste stays so, what is of its example alone is left out."""
    asked = ["A card for my sister. Which name goes on it?", "whats the job of my sister", "Where do harpists meet?"]
    told = "My brother Bo plays the horn."
    found = [one.question for one in in_other_words(asked, "My sister Ada plays the harp.", told)]
    assert found == ["A card for my brother. Which name goes on it?", "whats the job of my brother"]


def test_whoever_asks_need_not_have_been_told_of() -> None:
    """A circumstance may bring in people; the question itself asks for nothing that the statement lacks."""
    told = "I'm a welder."
    assert not asked_amiss("A colleague wants to know my trade. What do I tell him?", told)
    assert not asked_amiss("census form, what do i put for my trade", told)
    assert misworded("census form, what do i put for my trade", told)
    assert asked_amiss("I'm filling in a form. What is my sister called?", told)
    assert asked_amiss("The passport office wants my nationality. What goes there?", told)
