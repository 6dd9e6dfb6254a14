"""The consolidation under way, or the last: stages, loss and recall as they come, the verdict, before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import DataTable, ProgressBar, Sparkline, Static

from agent.consolidate import Event
from agent.provenance import verdict_of
from agent.text import plain
from memory.home import Home
from memory.versions import Version, Weights
from tui.commands import local_time
from tui.learning import Course, Learning, outcome
from tui.page import Page
from tui.progress import STAGE_WORDS

DRAW_EVERY = 0.25
"""Seconds between two looks at the course, however many events come."""
HEADINGS = ("asked, not trained on", "before", "after")
NONE_YET = "no consolidation yet: s starts one when something is pending"


class ConsolidationScreen(Page):
    """Looks at `learning`'s course a few times a second; if this chat had none, at the last version's manifest."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "start", "Start", id="start"),
        Binding("x", "stop", "Cancel", id="cancel"),
    ]

    @dataclass
    class Wanted(Message):
        """The user wants to consolidate now. Goes to the app."""

    @dataclass
    class Found(Message):
        """The last version was read; None if there is none."""

        version: Version | None

    def __init__(self, home: Home, model: str, learning: Learning) -> None:
        super().__init__(home, model)
        self._learning = learning
        self._drawn: Course | None = None

    def compose_body(self) -> ComposeResult:
        with Vertical(id="course"):
            yield Static(id="stages", markup=False)
            yield ProgressBar(show_eta=False)
            for name in ("loss", "recall"):
                with Horizontal(classes="curve"):
                    yield Static(id=f"{name}-figures", markup=False)
                    yield Sparkline(id=name)
        yield Static(id="verdict", markup=False)
        yield DataTable(cursor_type="row", zebra_stripes=True)

    def on_mount(self) -> None:
        self.query_one("#course").display = False
        self._look()
        self.set_interval(DRAW_EVERY, self._look)
        if self._learning.course == Course():
            self.in_background(self._find_last)

    # What is shown

    def _look(self) -> None:
        course = self._learning.course
        if course is not self._drawn and (course != Course() or self._learning.under_way):
            self._drawn = course
            self._show(course)

    def _show(self, course: Course) -> None:
        self.summarize(self._heading(course))
        self.query_one("#course").display = True
        self.query_one("#stages", Static).update(_stages(course))
        self.query_one(ProgressBar).update(total=course.steps or None, progress=course.step)
        self._draw("loss", course.losses, [f"{loss:.2f}" for loss in course.losses])
        shares = [hits / max(1, asked) for hits, asked in course.recalled]
        self._draw("recall", shares, [f"{hits}/{asked}" for hits, asked in course.recalled])
        self._show_end(course.last)

    def _heading(self, course: Course) -> str:
        if self._learning.under_way and not course.last:
            return f"{course.words or 'starting'} · the chat goes on meanwhile, at two thirds of its speed or so"
        return "the last consolidation of this chat"

    def _draw(self, name: str, values: Sequence[float], figures: Sequence[str]) -> None:
        words = f"{name} {figures[0]} → {figures[-1]}" if figures else f"{name} –"
        self.query_one(f"#{name}-figures", Static).update(words)
        self.query_one(f"#{name}", Sparkline).data = values

    def _show_end(self, last: Event | None) -> None:
        """The verdict in words, and the answers side by side; both empty as long as it goes on."""
        self.query_one("#verdict", Static).update(plain(outcome(last)[1]) if last else "")
        table = self.query_one(DataTable)
        table.clear(columns=True)
        for heading in HEADINGS:
            table.add_column(heading, width=self.size.width // len(HEADINGS) - 3)
        for answered in (last or {}).get("verdict", {}).get("asked", []):
            row = Text(plain(answered["question"])), _marked(answered, "before"), _marked(answered, "after")
            table.add_row(*row, height=None)

    @on(Found)
    def _show_found(self, event: Found) -> None:
        if self._drawn:
            return
        if event.version:
            when = local_time(event.version.manifest["created"])
            self.summarize(f"the last consolidation that was learned: version {event.version.number}, {when}")
            self._show_end(verdict_of(event.version))
        else:
            self.summarize(NONE_YET)

    # Keys

    def action_start(self) -> None:
        if self._learning.under_way:
            self.post_message(self.Said("a consolidation is under way already"))
        else:
            self.app.post_message(self.Wanted())

    def action_stop(self) -> None:
        """End it at whatever stage it is; everything stays as it was."""
        if not self._learning.stop():
            self.post_message(self.Said("no consolidation is under way"))

    # Off the screen

    def _find_last(self) -> None:
        versions = Weights(self.home, self.model).all()
        self.post_message(self.Found(versions[-1] if versions else None))


def _stages(course: Course) -> str:
    """ "✓ writing the target set  ▸ training  · merging …"."""
    over = course.last is not None and course.last["event"] == "verdict"
    numbers = range(1, len(STAGE_WORDS) + 1)
    marks = ["✓" if over or number < course.number else "▸" if number == course.number else "·" for number in numbers]
    return "  ".join(f"{mark} {words}" for mark, words in zip(marks, STAGE_WORDS.values(), strict=True))


def _marked(answered: dict[str, Any], side: str) -> Text:
    """The answer behind ✓ or ✗."""
    return Text(f"{'✓' if answered[f'hit_{side}'] else '✗'} {' '.join(plain(answered[side]).split())}")
