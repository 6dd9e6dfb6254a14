"""`schedule run`: the clock without a chat."""

import signal
import threading
from collections.abc import Callable

from agent.consolidate import in_words, run
from agent.schedule import Scheduler
from memory.errors import BusyError, SelfparamError, UsageError
from memory.home import Home
from memory.pending import pending


def keep_schedule(home: Home, model: str, minutes: int, say: Callable[[str], None]) -> None:
    """Consolidate what is pending every `minutes` until Ctrl-C or SIGTERM.

    Raises:
        UsageError: the schedule is off in the settings.
        BusyError: another process is the owner.
    """
    if not minutes:
        raise UsageError(f"the schedule is off: set schedule.minutes in {home.settings_file}")

    def once() -> None:
        if not pending(home, model):
            return
        try:
            say(in_words(run(home, model, lambda event: None)))
        except SelfparamError as error:
            say(f"scheduled consolidation failed: {error}")

    scheduler = Scheduler(home, model, minutes, once, say)
    if not scheduler.start():
        raise BusyError("another process keeps the schedule of this home: close that chat or `schedule run` first")
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    say(f"consolidating every {minutes} minutes, first at {scheduler.due():%Y-%m-%d %H:%M} UTC; Ctrl-C ends it")
    try:
        ended.wait()
    finally:
        scheduler.stop()
