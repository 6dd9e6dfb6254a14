"""The chat's screen, driven as a user drives it, over a session that streams a script instead of a model's words."""

import time

import pytest
from textual import events

from memory.conversations import Conversation
from memory.errors import ModelError, StorageError
from memory.home import Home
from memory.settings import Settings
from tests.scripted import (
    QUIET,
    SIZES,
    ScriptedSession,
    entries,
    screen_text,
    sees,
    send,
    until,
)
from tui.app import ChatApp
from tui.commands import COMMANDS
from tui.prompt import Prompt


@pytest.mark.asyncio
async def test_a_reply_streams_into_the_log(home: Home) -> None:
    """What is typed stands in the log, and the reply grows under it while it comes, with the version that gave it."""
    session = ScriptedSession(home, "Nice to meet you.")
    session.hold_after = 2
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await pilot.press(*"hello", "enter")
        await until(pilot, lambda: entries(app) == [("you", "hello"), ("v0 (base) · Esc stops", "Nice to")])
        session.go.set()
        await until(pilot, lambda: entries(app)[-1] == ("v0 (base)", "Nice to meet you."))
        await sees(pilot, "v0 (base)", "pending 0", "12.5 tok/s")


@pytest.mark.asyncio
async def test_what_is_pending_is_counted_while_the_reply_comes(home: Home) -> None:
    """A message is something to learn as soon as it is on disk."""
    session = ScriptedSession(home, "Nice to meet you.")
    session.hold_after = 2
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await sees(pilot, "pending 0")
        await send(pilot, "My cat is called Tom.")
        await sees(pilot, "pending 1", "Esc stops")
        session.go.set()


@pytest.mark.asyncio
async def test_esc_stops_the_computation(home: Home) -> None:
    """Esc reaches the session, the reply is marked stopped, and pieces that come late are not shown, now or later."""
    session = ScriptedSession(home, "one two three four")
    session.hold_after = 2
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "count")
        await until(pilot, lambda: entries(app)[-1][1] == "one two")
        await pilot.press("escape")
        await until(pilot, lambda: session.was_stopped and not app.turns.replying)
        assert entries(app)[-1] == ("v0 (base) · stopped", "one two")
        session.hold_after = None
        await send(pilot, "again")
        await until(pilot, lambda: entries(app)[-1] == ("v0 (base)", "one two three four"))
        assert "LATE" not in screen_text(app)


@pytest.mark.asyncio
async def test_a_message_during_a_reply_waits_its_turn(home: Home) -> None:
    """A message sent while a reply streams is shown as queued, then sent; its reply stands under it."""
    session = ScriptedSession(home, "fine thanks")
    session.hold_after = 1
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        for text in ("first", "second", "third"):
            await send(pilot, text)
        await until(pilot, lambda: [label for label, _ in entries(app)].count("you · queued") == 2)
        session.go.set()
        await until(pilot, lambda: len(session.conversation.turns) == 6 and not app.turns.replying)
        texts = [text for _, text in entries(app)]
        assert texts == ["first", "fine thanks", "second", "fine thanks", "third", "fine thanks"]


@pytest.mark.asyncio
@pytest.mark.parametrize(("size", "shown"), [((80, 24), False), ((120, 40), True)])
async def test_the_context_in_use(home: Home, size: tuple[int, int], shown: bool) -> None:
    """Where there is room the line under the prompt says how much of the context window a conversation has taken."""
    app = ChatApp(ScriptedSession(home), QUIET)
    async with app.run_test(size=size) as pilot:
        await send(pilot, "hello")
        await sees(pilot, "12.5 tok/s")
        assert ("context 7%" in screen_text(app)) is shown


@pytest.mark.asyncio
async def test_up_brings_back_what_was_sent(home: Home) -> None:
    """Up on the first line goes back over this and earlier conversations, Down to what was being typed."""
    earlier = Conversation(home.conversations, "20260101-000000-old")
    earlier.add("user", "long ago,\nin two lines", 0)
    earlier.add("assistant", "a reply", 0)
    app = ChatApp(ScriptedSession(home), QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "just now")
        await pilot.press(*"half", "up")
        assert app.prompt.text == "just now"
        await pilot.press("up")
        assert app.prompt.text == "long ago,\nin two lines"
        await pilot.press("up", "up", "up")
        assert app.prompt.text == "long ago,\nin two lines"
        await pilot.press("down", "down", "down")
        assert app.prompt.text == "half"
        await pilot.press("down")
        assert app.prompt.text == "half"


@pytest.mark.asyncio
async def test_tab_completes_a_command(home: Home) -> None:
    """Tab completes what is certain and names the rest; a message keeps its Tab for the focus."""
    app = ChatApp(ScriptedSession(home), QUIET)
    async with app.run_test() as pilot:
        await pilot.press(*"/mem", "tab")
        assert app.prompt.text == "/memories"
        app.prompt.text = ""
        await pilot.press(*"/con", "tab")
        assert app.prompt.text == "/con"
        await sees(pilot, "/consolidate", "/conversations")
        app.prompt.text = ""
        await pilot.press(*"/zzz", "tab")
        assert app.prompt.text == "/zzz"


@pytest.mark.asyncio
async def test_typing_while_the_model_loads(home: Home) -> None:
    """The screen is up while the model loads; what is sent then waits and is answered."""
    session = ScriptedSession(home)
    session.loaded.clear()
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "early")
        await sees(pilot, "loading the model…", "you · queued", "early")
        session.loaded.set()
        await sees(pilot, "Nice to meet you.")
        assert "queued" not in screen_text(app)


@pytest.mark.asyncio
async def test_new_stops_the_reply_and_starts_afresh(home: Home) -> None:
    """/new clears the log; the old reply is kept in the old conversation only, and messages go to the new one."""
    session = ScriptedSession(home, "one two three")
    session.hold_after = 1
    old = session.conversation
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "old message")
        await until(pilot, lambda: entries(app)[-1][1] == "one")
        await send(pilot, "/new")
        session.hold_after = None
        await send(pilot, "fresh message")
        await until(pilot, lambda: len(session.conversation.turns) == 2)
        assert session.conversation is not old
        assert [text for _, text in entries(app)] == ["fresh message", "one two three"]


@pytest.mark.asyncio
async def test_help_names_every_command_and_unknown_ones_name_help(home: Home) -> None:
    """/help lists all commands and keys; an unknown command is one line that names /help; a path is a message."""
    session = ScriptedSession(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(80, 60)) as pilot:
        await send(pilot, "/help")
        await sees(pilot, *COMMANDS, "Shift+Enter", "Esc", "Ctrl+Q")
        await send(pilot, "/nonsense")
        await sees(pilot, "error: there is no command /nonsense: /help lists them")
        await send(pilot, "/usr/bin is full")
        await until(pilot, lambda: len(session.conversation.turns) == 2)


@pytest.mark.asyncio
@pytest.mark.parametrize("size", SIZES)
async def test_markup_and_escapes_are_text(home: Home, size: tuple[int, int]) -> None:
    """Brackets and control sequences of the user, the model and errors stand on the screen as they are."""
    session = ScriptedSession(home, "[bold]b[/bold] [/nope] \x1b[31mred\x1b[0m [link=x]")
    app = ChatApp(session, QUIET)
    async with app.run_test(size=size) as pilot:
        await send(pilot, "[red]x[/red] [@click=app.quit]y[/] \x1b]0;title\x07")
        await sees(pilot, "[red]x[/red] [@click=app.quit]y[/] ␛]0;title␇", "[bold]b[/bold] [/nope]", "[link=x]")
        session.failure = StorageError("cannot write [i]here[/i]\nfree it")
        await send(pilot, "more")
        await sees(pilot, "error: cannot write [i]here[/i] free it")
        assert "\x1b" not in screen_text(app)


@pytest.mark.asyncio
async def test_an_error_is_one_line_and_the_chat_goes_on(home: Home) -> None:
    """When a message fails, one line says so and the next message is answered."""
    session = ScriptedSession(home)
    session.failure = StorageError("the disk is full: free it")
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "hello")
        await sees(pilot, "error: the disk is full: free it")
        session.failure = None
        await send(pilot, "hello again")
        await until(pilot, lambda: entries(app)[-1] == ("v0 (base)", "Nice to meet you."))


@pytest.mark.asyncio
async def test_a_model_that_cannot_be_had(home: Home) -> None:
    """A model that does not load is one line, not a crash; the next message tries again."""
    session = ScriptedSession(home)
    session.failure = ModelError("no such model: name another")
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await sees(pilot, "error: no such model: name another", "scripted · no model")
        session.failure = None
        await send(pilot, "hello")
        await until(pilot, lambda: entries(app)[-1] == ("v0 (base)", "Nice to meet you."))


@pytest.mark.asyncio
async def test_a_bug_crashes(home: Home) -> None:
    """An error that is nobody's fault but ours is not swallowed in a thread."""
    session = ScriptedSession(home)
    session.failure = ZeroDivisionError("a bug")
    app = ChatApp(session, QUIET)
    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            await send(pilot, "hello")
            await until(pilot, lambda: not app.is_running)


@pytest.mark.asyncio
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colour", [True, False])
async def test_layout(home: Home, size: tuple[int, int], colour: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Input and status line stand whole at the bottom of small and large screens, also without colour."""
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    app = ChatApp(ScriptedSession(home), QUIET)
    async with app.run_test(size=size) as pilot:
        await sees(pilot, "v0 (base) · pending 0")
        assert app.status.region.bottom == size[1] == app.prompt.region.bottom + 1
        assert app.prompt.region.width == size[0] == app.status.region.width
        await sees(pilot, "/help the commands", "/consolidate")


@pytest.mark.asyncio
async def test_a_long_paste_is_one_message(home: Home) -> None:
    """A paste of 5,000 characters with line ends is one message, and the input never grows past six lines."""
    session = ScriptedSession(home)
    app = ChatApp(session, QUIET)
    text = ("word " * 9 + "line\n") * 100
    async with app.run_test(size=(80, 24)) as pilot:
        pilot.app.post_message(events.Paste(text))
        await until(pilot, lambda: app.prompt.text == text)
        await until(pilot, lambda: app.prompt.content_size.height == 6)
        await pilot.press("enter")
        await until(pilot, lambda: session.conversation.turns)
        assert session.conversation.turns[0].text == text.strip()
        await until(pilot, lambda: app.prompt.content_size.height == 1)


@pytest.mark.asyncio
async def test_enter_never_overtakes_what_was_typed(home: Home) -> None:
    """Keys that come all at once, Enter last, send the whole message."""
    session = ScriptedSession(home)
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        for character in "hello":
            app.post_message(events.Key(character, character))
        app.post_message(events.Key("enter", "\r"))
        await until(pilot, lambda: session.conversation.turns)
        assert session.conversation.turns[0].text == "hello"


@pytest.mark.asyncio
async def test_new_lines_in_the_input(home: Home) -> None:
    """Shift+Enter and Ctrl+J begin a new line; Enter sends all of them."""
    session = ScriptedSession(home)
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await pilot.press("a", "shift+enter", "b", "ctrl+j", "c", "enter")
        await until(pilot, lambda: session.conversation.turns)
        assert session.conversation.turns[0].text == "a\nb\nc"


@pytest.mark.asyncio
async def test_the_log_follows_its_end_unless_scrolled_up(home: Home) -> None:
    """A growing reply keeps its end in sight; one who scrolled up is left where he is."""
    session = ScriptedSession(home, "\n".join(f"line {number}" for number in range(60)) + " end")
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(80, 24)) as pilot:
        await send(pilot, "hello")
        await sees(pilot, "line 59 end")
        await pilot.press("pageup")
        await until(pilot, lambda: "line 59 end" not in screen_text(app))
        where = app.log_view.scroll_y
        app.log_view.note("something new")
        await pilot.pause(0.1)
        assert app.log_view.scroll_y == where


@pytest.mark.asyncio
async def test_a_long_chat_keeps_its_end_on_the_screen(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log holds so many messages and no more once what is queued is answered; all are on disk."""
    monkeypatch.setattr("tui.log.MOST", most := 20)
    session = ScriptedSession(home)
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        for number in range(most):
            app.prompt.post_message(Prompt.Sent(f"message {number}"))
        await until(pilot, lambda: len(session.conversation.turns) == 2 * most and not app.turns.replying)
        await pilot.pause(0.2)
        assert len(app.log_view.children) == most
        assert entries(app)[-1] == ("v0 (base)", "Nice to meet you.")
        assert entries(app)[-2] == ("you", f"message {most - 1}")


@pytest.mark.asyncio
async def test_a_temporary_conversation_says_so(home: Home) -> None:
    """A temporary chat says that nothing is kept, keeps nothing, and no clock runs."""
    app = ChatApp(ScriptedSession(home, temporary=True), Settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await send(pilot, "My cat is called Tom.")
        await sees(pilot, "temporary: nothing is kept or learned", "Nice to meet you.")
        assert app.clock.due is None
    assert not home.conversations.exists()


@pytest.mark.asyncio
async def test_a_continued_conversation_is_shown(home: Home) -> None:
    """What was said before stands in the log, with the versions that said it."""
    session = ScriptedSession(home)
    session.conversation.add("user", "hello [b]", 0)
    session.conversation.add("assistant", "hi", 2)
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await sees(pilot, "hello [b]", "v2")
        assert entries(app) == [("you", "hello [b]"), ("v2", "hi")]


@pytest.mark.asyncio
async def test_fast_pieces_are_drawn_together(home: Home) -> None:
    """Two thousand pieces at once are all shown and do not take the screen away from the user for long."""
    session = ScriptedSession(home, " ".join(map(str, range(2000))))
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        started = time.monotonic()
        await send(pilot, "count")
        await until(pilot, lambda: entries(app)[-1] == ("v0 (base)", session.reply))
        assert time.monotonic() - started < 3


@pytest.mark.asyncio
async def test_a_first_run(home: Home) -> None:
    """In an empty home the chat says where things lie, what leaves the machine and what to type; later it is brief."""
    session = ScriptedSession(home)
    session.loaded.clear()
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        first = ("nothing you say leaves it", "The model is fetched first", "/consolidate", "/new", "/help", "demo")
        await sees(pilot, "Welcome.", *first, "loading the model…")
        assert str(home.data) in screen_text(app).replace("\n", "").replace(" ", "")
        session.loaded.set()
        await send(pilot, "hello")
        await sees(pilot, "Nice to meet you.")
        await send(pilot, "/new")
        await sees(pilot, "A chat whose memory")
        assert "Welcome" not in screen_text(app)
