"""The one line under the input: model, version, pending, speed, context in use, and what goes on or is due."""

from datetime import datetime

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from agent.text import plain
from tui.commands import version_name

WIDE = 100
"""Columns from which on the share of the context window is shown."""
TEMPORARY = "temporary: nothing is kept or learned"


class StatusLine(Static):
    """Shows what it is told; the model's name gives way when the line is short."""

    version: reactive[int | None] = reactive(None)
    pending: reactive[int | None] = reactive(None)
    speed = reactive(0.0)
    context = reactive(0.0)
    notice = reactive("")
    learning = reactive("")
    due: reactive[datetime | None] = reactive(None)
    temporary = reactive(False)

    def __init__(self, model: str, temporary: bool) -> None:
        super().__init__(markup=False)
        self._model = plain(model)
        self.set_reactive(StatusLine.temporary, temporary)

    def render(self) -> Content:
        parts = " · ".join(filter(None, self._parts()))
        room = self.size.width - len(parts) - 3
        return Content(f"{_fitted(self._model, max(8, room))} · {parts}")

    def _parts(self) -> list[str]:
        return [
            self.notice or (version_name(self.version) if self.version is not None else "no model"),
            "" if self.temporary or self.pending is None else f"pending {self.pending}",
            f"{self.speed:.1f} tok/s" if self.speed else "",
            f"context {self.context:.0%}" if self.context and self.size.width >= WIDE else "",
            self.learning or self._next(),
        ]

    def _next(self) -> str:
        if self.temporary:
            return TEMPORARY
        return f"learns at {self.due.astimezone():%H:%M}" if self.due else ""


def _fitted(name: str, room: int) -> str:
    return name if len(name) <= room else f"{name[: room - 1]}…"
