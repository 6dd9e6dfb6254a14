"""The consolidation under way, as the screens see it: its course so far, and the messages when it moves and ends."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from textual.message import Message

from agent.consolidate import EXIT_NOTHING, Consolidation, Event, in_words
from agent.review import Draft
from memory.errors import UsageError
from memory.home import Home
from memory.versions import TARGETS
from tui.background import Background

Start = Callable[[Home, str, dict[str, Any]], Consolidation]
WRITTEN = "what would be learned is written: F5 or /review shows it; nothing is learned until you approve it"
OUTDATED = "what this was written for has changed meanwhile: go back with Esc, F5 has it written anew"
STOPPED = "the consolidation was stopped; nothing was changed"


@dataclass(frozen=True)
class Course:
    """How far a consolidation came.

    stage: the last that began; losses: one a step; recalled: what the gate's questions gave so far, (hits, asked);
    last: its last event, once it is over. times: of the first step and of the last, in seconds.
    """

    stage: str = ""
    number: int = 0
    of: int = 0
    line: str = ""
    step: int = 0
    steps: int = 0
    losses: tuple[float, ...] = ()
    recalled: tuple[tuple[int, int], ...] = ()
    times: tuple[float, float] = (0.0, 0.0)
    last: Event | None = None

    def after(self, event: Event, at: float) -> "Course":
        """The course once this event has come."""
        if event["event"] == "stage":
            steps = self.step  # it may have ended before the last
            return replace(self, stage=event["stage"], number=event["number"], of=event["of"], line="", steps=steps)
        if event["event"] == "fetch":
            return replace(self, line=str(event["line"]))
        if event["event"] == "recall":
            return replace(self, recalled=(*self.recalled, (event["hits"], event["asked"])))
        if event["event"] == "progress":
            times = (self.times[0] if self.losses else at, at)
            losses = (*self.losses, event["loss"])
            return replace(self, step=event["step"], steps=event["steps"], losses=losses, times=times)
        return self

    @property
    def words(self) -> str:
        """ "teach, stage 2 of 5", "train 34/90, about 40 s left", or what is being fetched; "" before anything came."""
        if self.line or not self.stage:
            return self.line
        if self.stage == "train" and self.step:
            return f"train {self.step}/{self.steps}{self._left()}"
        return f"{self.stage}, stage {self.number} of {self.of}"

    def _left(self) -> str:
        """How long training will still take at the pace so far."""
        first, now = self.times
        if len(self.losses) < 2:
            return ""
        seconds = (now - first) / (len(self.losses) - 1) * (self.steps - self.step)
        return f", about {duration(seconds)} left"


class Learning:
    """At most one consolidation at a time, and the course of the last."""

    @dataclass
    class Advanced(Message):
        """The consolidation came further."""

    @dataclass
    class Ended(Message):
        """The consolidation is over; `event` is its last, "verdict", "targets" or "error"."""

        event: Event

    def __init__(self, start: Start, post: Callable[[Message], object], background: Background) -> None:
        self._start, self._post, self._background = start, post, background
        self._now: Consolidation | None = None
        self._stopped = False
        self._reviewed: tempfile.TemporaryDirectory[str] | None = None
        self.course = Course()
        self.draft: Draft | None = None
        """What a dry run wrote, until a person has decided."""

    @property
    def under_way(self) -> bool:
        return self._now is not None

    def begin(self, home: Home, model: str, **options: Any) -> None:
        """Start the child process and follow it; `options` as `Consolidation` takes them."""
        self._now = consolidation = self._start(home, model, options)
        self.course, self._stopped, self.draft = Course(), False, None
        self._background(lambda: self._follow(consolidation))

    def approve(self, home: Home, model: str) -> None:
        """Learn what the draft has left.

        Raises:
            UsageError: nothing, everything is struck; or it is gone, for what it was written for has changed.
            StorageError: it cannot be put aside for the child.
        """
        if self.draft is None:
            raise UsageError(OUTDATED)
        targets, _ = self.draft.approved()
        self._reviewed = tempfile.TemporaryDirectory(prefix="selfparam-")
        file = Path(self._reviewed.name) / TARGETS
        targets.save(file)
        self.begin(home, model, reviewed=str(file), only=self.draft.experiences, basis=self.draft.basis)

    def ended(self) -> None:
        """The app has seen `Ended`."""
        self._now = None
        if self._reviewed:
            self._reviewed.cleanup()
            self._reviewed = None

    def stop(self) -> bool:
        """End the one under way, with everything as it was; False if there is none. `Ended` follows."""
        if self._now:
            self._stopped = True
            self._now.stop()
        return self._now is not None

    def _follow(self, consolidation: Consolidation) -> None:
        """In a thread."""
        last: Event = {}
        for last in consolidation:
            self.course = self.course.after(last, time.monotonic())
            self._post(self.Advanced())
        if self._stopped and last.get("event") != "verdict":
            last = {"event": "error", "message": STOPPED, "exit_code": EXIT_NOTHING}
        if last["event"] == "targets":
            self.draft = Draft.of(last)
        self.course = replace(self.course, last=last)
        self._post(self.Ended(last))


def duration(seconds: float) -> str:
    """ "40 s" or "3 min"."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def outcome(event: Event) -> tuple[str, str]:
    """(kind of note, words) for the last event of a consolidation."""
    if event["event"] == "error":
        return ("note" if event.get("exit_code") == EXIT_NOTHING else "error"), str(event["message"])
    if event["event"] == "targets":
        return "note", WRITTEN
    return "note", in_words(event)
