"""A chat without a screen: what is kept, what is stopped, when weights are swapped."""

from pathlib import Path
from typing import Any

import pytest

from agent.reply import Sampling, fit
from agent.session import Session
from agent.text import plain
from memory.conversations import Conversation, latest
from memory.errors import StorageError, UsageError
from memory.home import Home


@pytest.fixture
def session(home: Home, tiny_model: Path) -> Session:
    session = Session(home, str(tiny_model), Conversation(home.conversations))
    session.open()
    return session


def test_user_turn_is_durable_before_the_reply(session: Session, home: Home) -> None:
    """When the first piece of the reply comes, the user's message is on disk; at the end the reply is too."""
    pieces = session.say("I live in Osh.", Sampling(max_tokens=20))
    next(pieces)
    assert [turn.text for turn in latest(home).turns] == ["I live in Osh."]
    list(pieces)
    assert [turn.role for turn in latest(home).turns] == ["user", "assistant"]


def test_stop_ends_the_computation(session: Session) -> None:
    """After stop, generation ends within a token or two, long before its limit, and what came is kept."""
    pieces = session.say("Tell me more.", Sampling(max_tokens=2000))
    next(pieces)
    session.stop()
    rest = "".join(pieces)
    assert len(rest) < 200
    assert session.conversation.turns[-1].role == "assistant"


def test_stopped_turn_does_not_leak(session: Session) -> None:
    """The turn after a stopped one is complete in itself."""
    pieces = session.say("One.", Sampling(max_tokens=500))
    next(pieces)
    session.stop()
    list(pieces)
    assert len("".join(session.say("Two.", Sampling(max_tokens=30)))) >= 10


def test_nothing_is_computed_when_the_disk_is_full(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that cannot be kept is not answered."""

    def full(*_: object) -> None:
        raise StorageError("the disk is full")

    monkeypatch.setattr(session.conversation, "add", full)
    with pytest.raises(StorageError):
        list(session.say("I live in Osh."))


def test_the_last_messages_that_fit(session: Session) -> None:
    """Of any conversation the prompt is the longest end that leaves room, and begins with a message of the user."""
    assert session._language
    language, sampling = session._language, Sampling(max_tokens=200)
    room = language.context_window - 200
    for missing in ([], [2], [1, 4, 7]):
        talk = [{"role": ("user", "assistant")[at % 2], "content": f"{at} " * (40 + at)} for at in range(61)]
        talk = [message for at, message in enumerate(talk) if at not in missing]
        for short in (talk[-1:], talk[-7:], talk):
            ends = [short[at:] for at, message in enumerate(short) if message["role"] == "user"]
            longest = next(ids for ids in map(language.render, ends) if len(ids) <= room)
            assert fit(language, short, sampling) == longest
    with pytest.raises(UsageError, match="send it in parts"):
        fit(language, [{"role": "user", "content": "x" * 5000}], sampling)


def test_a_long_conversation_costs_no_more(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten thousand messages only those are rendered that may fit."""
    assert session._language
    rendered: list[int] = []
    render = type(session._language).render

    def counted(language: Any, messages: Any, answering: bool = True) -> list[int]:
        rendered.append(len(messages))
        return render(language, messages, answering)

    monkeypatch.setattr(type(session._language), "render", counted)
    fit(session._language, [{"role": ("user", "assistant")[at % 2], "content": "hm " * 20} for at in range(9999)],
        Sampling())  # fmt: skip
    assert sum(rendered) < 1000


def test_empty_message(session: Session) -> None:
    """Nothing typed is nothing kept."""
    with pytest.raises(UsageError, match="empty"):
        list(session.say("  \n "))
    assert session.conversation.turns == []


def test_control_sequences_become_pictures() -> None:
    """Neither the user nor the model can move the cursor."""
    assert plain("a\x1b[2Jb\r\nc\x07") == "a␛[2Jb\nc␇"


def test_swap_between_turns(session: Session, home: Home) -> None:
    """A session notices that another version serves, and swaps when told."""
    assert not session.stale()
    (session._weights.root).mkdir(parents=True)
    (session._weights.root / "CURRENT").write_text("0\n")
    assert not session.stale()
    assert session.swap() == 0
