"""The consolidation under way, as the screen sees it: events become messages, progress and verdicts become words."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from agent.consolidate import EXIT_NOTHING, Consolidation, Event, in_words
from memory.home import Home
from tui.background import Background

Start = Callable[[Home, str], Consolidation]


class Learning:
    """At most one consolidation at a time."""

    @dataclass
    class Advanced(Message):
        """The consolidation reported where it is; `words` fit a status line."""

        words: str

    @dataclass
    class Ended(Message):
        """The consolidation is over; `event` is its last, "verdict" or "error"."""

        event: Event

    def __init__(self, start: Start, post: Callable[[Message], object], background: Background) -> None:
        self._start, self._post, self._background = start, post, background
        self._now: Consolidation | None = None

    @property
    def under_way(self) -> bool:
        return self._now is not None

    def begin(self, home: Home, model: str) -> None:
        """Start the child process and follow it."""
        self._now = consolidation = self._start(home, model)
        self._background(lambda: self._follow(consolidation))

    def ended(self) -> None:
        """The app has seen `Ended`."""
        self._now = None

    def stop(self) -> bool:
        """End the one under way, with everything as it was; False if there is none."""
        stopped, self._now = self._now, None
        if stopped:
            stopped.stop()
        return stopped is not None

    def _follow(self, consolidation: Consolidation) -> None:
        """In a thread."""
        pace = Pace()
        last: Event = {}
        for last in consolidation:
            self._post(self.Advanced(pace.words(last)))
        self._post(self.Ended(last))


class Pace:
    """Where a consolidation is, and how long its training will still take at the pace of its last steps."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first: tuple[int, float] | None = None

    def words(self, event: Event) -> str:
        """ "teach, stage 2 of 5", "train 34/90, about 40 s left", or "" for an event that is neither."""
        if event["event"] == "stage":
            return f"{event['stage']}, stage {event['number']} of {event['of']}"
        if event["event"] == "fetch":
            return str(event["line"])
        if event["event"] == "progress":
            return f"train {event['step']}/{event['steps']}{self._left(event['step'], event['steps'])}"
        return ""

    def _left(self, step: int, steps: int) -> str:
        now = self._clock()
        if self._first is None:
            self._first = (step, now)
            return ""
        first, then = self._first
        seconds = (now - then) / max(1, step - first) * (steps - step)
        return f", about {duration(seconds)} left"


def duration(seconds: float) -> str:
    """ "40 s" or "3 min"."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def outcome(event: Event) -> tuple[str, str]:
    """(kind of note, words) for the last event of a consolidation."""
    if event["event"] == "error":
        return ("note" if event.get("exit_code") == EXIT_NOTHING else "error"), str(event["message"])
    return "note", in_words(event)
