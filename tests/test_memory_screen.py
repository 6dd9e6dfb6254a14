"""The memory screen, driven as a user drives it, on a real home."""

from pathlib import Path

import pytest

from memory.conversations import Conversation
from memory.home import Home
from memory.refusals import TRIES, count_refusal
from memory.versions import Weights
from tests.scripted import (
    QUIET,
    SIZES,
    Consolidations,
    ScriptedSession,
    entries,
    publish,
    screen_text,
    sees,
    send,
    until,
)
from tui.app import ChatApp


def told(home: Home) -> ScriptedSession:
    """A session in a home with one memory in each state, the pending one in the open conversation."""
    learned = Conversation(home.conversations, "20260101-000000-aaaa")
    learned.add("user", "My daughter Zoe plays the cello.", 0)
    publish(home)
    learned.add("user", "My PIN is 4821.", 1)
    aside = learned.add("user", "I mend radios in Nakuru.", 1)
    for _ in range(TRIES):
        count_refusal(Weights(home, "scripted").root, [aside.id], "it made things up")
    session = ScriptedSession(home)
    session.conversation.hold()
    session.conversation.add("user", "My cat is called Tom.", 1)
    return session


@pytest.mark.asyncio
@pytest.mark.parametrize("size", SIZES)
async def test_the_table_says_what_the_weights_know(home: Home, size: tuple[int, int]) -> None:
    """F2 opens it, every memory stands there with state, recall and conversation; the pane says how one was learned."""
    app = ChatApp(told(home), QUIET)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2")
        await sees(pilot, "in the weights: 1 learned (v1 answers)", "1 pending, 1 held back, 1 set aside")
        await sees(pilot, "My cat is called Tom.", "My daughter Zoe", "1/2")
        await pilot.press("slash", *"cello", "enter")
        await sees(pilot, "learned in version 1 with 2 questions", "What does Zoe play? → Zoe plays the cello.")
        assert "Tom" not in screen_text(app)
        await pilot.press("escape")
        await sees(pilot, "Type a message")


@pytest.mark.asyncio
async def test_what_is_held_back_is_confirmed(home: Home) -> None:
    """c lets the highlighted one be learned; the status line counts it when the chat is back."""
    app = ChatApp(told(home), QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "/memories")
        await sees(pilot, "held back")
        await pilot.press("c")
        await sees(pilot, "only what is held back can be confirmed")
        await pilot.press("slash", *"PIN", "enter", "c")
        await sees(pilot, "2 pending, 1 set aside")
        await pilot.press("escape")
        await sees(pilot, "pending 2")


@pytest.mark.asyncio
async def test_what_was_set_aside_is_tried_again(home: Home) -> None:
    """t makes pending what the gate refused too often; with nothing set aside it says so."""
    app = ChatApp(told(home), QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("f2")
        await sees(pilot, "1 set aside")
        await pilot.press("t")
        await sees(pilot, "2 pending, 1 held back")
        await pilot.press("t")
        await sees(pilot, "nothing is set aside")


@pytest.mark.asyncio
async def test_forgetting_shows_what_goes_and_asks(home: Home) -> None:
    """f shows the messages and versions that would go; n keeps all; y forgets, and another version serves."""
    session = told(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2")
        await sees(pilot, "Zoe")
        await pilot.press("slash", *"zoe", "enter", "f")
        await sees(pilot, "these versions of the weights: v1", "Forget this for good?")
        await pilot.press("n")
        await sees(pilot, "nothing was forgotten")
        await pilot.press("f")
        await sees(pilot, "Forget this for good?")
        await pilot.press("y")
        await sees(pilot, "0 learned (v0 (base) answers)", "forgotten")
        await pilot.press("escape")
        await sees(pilot, "now answering with v0 (base)")


@pytest.mark.asyncio
async def test_what_was_said_in_the_open_conversation_is_forgotten(home: Home) -> None:
    """A message of the open conversation goes from the home and from the screen, and the chat goes on in it."""
    session = told(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await sees(pilot, "My cat is called Tom.")
        await pilot.press("f2")
        await sees(pilot, "pending")
        await pilot.press("f")
        await sees(pilot, "Forget this for good?")
        await pilot.press("y")
        await sees(pilot, "0 pending", "forgotten")
        await pilot.press("escape")
        await until(pilot, lambda: "Tom" not in screen_text(app))
        await send(pilot, "hello")
        await until(pilot, lambda: entries(app) == [("you", "hello"), ("v1", "Nice to meet you.")])
        assert "Tom" not in _everything(home)


@pytest.mark.asyncio
async def test_nothing_is_forgotten_under_a_reply(home: Home) -> None:
    """While a reply is under way forgetting is refused in words, and a consolidation under way refuses it too."""
    session = told(home)
    session.reply, session.hold_after = "one two", 1
    app = ChatApp(session, QUIET, start=Consolidations())
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "count")
        await until(pilot, lambda: entries(app)[-1][1] == "one")
        await pilot.press("f2")
        await sees(pilot, "My cat is called Tom.")
        await pilot.press("slash", *"tom", "enter", "f")
        await sees(pilot, "Forget this for good?")
        await pilot.press("y")
        await sees(pilot, "error: a reply is under way")
        session.go.set()


@pytest.mark.asyncio
async def test_a_long_memory_is_cut_in_the_table_only(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over the table's rows is said, and the search finds it; brackets and escapes are text."""
    monkeypatch.setattr("tui.memory_screen.SHOWN", 3)
    session = ScriptedSession(home)
    for what in ("kites", *["bicycles"] * 4):
        session.conversation.add("user", f"I own three [red]{what}[/red] \x1b[31m.", 0)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("f2")
        await sees(pilot, "2 older ones are not in the table", "[red]bicycles[/red] ␛[31m")
        assert "kites" not in screen_text(app)
        await pilot.press("slash", *"kites", "enter")
        await sees(pilot, "I own three [red]kites[/red]")


def _everything(home: Home) -> str:
    files = [path for path in Path(home.data).rglob("*") if path.is_file()]
    return "".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
