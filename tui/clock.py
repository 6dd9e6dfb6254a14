"""Learning by itself while the chat is open: the schedule's owner, its due time, its outcome. Knows no widgets."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from textual.message import Message

from agent.consolidate import Event
from agent.schedule import Scheduler
from agent.session import Session
from memory.errors import SelfparamError
from memory.settings import Schedule

Work = Callable[[], object]


class Clock:
    """The schedule of one chat; `background` runs work in a thread, `tell` says a line of a kind."""

    @dataclass
    class CameDue(Message):
        """It is time to consolidate, and something is pending."""

    def __init__(
        self,
        session: Session,
        schedule: Schedule,
        post: Callable[[Message], object],
        background: Callable[[Work], object],
        tell: Callable[[str, str], None],
    ) -> None:
        self._post, self._background, self._tell = post, background, tell
        self._scheduler = Scheduler(
            session.home, session.model, schedule, self._came_due, lambda line: tell(line, "note")
        )

    @property
    def due(self) -> datetime | None:
        """When it learns next."""
        return self._scheduler.due()

    def start(self) -> None:
        """Keep the schedule, or wait until whoever keeps it ends."""
        try:
            self._scheduler.start()
        except SelfparamError as error:
            self._tell(str(error), "error")
        self._background(self._scheduler.keep)

    def ended(self, event: Event) -> None:
        """A consolidation has ended."""
        self._background(partial(self._scheduler.ended, event))

    def stop(self) -> None:
        self._scheduler.stop()

    def _came_due(self) -> None:
        """In the scheduler's thread; the outcome is handed over when it is known."""
        self._post(self.CameDue())
