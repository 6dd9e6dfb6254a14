"""Forgetting: out of the log, the copies, the target sets and the weights; the rest is pending again."""

from pathlib import Path
from typing import Any

import pytest

from agent.provenance import show_forgetting
from memory.conversations import Conversation, names
from memory.errors import BusyError, UsageError
from memory.forget import find, forget, plan
from memory.home import Home
from memory.locks import owning
from memory.pending import pending
from memory.versions import MANIFEST, Weights
from tests.learning import tell


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_forget(home: Home, learn: Any) -> None:
    """What was told second goes with the versions two and three; the third is to be learned again, the first stays."""
    for text in ("My name is Wanjiru.", "My secret garden is in Nakuru.", "I keep goats."):
        tell(home, text)
        learn()
    conversation = Conversation(home.conversations)
    conversation.add("user", "My secret garden has roses.", 0)
    conversation.add("assistant", "Roses in a secret garden!", 0)
    going = plan(home, find(home, [], matching="SECRET garden"))
    assert [version.number for version in going.versions] == [2, 3]
    assert {pair.answer for pair in going.questions} == {"Your secret garden is in Nakuru."}
    assert b"secret garden" in everything(home.data)  # a plan changes nothing
    forget(home, going)
    assert b"secret garden" not in everything(home.data)
    assert learn.weights.current() == 1
    assert [e.text for e in pending(home, learn.model)] == ["I keep goats."]
    assert learn().passed
    assert [v.number for v in learn.weights.lineage()] == [1, 4]  # who has loaded 2 or 3 sees that another serves
    assert conversation.name in names(home)
    assert Conversation(home.conversations, conversation.name).messages() == []


def test_what_nobody_can_read_goes_too(home: Home, learn: Any) -> None:
    """A version whose manifest is damaged may have learned it, and what was built on one surely may."""
    for text in ("My name is Wanjiru.", "My secret garden is in Nakuru.", "I keep goats."):
        tell(home, text)
        learn()
    (learn.weights.get(2).folder / MANIFEST).write_text("torn {")
    going = plan(home, find(home, [], matching="secret garden"))
    assert [version.number for version in going.versions] == [3]
    assert "0002" in show_forgetting(going)
    forget(home, going)
    assert b"secret garden" not in everything(home.data)
    assert learn.weights.current() == 1


def test_what_was_never_learned(home: Home, tiny_model: Path) -> None:
    """Forgetting what is only pending leaves the weights alone; a conversation is meant by how its name begins."""
    tell(home, "My name is Wanjiru.", "I keep goats.")
    name = names(home)[0]
    going = plan(home, find(home, [f"{name}/2"]))
    assert going.versions == going.questions == ()
    forget(home, going)
    assert [e.text for e in pending(home, str(tiny_model))] == ["My name is Wanjiru."]
    tell(home, "I keep bees.")
    with pytest.raises(UsageError, match="2 conversations begin"):
        find(home, [], conversation=name[:8])
    forget(home, plan(home, find(home, [], conversation=name)))
    assert [e.text for e in pending(home, str(tiny_model))] == ["I keep bees."]
    forget(home, plan(home, find(home, [], conversation=name[:8])))
    assert pending(home, str(tiny_model)) == []
    assert Weights.every(home) == []


def test_mistakes(home: Home) -> None:
    """Unknown ids, no match, an open chat: a word, and nothing changed."""
    tell(home, "My name is Wanjiru.")
    with pytest.raises(UsageError, match="no message"):
        find(home, ["nowhere/1"])
    with pytest.raises(UsageError, match="nothing matches"):
        find(home, [], matching="giraffe")
    turns = find(home, [], matching="Wanjiru")
    name = turns[0].id.rpartition("/")[0]
    with owning(home.data, f"conversation-{name}", ""), pytest.raises(BusyError, match="close the chat"):
        forget(home, plan(home, turns))
    assert find(home, [], matching="Wanjiru") == turns
