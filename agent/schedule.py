"""Consolidation by the clock while a chat or `schedule run` is open. One owner per home; others watch.

APScheduler 3.11 with a memory job store: the due time is recomputed from the last version when we start, a late run is
run once (laptops sleep), and misses and errors are told to whoever listens.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from memory.errors import BusyError
from memory.home import Home
from memory.locks import owning
from memory.versions import Weights

Tell = Callable[[str], None]


class Scheduler:
    """Calls `consolidate` every `minutes`; `due` says when next, None when it is off or another process owns it."""

    def __init__(self, home: Home, model: str, minutes: int, consolidate: Callable[[], None], tell: Tell) -> None:
        self._home, self._model, self._minutes = home, model, minutes
        self._consolidate, self._tell = consolidate, tell
        self._held = ExitStack()
        self._scheduler: object | None = None
        self._behind = False

    def start(self) -> bool:
        """Become the owner and start the clock; False if it is off or another process is the owner."""
        if not self._minutes:
            return False
        try:
            self._held.enter_context(owning(self._home.data, "schedule", "it consolidates on time"))
        except BusyError:
            self._tell("another process keeps the schedule")
            return False
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
        from apscheduler.schedulers.background import BackgroundScheduler

        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # what it would log is told below
        scheduler = BackgroundScheduler(timezone=UTC)
        scheduler.add_job(
            self._consolidate, "interval", minutes=self._minutes, id="consolidate", next_run_time=self._first_due(),
            misfire_grace_time=None, coalesce=True, max_instances=1,
        )  # fmt: skip
        scheduler.add_listener(
            lambda event: self._tell(f"scheduled consolidation failed: {event.exception}"), EVENT_JOB_ERROR
        )
        scheduler.add_listener(lambda event: self._tell("a scheduled consolidation was missed"), EVENT_JOB_MISSED)
        scheduler.add_listener(lambda event: self._skipped(), EVENT_JOB_MAX_INSTANCES)
        scheduler.add_listener(lambda event: self._ran(), EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        scheduler.start()
        self._scheduler = scheduler
        return True

    def due(self) -> datetime | None:
        """When the next run is due, UTC."""
        job = self._scheduler.get_job("consolidate") if self._scheduler else None  # type: ignore[attr-defined]
        return job.next_run_time if job else None

    def stop(self) -> None:
        """Stop the clock and let another process own it."""
        if self._scheduler:
            self._scheduler.shutdown(wait=False)  # type: ignore[attr-defined]
            self._scheduler = None
        self._held.close()

    def _skipped(self) -> None:
        if not self._behind:  # once, however often it comes due meanwhile
            self._tell("a consolidation came due while the last is still running: it waits for the next time")
        self._behind = True

    def _ran(self) -> None:
        self._behind = False

    def _first_due(self) -> datetime:
        """The last version's time plus the interval, at least a minute from now; a full interval when there is none."""
        now = datetime.now(UTC)
        versions = Weights(self._home, self._model).all()
        if not versions:
            return now + timedelta(minutes=self._minutes)
        last = datetime.fromisoformat(versions[-1].manifest["created"])
        return max(last + timedelta(minutes=self._minutes), now + timedelta(minutes=1))
