"""`schedule run`: learning by itself without a chat."""

import signal
import sys
from collections.abc import Callable

from agent.consolidate import Event, in_words, run
from agent.schedule import Scheduler
from memory.errors import BusyError, SelfparamError, UsageError
from memory.home import Home
from memory.settings import Schedule


def learn(home: Home, model: str, say: Callable[[str], None]) -> Event:
    """Consolidate what is pending and say how it went; the last event."""
    try:
        last = run(home, model, lambda event: None)
    except SelfparamError as error:
        say(f"scheduled consolidation failed: {error}")
        return {"event": "error", "message": str(error)}
    say(in_words(last))
    return last


def keep_schedule(home: Home, model: str, schedule: Schedule, say: Callable[[str], None]) -> None:
    """Consolidate what is pending when it is time, until Ctrl-C or SIGTERM.

    Raises:
        UsageError: the schedule is off in the settings.
        BusyError: another process is the owner.
    """
    if not schedule.on:
        raise UsageError(
            f"the schedule is off: set schedule.minutes, cron, experiences or idle_minutes in {home.settings_file}"
        )
    scheduler = Scheduler(home, model, schedule, lambda: learn(home, model, say), say, "`schedule run`")
    if not scheduler.start():
        raise BusyError("another process keeps the schedule of this home: close that chat or `schedule run` first")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    due = scheduler.due()
    first = f"first at {due.astimezone():%Y-%m-%d %H:%M}" if due else "as soon as there is something"
    say(f"learning by itself, {first}; `selfparam-agent schedule status` says more, Ctrl-C ends it")
    try:
        scheduler.keep()
    finally:
        scheduler.stop()
