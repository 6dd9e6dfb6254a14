"""Ctrl+C and the ways out of the chat."""

import pytest

from memory.home import Home
from tests.scripted import QUIET, Consolidations, ScriptedSession, entries, send, until
from tui.app import ChatApp


@pytest.mark.asyncio
@pytest.mark.parametrize("way", ["/quit", "ctrl+q", "ctrl+c"])
async def test_quitting_stops_everything(home: Home, way: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every way out ends the app at once, stops a consolidation under way, and says that nothing was changed."""
    consolidations = Consolidations()
    app = ChatApp(ScriptedSession(home), QUIET, start=consolidations)
    async with app.run_test() as pilot:
        await send(pilot, "/consolidate")
        await (send(pilot, way) if way == "/quit" else pilot.press(way))
        await until(pilot, lambda: not app.is_running)
    assert consolidations.started[0].stopped
    assert "nothing was changed" in capsys.readouterr().err


@pytest.mark.asyncio
async def test_ctrl_c_stops_first_and_leaves_second(home: Home) -> None:
    """Ctrl+C during a reply stops it, though another message waits; the second press leaves."""
    session = ScriptedSession(home, "one two three")
    session.hold_after = 1
    app = ChatApp(session, QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "count")
        await until(pilot, lambda: entries(app)[-1][1] == "one")
        await send(pilot, "and again")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: session.was_stopped)
        assert app.is_running
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not app.is_running)
    app.turns.settle(5)
    assert not app.turns.replying


@pytest.mark.asyncio
async def test_ctrl_c_puts_aside_what_is_typed(home: Home) -> None:
    """However many lines were typed or pasted; Up brings them back, and a press with nothing typed leaves."""
    app = ChatApp(ScriptedSession(home), QUIET)
    async with app.run_test() as pilot:
        app.prompt.insert("one\ntwo")
        await pilot.press("ctrl+c")
        assert (app.is_running, app.prompt.text) == (True, "")
        await pilot.press("up")
        assert app.prompt.text == "one\ntwo"
        await pilot.press("ctrl+c", "ctrl+c")
        await until(pilot, lambda: not app.is_running)
    assert not app.session.conversation.turns
