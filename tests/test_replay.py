"""Earlier pairs: replayed, overruled by a correction, and never brought back."""

import random
from typing import Any

from memory.replay import asked_before, overruled_questions, replay, standing
from memory.targets import Pair, TargetSet
from memory.wording import misworded

LEEDS = "You live in Leeds."
QUESTIONS = ("Where do I live?", "Which town do I live in?", "What is my home town?", "Where is my home?")
DOG = Pair("What is my dog called?", "Your dog is called Biscuit.", "fact", "c/2")


def pairs(answer: str, questions: tuple[str, ...], experience: str) -> list[Pair]:
    return [Pair(question, answer, "fact", experience) for question in questions]


def test_a_correction_overrules(encoder: Any) -> None:
    """The earlier answer leaves replay, its questions get the new answer, and other facts stay."""
    old = [*pairs(LEEDS, QUESTIONS, "c/1"), DOG]
    new = pairs("You live in Porto now.", ("Where do I live?", "Where do I live now?"), "d/1")
    again = replay(encoder, old, new, 10, random.Random(0))
    assert again.overruled == (LEEDS,)
    assert again.pairs == (Pair(DOG.question, DOG.answer, "replay", "c/2"),)
    assert {pair.question for pair in again.corrected} == {*QUESTIONS[1:], "Do I still live in Leeds?"}
    assert {(pair.answer, pair.experience) for pair in again.corrected} == {("You live in Porto now.", "d/1")}


def test_an_addition_overrules_nothing(encoder: Any) -> None:
    """A cat beside the dog takes the question about pets, not what is known of the dog."""
    old = [DOG, *pairs(DOG.answer, ("What pet do I have?", "Who is Biscuit?", "What is my dog's name?"), "c/2")]
    new = pairs("You have a cat called Momo.", ("What pet do I have?", "What is my cat called?"), "d/1")
    again = replay(encoder, old, new, 10, random.Random(0))
    assert again.overruled == ()
    assert again.corrected == ()
    assert {pair.question for pair in again.pairs} == {
        "What is my dog called?",
        "Who is Biscuit?",
        "What is my dog's name?",
    }


def test_a_friend_s_name_is_not_mine() -> None:
    """Questions about who the user is do not fit what is said of somebody else, in either person."""
    for question in ("Who am I?", "What is my name?", "Do you remember what I'm called?", "What name do you call me?"):
        for statement in ("My oldest friend is Saskia.", "Your oldest friend is Saskia.", "Your dog is called Rex."):
            assert misworded(question, statement)
        for statement in ("I'm Hanneke.", "Your name is Hanneke.", "My friends call me Teejay.", "You are called Bo."):
            assert not misworded(question, statement)


def test_every_answer_has_its_turn(encoder: Any) -> None:
    """With room for one question of each earlier answer, each is asked again; a chatty fact crowds out none."""
    chatty = pairs("You keep goats.", tuple(f"How about goat number {number}?" for number in range(40)), "c/1")
    old = [*chatty, DOG, Pair("Who paints?", "Your wife paints.", "fact", "c/3")]
    new = pairs("You have a tuba.", ("Which instrument do I own?",), "d/1")
    for seed in range(20):
        again = replay(encoder, old, new, 3, random.Random(seed))
        assert len({pair.answer for pair in again.pairs}) == 3
    assert len(replay(encoder, old, new, 100, random.Random(0)).pairs) == len(old)


def test_what_was_overruled_stays_so() -> None:
    """A third batch does not find the first one's answer again."""
    first = TargetSet(tuple(pairs(LEEDS, QUESTIONS, "c/1")), (), ())
    second = TargetSet(tuple(pairs("You live in Porto now.", QUESTIONS[:1], "d/1")), (), (), overruled=(LEEDS,))
    assert {pair.answer for pair in standing([first, second])} == {"You live in Porto now."}
    assert {pair.answer for pair in standing([first])} == {LEEDS}


def test_earlier_batches_are_asked_in_turns() -> None:
    """The gate asks some of every batch, not all of the last; what was overruled it does not ask."""
    days = [
        TargetSet((), tuple(pairs(f"Fact {day}.", tuple(f"Question {n} of day {day}?" for n in range(4)), "c")), ())
        for day in range(3)
    ]
    assert [pair.answer for pair in asked_before(days)[:3]] == ["Fact 2.", "Fact 1.", "Fact 0."]
    assert len(asked_before(days)) == 12
    days.append(TargetSet((), (), (), overruled=("Fact 1.",)))
    assert {pair.answer for pair in asked_before(days)} == {"Fact 2.", "Fact 0."}


def test_what_has_changed_is_asked_as_it_was() -> None:
    """Earlier questions of an overruled answer come with both answers."""
    new = pairs("You live in Porto now.", QUESTIONS[:2], "d/1")
    found = overruled_questions(pairs(LEEDS, QUESTIONS, "c/1"), TargetSet(tuple(new), (), (), overruled=(LEEDS,)))
    assert {(old.question, old.answer, now.answer) for old, now in found} == {
        (question, LEEDS, "You live in Porto now.") for question in QUESTIONS[:2]
    }
