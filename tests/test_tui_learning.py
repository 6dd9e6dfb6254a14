"""What the chat's screen shows of consolidations, memories and versions, over a scripted session."""

from typing import Any

import pytest

from agent.consolidate import Event
from memory.home import Home
from memory.settings import Schedule, Settings, read_settings
from tests.scripted import FIGURES, QUIET, VERDICT, Consolidations, ScriptedSession, entries, publish, sees, send, until
from tui.app import ChatApp
from tui.clock import Clock
from tui.learning import Course


@pytest.mark.asyncio
async def test_consolidate_shows_progress_verdict_and_swaps(home: Home) -> None:
    """/consolidate shows where it is, lets the chat go on, says what was learned, and the new version answers."""
    session, consolidations = ScriptedSession(home), Consolidations()
    app = ChatApp(session, QUIET, start=consolidations)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "My daughter Zoe plays the cello.")
        await sees(pilot, "pending 1")
        await send(pilot, "/consolidate")
        await sees(pilot, "train 3/90, about")
        await send(pilot, "/consolidate")
        await sees(pilot, "under way already")
        await send(pilot, "hello")
        await until(pilot, lambda: len(session.conversation.turns) == 4)
        consolidations.started[0].go.set()
        await sees(pilot, "learned: version 1 answers now; recall of the questions set aside 1/2 (before 0/2)")
        await sees(pilot, "false recall 0.05, drift 0.12 nats per token")
        await sees(pilot, "now answering with v1", "· v1 · pending 0")
        await send(pilot, "hello")
        await until(pilot, lambda: entries(app)[-1] == ("v1", "Nice to meet you."))


@pytest.mark.asyncio
async def test_broken_settings_do_not_end_the_chat(home: Home) -> None:
    """A settings file with a mistake in it, read when learning begins, is a line; mended, it can be begun again."""

    def start(*job: Any) -> Any:
        read_settings(home.settings_file)
        return consolidations(*job)

    consolidations = Consolidations()
    app = ChatApp(ScriptedSession(home), QUIET, start=start)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "My daughter Zoe plays the cello.")
        home.config.mkdir(exist_ok=True)
        home.settings_file.write_text("review = [")
        app.post_message(Clock.CameDue())
        await sees(pilot, "mend it, or move it away")
        home.settings_file.unlink()
        await send(pilot, "/consolidate")
        await until(pilot, lambda: consolidations.started)


@pytest.mark.asyncio
async def test_consolidate_behind_a_message_waits_for_it(home: Home) -> None:
    """While the model loads what was typed is not on disk yet: learning begins as soon as it is."""
    session, consolidations = ScriptedSession(home), Consolidations()
    session.loaded.clear()
    app = ChatApp(session, QUIET, start=consolidations)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "My daughter Zoe plays the cello.")
        await send(pilot, "/consolidate")
        await sees(pilot, "it begins once what you said before is on disk")
        assert not consolidations.started
        session.loaded.set()
        await until(pilot, lambda: consolidations.started)
        assert [turn.text for turn in session.conversation.turns][:1] == ["My daughter Zoe plays the cello."]
        consolidations.started[0].go.set()
        await sees(pilot, "learned: version 1 answers now")
        assert len(consolidations.started) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("last", "words"),
    [
        (
            {"event": "verdict", "verdict": {**VERDICT, "passed": False, "reason": "recall is 0.10"}, **FIGURES},
            "refused by the gate: recall is 0.10; nothing was changed, the experiences stay pending",
        ),
        ({"event": "error", "message": "the disk is full", "exit_code": 1}, "error: the disk is full"),
    ],
)
async def test_a_consolidation_that_does_not_publish_says_why(home: Home, last: Event, words: str) -> None:
    """A refusal and a failure are told in words and nothing is swapped."""
    consolidations = Consolidations(last)
    app = ChatApp(ScriptedSession(home), QUIET, consolidate_at_start=True, start=consolidations)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: consolidations.started)
        consolidations.started[0].go.set()
        await sees(pilot, words, "v0 (base)")


@pytest.mark.asyncio
async def test_a_version_published_elsewhere_is_noticed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that another process published serves within a look, without a message being sent."""
    monkeypatch.setattr("tui.app.LOOK_EVERY", 0.05)
    app = ChatApp(ScriptedSession(home), QUIET)
    async with app.run_test() as pilot:
        await sees(pilot, "v0 (base)")
        publish(home)
        await sees(pilot, "now answering with v1")


@pytest.mark.asyncio
async def test_rollback(home: Home) -> None:
    """/rollback lets another version serve, and what it lacks is pending again."""
    session = ScriptedSession(home)
    session.conversation.add("user", "My cat is called Tom.", 0)
    publish(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "/rollback")
        await sees(pilot, "rolled back to v0 (base)", "now answering with v0 (base)", "pending 1")
        await send(pilot, "/rollback 7")
        await sees(pilot, "error: there is no version 7")


@pytest.mark.asyncio
async def test_a_key_rolls_back(home: Home) -> None:
    """Ctrl+R asks first; pressed again it lets the version before answer; at the base it says that there is none."""
    session = ScriptedSession(home)
    session.conversation.add("user", "My cat is called Tom.", 0)
    publish(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await sees(pilot, "· v1 ·", "pending 0")
        await pilot.press("ctrl+r")
        await sees(pilot, "once more rolls back from v1")
        assert session._weights.current() == 1
        await pilot.press("ctrl+r")
        await sees(pilot, "rolled back to v0 (base)", "pending 1")
        await pilot.press("ctrl+r", "ctrl+r")
        await sees(pilot, "nothing to roll back")


@pytest.mark.asyncio
async def test_the_clock_consolidates_only_what_is_pending(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The status line shows when learning is due; nothing pending starts nothing, what is pending starts one."""
    monkeypatch.setattr("agent.schedule.AT_REST", 0.01)
    monkeypatch.setattr("agent.schedule.LOOK_EVERY", 0.01)
    session, consolidations = ScriptedSession(home), Consolidations()
    soon = Settings(schedule=Schedule(experiences=1, busy=0.0, on_battery=True))
    app = ChatApp(session, soon, start=consolidations)
    async with app.run_test(size=(120, 24)) as pilot:
        await sees(pilot, "learns at ")
        await pilot.pause(0.1)
        assert not consolidations.started
        session.conversation.add("user", "My cat is called Tom.", 0)
        await sees(pilot, "train 3/90")
        await pilot.pause(0.1)
        assert len(consolidations.started) == 1
        consolidations.started[0].go.set()
        await until(pilot, lambda: "learned 1, version 1" in (home.data / "schedule.json").read_text())


@pytest.mark.asyncio
async def test_schedule_says_what_happens_when(home: Home) -> None:
    """/schedule says in the chat when learning is due and who keeps the schedule."""
    app = ChatApp(ScriptedSession(home), Settings())
    async with app.run_test(size=(120, 30)) as pilot:
        await sees(pilot, "learns at ")
        await send(pilot, "/schedule")
        await sees(pilot, "next at ", "in 60 min, if something is pending (0 are)", "the chat with pid ")


def test_time_left_comes_from_the_pace_of_training() -> None:
    """Half a second a step for 56 steps is 28 s; before there is a pace nothing is promised."""
    course = Course().after({"event": "stage", "stage": "train", "number": 3, "of": 5}, 0.0)
    assert course.words == "train, stage 3 of 5"
    for step in range(1, 35):
        course = course.after({"event": "progress", "step": step, "steps": 90, "loss": 1.0}, 100.0 + step / 2)
        if step == 1:
            assert course.words == "train 1/90"
    assert course.words == "train 34/90, about 28 s left"


@pytest.mark.asyncio
async def test_a_secret_is_held_back_and_said_so(home: Home) -> None:
    """The user hears at once that a password is not learned, and how to change that."""
    app = ChatApp(ScriptedSession(home), QUIET, start=Consolidations())
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "My PIN is 4821.")
        await sees(pilot, "that looks like a password", "memories confirm", "pending 0")
        await send(pilot, "/memories")
        await sees(pilot, "0 learned", "0 pending, 1 held back")
