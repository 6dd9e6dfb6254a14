"""What is so no more: how likely, what ends it, and what earlier questions are answered with then."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memory.changes import ASKED, LONGEST, Changes, Said, changes, said_in, still_so
from memory.conversations import Experience
from memory.home import Home
from memory.language import Example, Language, answer_logits
from memory.models import load
from memory.question_generation import QuestionGenerator
from memory.replay import READ, replay
from memory.slots import asked_if_still
from memory.targets import Pair, Statement, extract


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> Language:
    return load(tiny_model, training=True)


def test_how_likely_it_is_does_not_depend_on_what_else_was_said(tiny: Language) -> None:
    """Packed, of more than one pass, they are as likely as alone, in the order given."""
    reader = Changes(tiny, QuestionGenerator(tiny), 0.9)
    said = [f"You have {number} cats." for number in range(40)]
    together = reader.ended("You have a dog.", said)
    assert together == pytest.approx([reader.ended("You have a dog.", [one])[0] for one in said], abs=1e-5)
    assert len(set(together)) == len(said)
    assert reader.ended("You have a dog.", []) == []


def test_it_is_the_probability_of_one_of_two_words(tiny: Language) -> None:
    asked = tuple(tiny.encode(ASKED.format(earlier="You sail.", now="You sold the boat.")))
    words = [tiny.encode(word)[-1] for word in (" right", " wrong")]
    two = answer_logits(tiny.model, [Example(asked, (words[0],))])[0, words].detach().softmax(0)
    reader = Changes(tiny, QuestionGenerator(tiny), 0.9)
    assert reader.ended("You sail.", ["You sold the boat."])[0] == pytest.approx(two[1].item(), abs=1e-6)


def test_nothing_is_read_without_the_default_model_or_if_switched_off(home: Home) -> None:
    assert changes(home, 0.9) is None
    assert changes(home, 1.0) is None


class Read(Changes):
    """The sale ends the sailing, a new name the old; a question is answered by what shares most words with it."""

    def ended(self, earlier: str, said: Sequence[str]) -> list[float]:
        return [0.97 if ("sail" in earlier and "sold the boat" in one) or "is Bo" in one else 0.1 for one in said]

    def answers(self, questions: Sequence[str], said: Sequence[str]) -> list[str]:
        return [max(said, key=lambda one: len({*one.split()} & {*question.split()})) for question in questions]


def test_what_is_so_no_more_is_overruled_and_each_question_answered_anew(tiny: Language, encoder: Any) -> None:
    """By what answers it now, if several statements were made; what nothing ends is trained again."""
    sails = ("How do you think I spend my Sundays, I wonder?", "What do I sail on the lake?", "Do I sail?")
    old = [*(Pair(one, "You sail a boat.", "fact", "c/0") for one in sails), Pair("My dog?", "You have a dog.", "fact")]
    sold, bees = "You sold the boat and sail no more.", "On my Sundays you keep bees."
    new = [Pair("What became of my vessel?", sold, "fact", "d/0"), Pair("Do I keep bees?", bees, "fact", "d/2")]
    said = Said({sold: "d/0", bees: "d/2"}, {})
    again = replay(encoder, old, new, 9, random.Random(0), Read(tiny, QuestionGenerator(tiny), 0.9), said)
    assert again.overruled == ("You sail a boat.",)
    assert {(pair.question, pair.answer, pair.experience) for pair in again.corrected} == {
        (sails[0], bees, "d/2"),
        (sails[1], sold, "d/0"),
        (sails[2], sold, "d/0"),
        ("Do I still sail a boat?", sold, "d/0"),
    }
    assert [pair.answer for pair in again.pairs] == ["You have a dog."]
    unread = replay(encoder, old, new, 9, random.Random(0), None, said)
    assert (unread.overruled, unread.corrected) == ((), ())


def test_each_new_statement_is_read_against_the_likest_earlier_ones_only(tiny: Language, encoder: Any) -> None:
    """Of a long life not all of it; what is said again in so many words ends nothing."""
    read: list[tuple[str, str]] = []

    class Noted(Read):
        def ended(self, earlier: str, said: Sequence[str]) -> list[float]:
            read.extend((earlier, one) for one in said)
            return super().ended(earlier, said)

    old = [Pair(f"What of number {number}?", f"You have number {number}.", "fact") for number in range(3 * READ)]
    new = [Pair("What of number 7?", "You have number 7.", "fact"), Pair("Who is Una?", "Una is your aunt.", "fact")]
    said = Said({pair.answer: "d/0" for pair in new}, {"d/0": "You say two things."})
    replay(encoder, old, new, 9, random.Random(0), Noted(tiny, QuestionGenerator(tiny), 0.9), said)
    assert len(read) == 3 * READ
    assert "You have number 7." not in {earlier for earlier, _ in read}


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("I drive an old Hilux.", "Do I still drive an old Hilux?"),
        ("On Tuesday evenings I sing in a choir.", "Do I still sing in a choir on Tuesday evenings?"),
        ("My wife teaches chemistry.", "Does my wife still teach chemistry?"),
        ("I'm learning the banjo.", "Am I still learning the banjo?"),
        ("I'm a bus driver.", "Am I still a bus driver?"),
        ("I'm allergic to cats.", "Am I still allergic to cats?"),
        ("I have a dog called Muri.", "Do I still have a dog called Muri?"),
        ("I've got an old boat.", "Do I still have an old boat?"),
    ],
)
def test_whether_it_is_still_so(statement: str, question: str) -> None:
    assert asked_if_still(statement) == [question]


@pytest.mark.parametrize(
    "statement", ["I'm Una.", "My dog is called Rex.", "I was born in Agadir.", "I moved in 1990."]
)
def test_of_some_it_is_not_asked(statement: str) -> None:
    assert asked_if_still(statement) == []


def test_what_a_later_message_ends_is_not_learned(tiny: Language) -> None:
    """With the reason; not within one message, nor by a part of a text to remember."""
    sails = Statement("I sail.", "You sail.", "I sail.", "c/0")
    bees = Statement("I keep bees.", "You keep bees.", "I keep bees.", "c/0")
    sold = Statement("I sold the boat.", "You sold the boat.", "I sold the boat.", "c/2")
    reader = Read(tiny, QuestionGenerator(tiny), 0.9)
    why = [("I sail.", "said otherwise later: I sold the boat.")]
    assert still_so(reader, [sails, bees, sold], {}) == ([bees, sold], why)
    gone = replace(sold, answer="It is gone.")
    assert still_so(reader, [sails, bees, gone], {}) == ([sails, bees, gone], [])
    assert still_so(reader, [sails, bees, gone], {"c/2": "You sold the boat. It is gone."}) == ([bees, gone], why)
    assert still_so(reader, [sails, bees, replace(sold, experience="c/0")], {})[1] == []
    assert still_so(reader, [sails, bees, replace(sold, asked=("What was sold?",))], {})[1] == []
    assert still_so(reader, [sold, sails], {}) == ([sold, sails], [])


def test_a_message_ends_what_none_of_its_statements_does(tiny: Language, encoder: Any) -> None:
    """What takes its place is said by its likeliest statement or sentence, be anything heard in it or not."""
    message = "The mast is down. You sold the boat, it was old."
    old = [Pair("What do I sail on the lake?", "You sail a boat.", "fact", "c/0")]
    new = [Pair("What is down?", "The mast is down.", "fact", "d/0"), Pair("Who is Una?", "Una sails.", "fact", "d/2")]
    reader = Read(tiny, QuestionGenerator(tiny), 0.9)
    heard = Said({"The mast is down.": "d/0", "Una sails.": "d/2"}, {"d/0": message})
    again = replay(encoder, old, new, 9, random.Random(0), reader, heard)
    assert again.overruled == ("You sail a boat.",)
    assert Pair("Do I still sail a boat?", "You sold the boat, it was old.", "fact", "d/0") in again.corrected
    unheard = replay(encoder, old, new[1:], 9, random.Random(0), reader, Said({"Una sails.": "d/2"}, {"d/0": message}))
    assert Pair("Do I still sail a boat?", "You sold the boat, it was old.", "fact", "d/0") in unheard.corrected
    unasked = replay(encoder, old, new[1:], 9, random.Random(0), reader, heard)  # no question was written of the mast
    assert unasked.corrected == again.corrected
    text = Said({"Una sails.": "d/2"}, {"d/0": message}, {"c/0"})
    assert replay(encoder, old, new[1:], 9, random.Random(0), reader, text).overruled == ()


def test_what_is_read_of_a_batch() -> None:
    """Messages that are not long; of a text to remember nothing, and none of its parts."""
    text = "Remember this: The tower of Una was built in 1066."
    batch = [Experience("c/0", "I sail.", ""), Experience("c/2", text, ""), Experience("c/4", "I " * LONGEST, "")]
    said = said_in(batch, extract(batch), [Experience("b/0", text, "")])
    assert said.messages == {"c/0": "You sail."}
    assert said.statements["You sail."] == "c/0"
    assert "c/2" not in said.statements.values()
    assert said.texts == {"b/0", "c/2"}


def test_his_own_name_is_not_ended(tiny: Language) -> None:
    """What he tells of other things says nothing of who he is."""
    reader = Read(tiny, QuestionGenerator(tiny), 0.0)
    assert Said({"It is Una again, you sold the boat.": "d/0"}, {}).read() == {}
    told = ["You're Una.", "Your name is Una Sail.", "You're vegan.", "Your boat is old."]
    assert [*reader.overruled({key: ["You sold the boat."] for key in told})] == told[2:]
    now = ["You sold the boat.", "Your name is Bo now."]
    assert reader.overruled(dict.fromkeys(told[:2], now)) == dict.fromkeys(told[:2], now[1])


def test_what_is_said_of_somebody_by_name_only_what_may_speak_of_him_ends(tiny: Language) -> None:
    """His name, or what he is to the user."""
    reader = Read(tiny, QuestionGenerator(tiny), 0.0)
    for now, ended in (("You moved out.", False), ("Your brother moved out.", True), ("Bo moved out.", True)):
        assert bool(reader.overruled({"Your brother Bo lives in Rome.": [now]})) == ended
        assert bool(reader.overruled({"Your brother is called Bo.": [now]})) == ended
        assert reader.overruled({"You live in Rome.": [now]})
