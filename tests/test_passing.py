"""Remarks of the moment: how likely a statement is one, and what becomes of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from memory.conversations import Experience
from memory.home import Home
from memory.language import Example, Language, answer_logits
from memory.models import load
from memory.passing import LONGEST, MISHEARD, OF_THE_MOMENT, Listener, lasting, without_remarks
from memory.settings import Recipe
from memory.targets import Statement, TargetSet, extract


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> Language:
    return load(tiny_model, training=True)


def test_how_likely_it_is_does_not_depend_on_what_else_was_heard(tiny: Language) -> None:
    """Packed behind one copy of the message they are as likely as alone, in the order asked."""
    heard = ["I sail.", "This has made my day.", "My aunt is called Ida."]
    together = Listener(tiny).judged("I sail with my aunt Ida.", heard)
    alone = [Listener(tiny).judged("I sail with my aunt Ida.", [one])[0] for one in heard]
    assert [*sum(together, ())] == pytest.approx([*sum(alone, ())], abs=1e-5)
    assert len(set(alone)) == 3
    assert Listener(tiny).judged("I sail.", []) == []


def test_it_is_the_probability_of_one_of_three_words(tiny: Language) -> None:
    asked = tuple(tiny.encode("Said: Ahoy, I sail.\nStatement: I sail.\nThis is"))
    words = [tiny.encode(word)[-1] for word in (" right", " passing", " wrong")]
    three = answer_logits(tiny.model, [Example(asked, (words[1],))])[0, words].detach().softmax(0)
    assert Listener(tiny).judged("Ahoy, I sail.", ["I sail."])[0] == pytest.approx(three[1:].tolist(), abs=1e-6)


class Told(Listener):
    """Takes what says "today" for a remark, what is said of a lady for misheard; keeps what it was given to read."""

    read: ClassVar[list[str]] = []

    def judged(self, message: str, statements: Sequence[str]) -> list[tuple[float, float]]:
        self.read.append(message)
        return [(0.9 if "today" in one else 0.2, 0.95 if "lady" in one else 0.02) for one in statements]


def test_remarks_are_left_out_with_the_reason(tiny: Language) -> None:
    """What else the message says stays; of one with nothing else it is said why it is not learned."""
    batch = [Experience("c/0", "I am a cooper. I am tired today.", ""), Experience("c/2", "My knee aches today.", "")]
    facts = extract(batch)
    kept, dropped = lasting(Told(tiny), facts, batch, Recipe())
    assert [fact.text for fact in kept] == ["I am a cooper."]
    assert dropped == [("I am tired today.", OF_THE_MOMENT), ("My knee aches today.", OF_THE_MOMENT)]
    targets = TargetSet((), (), (), tuple(dropped))
    assert targets.left_out([fact for fact in facts if fact.experience == "c/2"]) == {"c/2": OF_THE_MOMENT}
    assert lasting(Told(tiny), facts, batch, Recipe(passing=0.95)) == (facts, [])


def test_what_was_not_said_so_is_left_out(tiny: Language) -> None:
    batch = [Experience("c/0", "I look after a lady. My lady is called Winsome.", "")]
    dropped = lasting(Told(tiny), extract(batch), batch, Recipe())[1]
    assert ("My lady is called Winsome.", MISHEARD) in dropped
    assert lasting(Told(tiny), extract(batch), batch, Recipe(misheard=1.0))[1] == []


def test_what_is_to_be_remembered_stays(tiny: Language) -> None:
    """Whatever the listener says of it."""
    asked = Statement(
        "The ferry sails today.", "today", "The ferry sails today.", "c/0", ("When does the ferry sail?",)
    )
    batch = [Experience("c/0", "Remember this: The ferry sails today.", "")]
    assert lasting(Told(tiny), [asked], batch, Recipe()) == ([asked], [])
    own = extract([Experience("c/0", "I loved Heat today.", "")])
    assert lasting(Told(tiny), own, batch, Recipe())[0] == []
    assert lasting(Told(tiny), own, batch, Recipe(), "I loved Heat today.") == (own, [])


def test_of_a_long_message_the_sentence_is_read(tiny: Language) -> None:
    batch = [Experience("c/0", "I keep geese. " + "Well, well. " * (LONGEST // 12) + "I am a cooper.", "")]
    listener = Told(tiny)
    listener.read.clear()
    kept, _ = lasting(listener, extract(batch), batch, Recipe())
    assert {"I keep geese.", "I am a cooper."} <= {fact.text for fact in kept}
    assert listener.read == [fact.source for fact in kept]


def test_nothing_is_left_out_without_the_default_model(home: Home) -> None:
    """It is on no machine of the tests; nothing is fetched for it."""
    batch = [Experience("c/0", "I am tired today.", "")]
    facts = extract(batch)
    assert without_remarks(home, facts, batch, Recipe()) == (facts, [])
