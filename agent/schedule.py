"""Learning by itself while a chat or `schedule run` is open. One owner per home; others watch and take over.

The clock counts from an instant kept in the home, by wall time, so that it outlives restarts and sleep; what was missed
is made up for once. Of APScheduler only the arithmetic of cron is used: its loop sleeps until an instant of the wall
clock, so that a clock set back by a day would keep it asleep for a day. Ours looks every few seconds of real time.
"""

import json
import os
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.consolidate import Event
from agent.due import Machine, hindrance, next_due, this_machine
from memory.errors import BusyError, SelfparamError
from memory.home import Home
from memory.locks import owning
from memory.pending import pending
from memory.settings import Schedule
from memory.storage import write_text
from memory.versions import Weights

Tell = Callable[[str], None]

LOOK_EVERY = 20.0
"""Seconds between two looks."""
AT_REST = 60.0
"""Seconds before the first look: whoever has just opened a chat wants to talk."""
LATE = timedelta(minutes=5)
"""What is due for longer when it is first seen was missed."""


@dataclass(frozen=True)
class Record:
    """What outlives the process.

    since: from when the clock counts; taken: experiences that a run began with, so no longer new; ran, outcome: the
    last run; owner, pid: who kept the schedule last.
    """

    since: datetime
    taken: tuple[str, ...] = ()
    ran: datetime | None = None
    outcome: str = ""
    owner: str = ""
    pid: int = 0


def read_record(home: Home, model: str, now: datetime) -> Record:
    """What the home knows; without a (readable) record the clock counts from the last version, or from now."""
    try:
        kept: dict[str, Any] = json.loads((home.data / "schedule.json").read_text(encoding="utf-8"))
        since, ran = (at and datetime.fromisoformat(at).astimezone(UTC) for at in (kept["since"], kept["ran"]))
        record = Record(**{**kept, "since": min(since, now), "taken": tuple(kept["taken"]), "ran": ran})
    except (OSError, ValueError, TypeError, KeyError):  # nothing is lost with it
        versions = Weights(home, model).all()
        record = Record(datetime.fromisoformat(versions[-1].manifest["created"]) if versions else now)
    return replace(record, since=min(record.since, now))  # the clock was set back: count from now


def to_learn_unasked(home: Home, model: str) -> list[str]:
    """Ids of what is pending; none while all of that was rolled back: what a person undid is not done again unasked."""
    waiting = [experience.id for experience in pending(home, model)]
    return [] if waiting and Weights(home, model).rolled_back().issuperset(waiting) else waiting


class Scheduler:
    """Calls `consolidate` when it is time and something is pending; what it returns, if anything, is the outcome.

    `keep` blocks: call it in a thread, or in one that has nothing else to do. owner: what others call this process.
    """

    def __init__(
        self, home: Home, model: str, schedule: Schedule, consolidate: Callable[[], Event | None], tell: Tell,
        owner: str = "the chat", now: Callable[[], datetime] = lambda: datetime.now(UTC),
        machine: Callable[[], Machine] = this_machine,
    ) -> None:  # fmt: skip
        self._home, self._model, self._schedule = home, model, schedule
        self._consolidate, self._tell, self._owner = consolidate, tell, owner
        self._now, self._machine = now, machine
        self._held = ExitStack()
        self._owning = False
        self._stopped = threading.Event()
        self._writing = threading.Lock()
        self._hindered = False
        self._told: set[str] = set()
        self._changed = 0
        self._still_since = now()

    def start(self) -> bool:
        """Become the owner; False if the schedule is off or another process is the owner.

        Raises:
            StorageError: the home cannot be written.
        """
        if not self._schedule.on:
            return False
        if not self._become_owner():
            self._tell_once("another process keeps the schedule")
        return self._owning

    def keep(self) -> None:
        """Look again and again until `stop`; what goes wrong is told."""
        wait = AT_REST
        while self._schedule.on and not self._stopped.wait(wait):
            wait = LOOK_EVERY
            try:
                if self._owning or self._become_owner():
                    self.look()
            except SelfparamError as error:
                self._tell_once(f"the schedule: {error}")

    def look(self) -> None:
        """Consolidate if it is time, something is pending, and nothing hinders it."""
        now = self._now()
        record = read_record(self._home, self._model, now)
        due = next_due(self._schedule, record.since)
        timely = due is not None and due <= now
        waiting = self._waiting(record, timely, now)
        if waiting is None:
            self._change()
        elif not waiting:
            self._change(since=now)
        elif self._may_run(now, due if timely else None):
            self._change(since=now, taken=tuple(waiting))
            if event := self._consolidate():
                self.ended(event)

    def due(self) -> datetime | None:
        """When the clock next comes round, not before now; None when it is off or another process is the owner."""
        if not self._owning:
            return None
        now = self._now()
        due = next_due(self._schedule, read_record(self._home, self._model, now).since)
        return max(due, now) if due else None

    def ended(self, event: Event) -> None:
        """A consolidation that this process began ended with `event`; a draft for review is no outcome.

        What a new version left over is new again.
        """
        if self._owning and event["event"] != "targets":
            fresh = {"taken": ()} if event.get("version") else {}
            self._change(ran=self._now(), outcome=self._in_brief(event), **fresh)

    def stop(self) -> None:
        """End `keep` and let another process be the owner."""
        self._stopped.set()
        self._owning = False
        self._held.close()

    def _become_owner(self) -> bool:
        try:
            self._held.enter_context(owning(self._home.data, "schedule", "it consolidates on time"))
        except BusyError:
            return False
        self._owning = True
        self._change(owner=self._owner, pid=os.getpid())
        return True

    def _waiting(self, record: Record, timely: bool, now: datetime) -> list[str] | None:
        """Ids of what is pending if something makes it learn now (none: the clock alone does), else None."""
        rested = self._schedule.idle_minutes and self._idle(now) >= timedelta(minutes=self._schedule.idle_minutes)
        if not (timely or rested or self._schedule.experiences):
            return None
        waiting = to_learn_unasked(self._home, self._model)
        new = len(set(waiting) - set(record.taken))
        enough = 0 < self._schedule.experiences <= new
        return waiting if timely or enough or (rested and new) else None

    def _idle(self, now: datetime) -> timedelta:
        """For how long no conversation has changed, as far as this process saw."""
        changed = max((path.stat().st_mtime_ns for path in self._home.conversations.glob("[!.]*")), default=0)
        if changed != self._changed or now < self._still_since:
            self._changed, self._still_since = changed, now
        return now - self._still_since

    def _may_run(self, now: datetime, due: datetime | None) -> bool:
        if due and now - due > LATE and not self._hindered:
            at = f"{due.astimezone():%Y-%m-%d %H:%M}"
            self._tell(f"learning was due at {at} and missed (closed or asleep): it is made up for once")
        hindered = hindrance(self._schedule, now, self._machine())
        self._hindered = bool(hindered)
        if hindered:
            self._tell_once(f"learning is due and waits: {hindered}")
        else:
            self._told.clear()
        return not hindered

    def _in_brief(self, event: Event) -> str:
        if event["event"] == "error":
            return f"failed: {event['message']}"
        if not event.get("version"):
            return f"refused by the gate: {event['verdict']['reason']}"
        learned = len(Weights(self._home, self._model).get(event["version"]).experiences)
        return f"learned {learned}, version {event['version']}"

    def _tell_once(self, line: str) -> None:
        """Once until the next run."""
        if line not in self._told:
            self._told.add(line)
            self._tell(line)

    def _change(self, **what: Any) -> None:
        """Put the record on disk with `what` changed."""
        with self._writing:
            record = replace(read_record(self._home, self._model, self._now()), **what)
            path, text = self._home.data / "schedule.json", json.dumps(asdict(record), default=datetime.isoformat)
            if not path.is_file() or path.read_bytes() != text.encode():
                write_text(path, text)
