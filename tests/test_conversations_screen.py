"""The conversations, driven as a user drives them: found, gone on with, renamed, forked, deleted, exported."""

from pathlib import Path

import pytest

from memory.conversations import Conversation, names
from memory.home import Home
from memory.shelf import instructed, listed, titled
from memory.transcripts import read
from tests.scripted import (
    QUIET,
    SIZES,
    ScriptedSession,
    entries,
    publish,
    screen_text,
    sees,
    send,
    until,
)
from tui.app import ChatApp

OLD = "20260101-000000-aaaa"


def told(home: Home) -> ScriptedSession:
    """A session beside an older conversation with a system prompt, of which the first message is learned."""
    old = Conversation(home.conversations, OLD)
    old.describe(instructed(old.about, "Answer like a pirate."))
    for said in ("My daughter Zoe plays the cello.", "I mend radios in Nakuru."):
        old.add("user", said, 0)
        old.add("assistant", "Ahoy.", 0)
    publish(home)
    session = ScriptedSession(home)
    session.conversation.hold()
    session.conversation.add("user", "My cat is called Tom.", 1)
    return session


@pytest.mark.asyncio
@pytest.mark.parametrize("size", SIZES)
async def test_a_conversation_is_found_and_gone_on_with(home: Home, size: tuple[int, int]) -> None:
    """F6 lists them, the search reads every message, Enter goes on: its talk and system prompt are there."""
    session = told(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=size) as pilot:
        await sees(pilot, "pending 2")
        await pilot.press("f6")
        await sees(pilot, "2 conversations", "● My cat is called Tom.", "My daughter Zoe plays")
        await pilot.press("slash", *"RADIOS nak", "enter")
        await sees(pilot, "system prompt: Answer like a pirate.", "3 you", "I mend radios in Nakuru.")
        assert "Tom" not in screen_text(app)
        await pilot.press("enter")
        await sees(pilot, "Type a message", "system prompt: Answer like a pirate.")
        await send(pilot, "And bicycles.")
        await until(pilot, lambda: entries(app)[-1][1] == "Nice to meet you.")
        assert [text for _, text in entries(app)][-4:] == [
            "I mend radios in Nakuru.", "Ahoy.", "And bicycles.", "Nice to meet you.",
        ]  # fmt: skip
        assert len(Conversation(home.conversations, OLD).turns) == 6
        await send(pilot, "/new")
        await until(pilot, lambda: not entries(app))
        await send(pilot, "/system")
        await sees(pilot, "no system prompt")


@pytest.mark.asyncio
async def test_a_reply_under_way_stays_where_it_was_asked(home: Home) -> None:
    """Going on elsewhere stops the reply; what came of it is in its own conversation, and nothing of it elsewhere."""
    session = told(home)
    session.reply, session.hold_after = "one two", 1
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "count")
        await until(pilot, lambda: entries(app)[-1][1] == "one")
        await pilot.press("f6")
        await sees(pilot, "My daughter Zoe plays")
        await pilot.press("down", "o")
        await sees(pilot, "Type a message", "I mend radios in Nakuru.")
        await until(pilot, lambda: session.conversation.name == OLD)
        assert [turn.text for turn in Conversation(home.conversations, OLD).turns[4:]] == []
        assert "count" not in screen_text(app)


@pytest.mark.asyncio
async def test_another_chat_keeps_its_own(home: Home) -> None:
    """A conversation that another chat has open is refused in a line, and the page stays."""
    app = ChatApp(told(home), QUIET)
    other = Conversation(home.conversations, OLD)
    other.hold()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("f6")
        await sees(pilot, "My daughter Zoe plays")
        for keys in (["down", "o"], ["r", *"Mine", "enter"]):
            await pilot.press(*keys)
            await sees(pilot, "error:", "open in another chat")
    other.release()


@pytest.mark.asyncio
async def test_titles_are_given(home: Home) -> None:
    """r renames the highlighted one, open or not; an empty title is an error; Esc leaves the old one."""
    session = told(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f6")
        await sees(pilot, "● My cat")
        await pilot.press("r", "ctrl+u", *"Tom the cat", "enter")
        await sees(pilot, "● Tom the cat", "renamed")
        await pilot.press("down", "r", "ctrl+u", *"[red]Zoe", "enter")
        await sees(pilot, "[red]Zoe")
        await pilot.press("r", "ctrl+u", "enter")
        await sees(pilot, "error: the title is empty")
        await pilot.press("r", *"x", "escape", "escape")
        await send(pilot, "/rename Tom again")
        await sees(pilot, "this conversation is called 'Tom again'")
        assert [talk.heading for talk in listed(home)] == ["Tom again", "[red]Zoe"]


@pytest.mark.asyncio
async def test_a_fork_begins_at_a_message(home: Home) -> None:
    """k asks for the message, Enter goes on in a copy that ends there; Esc forks nothing."""
    app = ChatApp(told(home), QUIET)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f6")
        await sees(pilot, "My daughter Zoe plays")
        await pilot.press("down", "k", "escape")
        assert len(names(home)) == 2
        await pilot.press("k", "up", "up", "enter")
        await sees(pilot, "Type a message", "Ahoy.", "system prompt: Answer like a pirate.")
        assert [text for _, text in entries(app)] == ["My daughter Zoe plays the cello.", "Ahoy."]
        assert "My daughter Zoe plays the cello. (fork)" in [talk.heading for talk in listed(home)]


@pytest.mark.asyncio
async def test_deleting_says_what_goes_and_asks(home: Home) -> None:
    """d shows it, n keeps it, y deletes; the learned message stays a memory; the open conversation is refused."""
    app = ChatApp(told(home), QUIET)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "pending 2")
        await pilot.press("f6")
        await sees(pilot, "My daughter Zoe plays")
        await pilot.press("d")
        await sees(pilot, "it is the one you are in")
        await pilot.press("down", "d")
        await sees(pilot, "4 messages of", "1 of them the")
        await pilot.press("n", "d")
        await sees(pilot, "Delete it for good?")
        await pilot.press("y")
        await sees(pilot, "deleted; the memories keep 1 that the weights have learned", "1 conversation")
        await pilot.press("f2")
        await sees(pilot, "1 learned", "1 pending", "My daughter Zoe")
        await pilot.press("escape")
        await sees(pilot, "pending 1")


@pytest.mark.asyncio
async def test_one_is_exported_and_imported(home: Home, tmp_path: Path) -> None:
    """e writes the highlighted one into a file of the format it ends in, i takes it in; another ending is an error."""
    app = ChatApp(told(home), QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("f6")
        await sees(pilot, "My daughter Zoe plays")
        await pilot.press("down", "e")
        await send(pilot, str(tmp_path / "talk.txt"))
        await sees(pilot, "error: talk.txt must end in .json or .md")
        await pilot.press("e")
        await send(pilot, str(tmp_path / "talk.md"))
        await until(pilot, (tmp_path / "talk.md").exists)
        assert [talk.name for talk in read(tmp_path / "talk.md")] == [OLD]
        await pilot.press("i")
        await send(pilot, str(tmp_path / "talk.md"))
        await sees(pilot, "0 imported, 1 here already")
        await pilot.press("d", "y")
        await sees(pilot, "1 conversation,")
        await pilot.press("i")
        await send(pilot, str(tmp_path / "talk.md"))
        await sees(pilot, "1 imported", "My daughter Zoe plays")
        await pilot.press("i")
        await send(pilot, str(tmp_path / "talk.txt"))
        await sees(pilot, "error: talk.txt must end in")


@pytest.mark.asyncio
async def test_a_temporary_conversation_leaves_no_trace(home: Home) -> None:
    """/temporary says so, nothing of it is on disk or pending; /new and F6 come back to what is kept."""
    session = told(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await sees(pilot, "pending 2")
        await send(pilot, "/temporary")
        await sees(pilot, "This conversation is temporary", "temporary: nothing is kept or learned")
        await send(pilot, "I keep a secret badger.")
        await until(pilot, lambda: entries(app)[-1][1] == "Nice to meet you.")
        await send(pilot, "/rename Badgers")
        await pilot.press("f6")
        await sees(pilot, "2 conversations")
        assert "adger" not in screen_text(app)
        await pilot.press("n")
        await sees(pilot, "What you say is kept", "pending 2")
        await send(pilot, "I keep a badger.")
        await sees(pilot, "pending 3")
        files = [path for path in home.data.rglob("*") if path.is_file()]
        assert "secret" not in "".join(path.read_text(errors="replace") for path in files)


@pytest.mark.asyncio
async def test_a_system_prompt_is_given_and_taken(home: Home) -> None:
    """/system TEXT is kept with the conversation, /system shows it, /system off is the default again."""
    session = told(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "/system Answer in [b]one[/b] word.")
        await sees(pilot, "system prompt: Answer in [b]one[/b] word.")
        assert Conversation(home.conversations, session.conversation.name).messages()[0]["role"] == "system"
        await send(pilot, f"/system {'x' * 5000}")
        await sees(pilot, "error: the system prompt has 5,000 characters")
        await send(pilot, "/system off")
        await sees(pilot, "no system prompt")
        assert session.conversation.messages()[0]["role"] == "user"


@pytest.mark.asyncio
async def test_a_long_list(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over the table's rows is said, and the search finds it; of a long talk the last messages are shown."""
    monkeypatch.setattr("tui.conversations_screen.SHOWN", 2)
    for number in range(4):
        talk = Conversation(home.conversations, f"2026010{number}-000000-aaaa")
        talk.describe(titled(talk.about, f"Talk {number}"))
        for count in range(40 if number == 3 else 1):
            talk.add("user", f"message {count}", 0)
    session = ScriptedSession(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f6")
        await sees(pilot, "2 older ones are not in the table", "Talk 3", "message 39")
        assert "Talk 0" not in screen_text(app)
        await pilot.press("slash", *"talk 0", "enter")
        await sees(pilot, "Talk 0")
