"""The chat's screen, driven as a user drives it, over a session that streams a script instead of a model's words."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from agent.consolidate import Consolidation, Event
from agent.reply import Sampling
from agent.session import Session
from memory.conversations import Conversation, names
from memory.errors import ModelError, StorageError
from memory.home import Home
from memory.models import Say
from memory.settings import Schedule, Settings
from memory.versions import MERGED, Weights
from tui.app import ChatApp
from tui.commands import COMMANDS
from tui.learning import Pace
from tui.log import Entry

SIZES = [(80, 24), (200, 50)]
FIGURES = {"version": None, "pairs": 9, "seconds": 1.0}
VERDICT = {
    "passed": True, "reason": "passed", "recall_before": 0.0, "recall_after": 0.5, "false_recall": 0.05, "drift": 0.123,
    "retention": 1.0,
    "asked": [{"hit_before": False, "hit_after": True}, {"hit_before": False, "hit_after": False}],
}  # fmt: skip


class ScriptedSession(Session):
    """A session on a real home that answers from a script; `go` lets a held reply, `loaded` a held load, go on."""

    def __init__(self, home: Home, reply: str = "Nice to meet you.", temporary: bool = False) -> None:
        super().__init__(home, "scripted", Conversation(None if temporary else home.conversations))
        self.reply = reply
        self.hold_after: int | None = None
        self.go, self.loaded = threading.Event(), threading.Event()
        self.loaded.set()
        self.failure: Exception | None = None
        self.was_stopped = False
        self._open = False

    @property
    def ready(self) -> bool:
        return self._open

    def open(self, say: Say = lambda line: None) -> None:
        self.loaded.wait(10)
        if isinstance(self.failure, ModelError):
            raise self.failure
        self._load(self._weights.current())

    def _load(self, number: int) -> None:
        self._open, self.version = True, number

    def say(self, text: str, sampling: Sampling | None = None) -> Iterator[str]:
        text = self.accept(text)
        self._stop = threading.Event()
        if self.failure:
            raise self.failure
        self.keep(text)
        for number, word in enumerate(self.reply.split(" ")):
            if number == self.hold_after:
                while not (self.go.is_set() or self._stop.is_set()):
                    time.sleep(0.005)
                if self._stop.is_set():
                    self.was_stopped = True
                    yield "LATE"
                    return
            yield word if not number else f" {word}"
        self.tokens_per_second = 12.5
        self.conversation.add("assistant", self.reply, self.version)


class ScriptedConsolidation(Consolidation):
    """Trains three steps, waits for `go`, and publishes what is pending, or ends with `last`."""

    last: Event | None = None

    def __post_init__(self) -> None:
        self.go, self.stopped = threading.Event(), False

    def __iter__(self) -> Iterator[Event]:
        yield {"event": "stage", "stage": "train", "number": 3, "of": 5}
        for step in (1, 2, 3):
            yield {"event": "progress", "step": step, "steps": 90, "loss": 1.0}
        self.go.wait(10)
        if not self.stopped:
            yield self.last or {
                "event": "verdict", "verdict": VERDICT, "pairs": 9, "seconds": 1.0, "version": publish(self.home),
            }  # fmt: skip

    def stop(self) -> None:
        self.stopped = True
        self.go.set()


class Consolidations:
    """Starts scripted consolidations and remembers them."""

    def __init__(self, last: Event | None = None) -> None:
        self.last, self.started = last, list[ScriptedConsolidation]()

    def __call__(self, home: Home, model: str) -> Consolidation:
        self.started.append(ScriptedConsolidation(home, model))
        self.started[-1].last = self.last
        return self.started[-1]


def publish(home: Home) -> int:
    """A version that learned everything pending."""
    weights = Weights(home, "scripted")
    staged = weights.staging()
    (staged / MERGED).mkdir()
    (staged / MERGED / "weights").write_text("w")
    ids = [f"{name}/1" for name in names(home)]
    created = "2026-03-01T12:00:00+00:00"
    return weights.publish(staged, weights.current(), {"created": created, "experiences": ids, "gate": VERDICT}).number


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "config", tmp_path / "data", tmp_path / "cache")


QUIET = Settings(schedule=Schedule(minutes=0))


def screen_text(app: ChatApp) -> str:
    """What stands on the screen."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def entries(app: ChatApp) -> list[tuple[str, str]]:
    """(label, text) of the messages in the log, from the top."""
    return [(entry.label, entry.body) for entry in app.query(Entry)]


async def until(pilot: Pilot[None], truth: Callable[[], object]) -> None:
    for _ in range(250):
        if truth():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"did not come true; the screen:\n{screen_text(pilot.app)}")  # type: ignore[arg-type]


async def sees(pilot: Pilot[None], *texts: str) -> None:
    """Wait until all of the texts stand on the screen, wherever their lines break."""

    def seen() -> bool:
        screen = " ".join(screen_text(pilot.app).split())  # type: ignore[arg-type]
        return all(text in screen for text in texts)

    await until(pilot, seen)


async def send(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()


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
async def test_memories_lists_newest_first_and_counts_the_rest(home: Home) -> None:
    """/memories names what is pending and what a version learned, at most fifty of them."""
    session = ScriptedSession(home)
    session.conversation.add("user", "My cat is called Tom.", 0)
    publish(home)
    for number in range(55):
        session.conversation.add("user", f"I own {number} red bicycles.", 0)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 60)) as pilot:
        await send(pilot, "/memories")
        await sees(pilot, "55 pending, 1 learned, newest first", "and 6 older")


@pytest.mark.asyncio
async def test_versions_and_rollback(home: Home) -> None:
    """/versions marks the one that serves; /rollback lets another serve, and what it lacks is pending again."""
    session = ScriptedSession(home)
    session.conversation.add("user", "My cat is called Tom.", 0)
    publish(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "/versions")
        await sees(pilot, "→ v1 from v0 2026-03-01", "1 experiences recall 1/2", "v0 (base)")
        await send(pilot, "/rollback")
        await sees(pilot, "rolled back to v0 (base)", "now answering with v0 (base)", "pending 1")
        await send(pilot, "/rollback 7")
        await sees(pilot, "error: there is no version 7")


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
    async with app.run_test(size=(80, 40)) as pilot:
        await send(pilot, "/help")
        await sees(pilot, *COMMANDS, "Shift+Enter", "Esc", "Ctrl+Q")
        await send(pilot, "/nonsense")
        await sees(pilot, "error: there is no command /nonsense: /help lists them")
        await send(pilot, "/usr/bin is full")
        await until(pilot, lambda: len(session.conversation.turns) == 2)


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
        await sees(pilot, "/help: commands and keys", "/consolidate")


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
async def test_a_temporary_conversation_says_so(home: Home) -> None:
    """A temporary chat says that nothing is kept, keeps nothing, and no clock runs."""
    app = ChatApp(ScriptedSession(home, temporary=True), Settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await send(pilot, "My cat is called Tom.")
        await sees(pilot, "temporary: nothing is kept or learned", "Nice to meet you.")
        assert app.scheduler.due() is None
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
async def test_the_clock_consolidates_only_what_is_pending(home: Home) -> None:
    """The status line shows when learning is due; a due time with nothing pending starts nothing."""
    session, consolidations = ScriptedSession(home), Consolidations()
    app = ChatApp(session, Settings(), start=consolidations)
    async with app.run_test(size=(120, 24)) as pilot:
        await sees(pilot, "learns at ")
        app._came_due()
        await pilot.pause(0.1)
        assert not consolidations.started
        session.conversation.add("user", "My cat is called Tom.", 0)
        app._came_due()
        app._came_due()
        await sees(pilot, "train 3/90")
        assert len(consolidations.started) == 1


def test_time_left_comes_from_the_pace_of_training() -> None:
    """Half a second a step for 56 steps is 28 s; before there is a pace nothing is promised."""
    times = iter([100.0, 116.5])
    pace = Pace(lambda: next(times))
    assert pace.words({"event": "progress", "step": 1, "steps": 90, "loss": 1.0}) == "train 1/90"
    assert pace.words({"event": "progress", "step": 34, "steps": 90, "loss": 1.0}) == "train 34/90, about 28 s left"


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


def test_the_screen_comes_without_the_model_libraries() -> None:
    """Importing the app loads no model library, so that the screen is up at once."""
    code = "import sys, tui.app; print({'torch', 'transformers', 'peft', 'apscheduler'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
