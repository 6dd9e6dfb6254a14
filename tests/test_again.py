"""The last message and its reply on the screen: another one, more of it, the message otherwise, either copied."""

import pytest

from memory.conversations import latest
from memory.errors import StorageError
from memory.home import Home
from memory.locks import owning
from tests.scripted import QUIET, ScriptedSession, entries, publish, screen_text, sees, send, until
from tui.again import EDITING
from tui.app import ChatApp

CODE = """Two ways:

```python
print("one")
```

or

~~~
two
lines
~~~
"""


def kept(home: Home) -> list[str]:
    """What is on disk of the last conversation."""
    return [turn.text for turn in latest(home).turns]


@pytest.mark.asyncio
async def test_another_reply(home: Home) -> None:
    """F7 puts another reply in the place of the last, on screen and disk; the message is there and counted once."""
    session = ScriptedSession(home, "First.")
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "I keep bees.")
        await until(pilot, lambda: entries(app)[-1] == ("v0 (base)", "First."))
        session.reply = "Second."
        await pilot.press("f7")
        await until(pilot, lambda: entries(app) == [("you", "I keep bees."), ("v0 (base)", "Second.")])
        await sees(pilot, "pending 1")
        assert kept(home) == ["I keep bees.", "Second."]


@pytest.mark.asyncio
async def test_another_reply_that_is_stopped_or_fails(home: Home) -> None:
    """If nothing was kept of another reply the old one is shown again."""
    session = ScriptedSession(home, "First.")
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "I keep bees.")
        await until(pilot, lambda: entries(app)[-1] == ("v0 (base)", "First."))
        session.hold_after = 0
        await send(pilot, "/regenerate")
        await until(pilot, lambda: entries(app)[-1][0] == "v0 (base) · Esc stops")
        await pilot.press("escape")
        await until(pilot, lambda: entries(app)[-1] == ("v0 (base) · stopped", "First."))
        session.failure = StorageError("the disk is full")
        await send(pilot, "/regenerate")
        await sees(pilot, "error: the disk is full")
        assert [text for _, text in entries(app)] == ["I keep bees.", "First."] == kept(home)


@pytest.mark.asyncio
async def test_more_of_a_reply(home: Home) -> None:
    """F8 goes on behind what there is; one that had come to its end is said to be whole."""
    session = ScriptedSession(home, "One and")
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "count")
        await until(pilot, lambda: entries(app)[-1][1] == "One and")
        session.reply = " two."
        await pilot.press("f8")
        await until(pilot, lambda: entries(app)[-1] == ("v0 (base)", "One and two."))
        session.reply = ""
        await send(pilot, "/continue")
        await sees(pilot, "the reply had come to its end")
        assert [text for _, text in entries(app)] == ["count", "One and two."] == kept(home)


@pytest.mark.asyncio
async def test_the_last_message_edited(home: Home) -> None:
    """F9 brings it back; sent anew it takes the place of the old one, and what was being typed is back."""
    app = ChatApp(ScriptedSession(home), QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "My cat is called Tom.")
        await until(pilot, lambda: len(entries(app)) == 2 and not app.turns.busy)
        await send(pilot, "I keep goats.")
        await until(pilot, lambda: len(entries(app)) == 4 and not app.turns.busy)
        await pilot.press(*"and", "f9")
        assert app.prompt.text == "I keep goats."
        await sees(pilot, EDITING)
        await pilot.press(*" Two.", "enter")
        await until(pilot, lambda: len(kept(home)) == 4 and kept(home)[2] == "I keep goats. Two.")
        await sees(pilot, "pending 2")
        assert [text for _, text in entries(app)] == kept(home)
        assert app.prompt.text == "and"
        assert EDITING not in screen_text(app)


@pytest.mark.asyncio
async def test_editing_left(home: Home) -> None:
    """Esc leaves the message as it was and brings back what was being typed; the next message is a new one."""
    app = ChatApp(ScriptedSession(home), QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "I keep goats.")
        await until(pilot, lambda: len(entries(app)) == 2 and not app.turns.busy)
        await pilot.press(*"and", "f9", "escape")
        assert app.prompt.text == "and"
        await pilot.press("enter")
        await until(pilot, lambda: kept(home)[::2] == ["I keep goats.", "and"])


@pytest.mark.asyncio
async def test_what_is_learned_or_being_learned_is_not_edited(home: Home) -> None:
    """Learned, it is refused at once; while a consolidation runs, when it is sent, and the words are not lost."""
    app = ChatApp(ScriptedSession(home), QUIET)
    async with app.run_test(size=(100, 40)) as pilot:
        await send(pilot, "I keep goats.")
        await until(pilot, lambda: len(entries(app)) == 2 and not app.turns.busy)
        await pilot.press("f9")
        with owning(home.data, "consolidation", ""):
            await pilot.press(*" Two.", "enter")
            await sees(pilot, "wait for it, then send the message again, or take it back with /forget")
        assert app.prompt.text == "I keep goats. Two."
        assert [text for _, text in entries(app)] == kept(home) == ["I keep goats.", "Nice to meet you."]
        await pilot.press("escape")
        publish(home)
        await pilot.press("f9")
        await sees(pilot, "error: the weights have learned that message: take it back with /forget, then say it anew")
        assert app.prompt.text == ""


@pytest.mark.asyncio
async def test_edited_in_one_go(home: Home) -> None:
    """/edit TEXT sends it at once; during a reply, and with nothing said, a line says what to do."""
    session = ScriptedSession(home, "one two")
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        for command in ("/edit", "/regenerate", "/continue", "/copy", "/code"):
            await send(pilot, command)
            await sees(pilot, "say something first")
            app.log_view.clear()
        session.hold_after = 1
        await send(pilot, "I keep goats.")
        await until(pilot, lambda: entries(app)[-1][1] == "one")
        await send(pilot, "/edit I keep geese.")
        await sees(pilot, "a reply is under way: stop it with Esc")
        session.go.set()
        await until(pilot, lambda: not app.turns.busy)
        await send(pilot, "/edit I keep geese.")
        await until(pilot, lambda: kept(home) == ["I keep geese.", "one two"])


@pytest.mark.asyncio
async def test_copying(home: Home) -> None:
    """Ctrl+O copies the last reply, Ctrl+G its last code block, /code 1 the first; a line says what was copied."""
    app = ChatApp(ScriptedSession(home, CODE), QUIET)
    async with app.run_test(size=(100, 40)) as pilot:
        await send(pilot, "How?")
        await until(pilot, lambda: len(entries(app)) == 2 and not app.turns.busy)
        await pilot.press("ctrl+o")
        await sees(pilot, f"copied the reply, {len(CODE)} characters")
        assert app.clipboard == CODE
        await pilot.press("ctrl+g")
        await sees(pilot, "copied code block 2 of 2, 2 lines")
        assert app.clipboard == "two\nlines\n"
        await send(pilot, "/code 1")
        await sees(pilot, "copied code block 1 of 2, 1 line")
        assert app.clipboard == 'print("one")\n'
        await send(pilot, "/code 3")
        await sees(pilot, "/code 1 to /code 2")


@pytest.mark.asyncio
async def test_the_context_in_use_starts_afresh(home: Home) -> None:
    """A new conversation has taken nothing of the context window, though a reply of the old one ends after it began."""
    session = ScriptedSession(home, "one two")
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "count")
        await sees(pilot, "context 7%")
        await send(pilot, "/new")
        await until(pilot, lambda: "context" not in screen_text(app).splitlines()[-1])
        session.hold_after = 1
        await send(pilot, "count")
        await until(pilot, lambda: entries(app)[-1][1] == "one")
        await send(pilot, "/new")
        await until(pilot, lambda: not app.turns.busy)
        assert "context" not in screen_text(app).splitlines()[-1]
