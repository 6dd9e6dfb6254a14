"""The chat in lines, for screen readers and pipes: no screen, no colours. Words say what a line is.

Learning that is asked for is waited for; what the schedule starts runs beside, and its notes come when they come.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from agent.consolidate import EXIT_NOTHING, Event, in_words, run
from agent.headless import learn
from agent.provenance import show_forgetting
from agent.schedule import Scheduler
from agent.session import Session
from agent.text import plain
from memory.conversations import Conversation
from memory.errors import SelfparamError, UsageError
from memory.forget import find, plan
from memory.home import Home
from memory.settings import Settings
from tui import commands, listings
from tui.progress import STAGE_WORDS
from tui.welcome import greeting, is_first

Consolidate = Callable[[Home, str, Callable[[Event], None]], Event]

PARTS = 4
"""Lines about one training."""
_TEMPORARY = "temporary: nothing of this conversation is kept or learned"
_REVIEW = "review = always: `selfparam-agent consolidate` shows what would be learned in an editor first"


class PlainChat:
    """A chat with one model over standard input and output; `run` returns when the user leaves or his input ends."""

    def __init__(
        self, session: Session, settings: Settings, consolidate_at_start: bool = False, consolidate: Consolidate = run
    ) -> None:
        self.session = session
        self._consolidate_at_start, self._run = consolidate_at_start, consolidate
        self._reviewing = settings.review == "always"
        self._left = False
        self._typed = ""
        self._repeated = False
        self._titling = threading.Thread()
        self._scheduler = Scheduler(
            session.home, session.model, settings.schedule, lambda: learn(session.home, session.model, note), note
        )
        self._commands: dict[str, Callable[[str], None]] = {
            "/consolidate": self._consolidate,
            "/memories": lambda _: self._look_up(listings.memories),
            "/versions": lambda _: self._look_up(listings.versions),
            "/schedule": lambda _: self._look_up(commands.schedule),
            "/rollback": self._roll_back,
            "/regenerate": lambda _: self._reply(session.say_again),
            "/continue": lambda _: self._reply(session.go_on),
            "/edit": self._edit,
            "/forget": self._forget,
            "/recommend": self._recommend,
            "/new": lambda _: self._take_up(session.fresh(), "a new conversation"),
            "/temporary": lambda _: self._take_up(session.fresh(temporary=True), _TEMPORARY),
            "/rename": lambda title: note(commands.rename(session, title)),
            "/system": lambda text: note(commands.system(session, text)),
            "/help": lambda _: print(self._help()),
            "/quit": self._leave,
        }

    def run(self) -> None:
        """Talk until the user leaves.

        Raises:
            SelfparamError: the model cannot be had or the home not be used.
        """
        try:
            self._begin()
            while not self._left and (line := _read()) is not None:
                self._take(line)
        except KeyboardInterrupt:
            print()
        finally:
            self._scheduler.stop()
            self.session.stop()
            if self._titling.is_alive():  # stopped above; an engine at work must not outlive the interpreter
                self._titling.join()

    def _begin(self) -> None:
        if sys.stdin.isatty() and is_first(self.session.home):
            for line in filter(
                None, greeting(self.session.home, self.session.model, self.session.conversation).splitlines()
            ):
                note(line)
        note("loading the model")
        self.session.open(note)
        note(f"{self._version()} answers; /help lists the commands")
        if self.session.trouble:
            _error(self.session.trouble)
        if words := commands.shown(self.session.conversation):
            note(words)
        if self.session.conversation.temporary:
            note(_TEMPORARY)
        elif self._reviewing:
            note(f"the schedule rests: {_REVIEW}")
        else:
            self._scheduler.start()
            threading.Thread(target=self._scheduler.keep, daemon=True).start()
        if self._consolidate_at_start:
            self._take("/consolidate")

    def _take(self, line: str) -> None:
        """One line of the user: a command, a message, or nothing."""
        self._repeated, self._typed = line == self._typed, line
        command = commands.parse(line)
        try:
            if command and command[0] in self._commands:
                self._commands[command[0]](command[1])
            elif command:
                _error(f"there is no command {command[0]} here: /help lists them")
            elif line.strip():
                self._reply(partial(self.session.say, line))
        except SelfparamError as error:
            (note if error.exit_code == EXIT_NOTHING else _error)(str(error))

    def _edit(self, text: str) -> None:
        if not text:
            raise UsageError("say it otherwise in the same line: /edit TEXT")
        self._reply(partial(self.session.say_instead, text))

    def _forget(self, ids: str) -> None:
        going = plan(self.session.home, find(self.session.home, ids.split()))
        if not self._repeated:
            print(show_forgetting(going))
            note("that cannot be undone: the same line once more does it")
            return
        self.session.forget(going)
        gone = "".join(f", with version {version.number}" for version in going.versions)
        note(f"forgotten for good: {len(going.turns)} of your messages{gone}")

    def _recommend(self, argument: str) -> None:
        self._freshen()
        print(commands.recommend(self.session, argument))

    def _freshen(self) -> None:
        """Answer with the version that serves now."""
        if self.session.stale():
            self.session.swap()
            note(f"now answering with {self._version()}")

    def _reply(self, ask: Callable[[], Iterator[str]]) -> None:
        self._freshen()
        pieces, before, after = ask(), f"{self._version()}: ", ""
        with _stopped_by_ctrl_c(self.session.stop) as stopped:
            try:
                for piece in pieces:
                    print(before, piece, sep="", end="", flush=True)
                    before, after = "", "\n"
            finally:
                print(after, end="", flush=True)
        self._titling = threading.Thread(target=self.session.titling(), daemon=True)
        self._titling.start()
        if stopped.is_set():
            note("the reply was stopped")
        if self.session.notice:
            note(self.session.notice)

    def _consolidate(self, _: str) -> None:
        if self._reviewing:
            raise UsageError(_REVIEW)
        note("learning; Ctrl-C stops it")
        try:
            event = self._run(self.session.home, self.session.model, _Progress().show)
        except KeyboardInterrupt:
            note("stopped; nothing was changed")
            return
        self._scheduler.ended(event)
        note(in_words(event))

    def _look_up(self, text: Callable[[Home, str], str]) -> None:
        print(plain(text(self.session.home, self.session.model)))

    def _roll_back(self, argument: str) -> None:
        number = commands.rollback(self.session.home, self.session.model, argument)
        note(f"rolled back to {commands.version_name(number)}; what was learned since is pending again")

    def _take_up(self, conversation: Conversation, words: str) -> None:
        self.session.take_up(conversation)
        note(words)

    def _leave(self, _: str) -> None:
        self._left = True

    def _help(self) -> str:
        ours = [f"{name}: {what}" for name, what in commands.COMMANDS.items() if name.split()[0] in self._commands]
        return "\n".join([*ours, "Ctrl-C: stop the reply; leave"])

    def _version(self) -> str:
        return commands.version_name(self.session.version)


class _Progress:
    """A consolidation's events as a few lines."""

    def __init__(self) -> None:
        self._part = 0

    def show(self, event: Event) -> None:
        if event["event"] == "fetch":
            note(event["line"])
        elif event["event"] == "stage":
            note(f"stage {event['number']} of {event['of']}, {STAGE_WORDS[event['stage']]}")
        elif event["event"] == "progress" and (part := PARTS * event["step"] // event["steps"]) > self._part:
            self._part = part
            note(f"training, step {event['step']} of {event['steps']}")


def note(text: str) -> None:
    """A line that is nobody's message."""
    print(f"note: {plain(text)}", flush=True)


def _error(text: str) -> None:
    print(f"error: {plain(text)}", flush=True)


def _read() -> str | None:
    """The user's next line; None when there are no more."""
    try:
        return input("you: " if sys.stdin.isatty() else "")
    except EOFError:
        return None


@contextmanager
def _stopped_by_ctrl_c(stop: Callable[[], None]) -> Iterator[threading.Event]:
    """Ctrl-C in the body calls `stop`, and sets what the body is given; a second one leaves."""
    stopped = threading.Event()

    def interrupted(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stopped.set()
        stop()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)
