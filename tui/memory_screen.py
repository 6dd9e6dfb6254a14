"""The memories: what the weights know, what is only buffered, and what a person does about one of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from textwrap import shorten
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import DataTable, Input, Static

from agent.provenance import provenance, recall_of_each, show_forgetting, show_provenance
from agent.text import plain
from memory import refusals
from memory.forget import Forgetting, find, plan
from memory.home import Home
from memory.pending import Memory, memories
from memory.sensitive import confirm
from memory.versions import Weights
from tui.commands import local_time, version_name
from tui.page import Page, Sure

SHOWN = 500
"""Rows of the table; the search reaches the others."""
OTHER_COLUMNS = 68
"""Characters that the table's other columns take."""
SETTLED = 0.15
"""Seconds that a row is highlighted before it is looked up."""
BUFFERED = ("pending", "held back", "left out", "set aside")


@dataclass(frozen=True)
class Told:
    """All that was told, newest first, each with (recalled, asked) by the gate, and the version that serves."""

    memories: tuple[Memory, ...]
    recall: dict[str, tuple[int, int]]
    version: int

    def summary(self) -> str:
        """What the weights know against what is only buffered."""
        counts = Counter(memory.state for memory in self.memories)
        if not counts:
            return "no memories yet: tell it something about yourself"
        waiting = ", ".join(f"{counts[state]} {state}" for state in BUFFERED if counts[state] or state == "pending")
        return (
            f"in the weights: {counts['learned']} learned ({version_name(self.version)} answers) · "
            f"only buffered, the weights do not know it: {waiting}"
        )


class MemoryScreen(Page):
    """A table of the memories over a pane with the one that is highlighted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", id="search", show=False),
        Binding("f", "forget", "Forget", id="forget"),
        Binding("c", "confirm", "Confirm", id="confirm"),
        Binding("t", "retry", "Retry", id="retry"),
    ]

    @dataclass
    class Read(Message):
        """The home was read."""

        told: Told

    @dataclass
    class LookedUp(Message):
        """One memory was looked up."""

        id: str
        text: str

    @dataclass
    class Planned(Message):
        """What forgetting would remove is known."""

        going: Forgetting

    @dataclass
    class Forgot(Message):
        """Messages were forgotten. Goes to the app."""

    def __init__(self, home: Home, model: str, forget: Callable[[Forgetting], None]) -> None:
        super().__init__(home, model)
        self._forget = forget
        self._told = Told((), {}, 0)

    def compose_body(self) -> ComposeResult:
        yield Input(placeholder="/ searches what you said, a state, a conversation", id="search")
        yield DataTable(cursor_type="row", zebra_stripes=True)
        with VerticalScroll(id="detail"):
            yield Static(markup=False)

    def on_mount(self) -> None:
        self.table.add_columns("state", "when", "recall")
        self.table.add_column("what you said", width=self._said_width)
        self.table.add_column("conversation")
        self.table.focus()
        self.in_background(self._read)

    @property
    def table(self) -> "DataTable[Text]":
        return self.query_one(DataTable)

    @property
    def _said_width(self) -> int:
        """What is left beside the other columns; on a narrow screen the conversation stands in the pane only."""
        return max(36, self.size.width - OTHER_COLUMNS)

    @property
    def highlighted(self) -> Memory | None:
        """The memory under the cursor."""
        if not self.table.row_count:
            return None
        key = self.table.coordinate_to_cell_key(self.table.cursor_coordinate).row_key.value
        return next(memory for memory in self._told.memories if memory.turn.id == key)

    # What is shown

    @on(Read)
    def _show(self, event: Read) -> None:
        self._told = event.told
        self._fill()

    @on(Input.Changed)
    def _fill(self) -> None:
        text = self.query_one(Input).value
        found = [memory for memory in self._told.memories if _matches(memory, text)]
        self.table.clear()
        for memory in found[:SHOWN]:
            self.table.add_row(*self._cells(memory), key=memory.turn.id)
        over = f" · {len(found) - SHOWN} older ones are not in the table: search" if len(found) > SHOWN else ""
        self.summarize(self._told.summary() + over)
        if not found:
            self._show_detail("nothing matches" if text else "")

    def _cells(self, memory: Memory) -> list[Text]:
        recalled, asked = self._told.recall.get(memory.turn.id, (0, 0))
        said = shorten(plain(memory.turn.text), self._said_width, placeholder=" …")
        return [
            Text(version_name(memory.version) if memory.version else memory.state), Text(local_time(memory.turn.at)),
            Text(f"{recalled}/{asked}" if asked else "–"), Text(said), Text(memory.turn.id),
        ]  # fmt: skip

    @on(DataTable.RowHighlighted)
    def _await_detail(self, event: DataTable.RowHighlighted) -> None:
        self.set_timer(SETTLED, partial(self._look_up, str(event.row_key.value)))

    def _look_up(self, id: str) -> None:
        if (memory := self.highlighted) and memory.turn.id == id:
            self.in_background(
                lambda: self.post_message(self.LookedUp(id, show_provenance(provenance(self.home, self.model, id))))
            )

    @on(LookedUp)
    def _show_looked_up(self, event: LookedUp) -> None:
        if (memory := self.highlighted) and memory.turn.id == event.id:
            self._show_detail(event.text)

    def _show_detail(self, text: str) -> None:
        self.query_one("#detail Static", Static).update(text)

    # Keys

    @on(Input.Submitted)
    def _to_table(self) -> None:
        self.table.focus()

    def action_search(self) -> None:
        self.query_one(Input).focus()

    def action_confirm(self) -> None:
        """Let one that is held back be learned."""
        if memory := self._one("held back", "only what is held back can be confirmed"):
            self._change(partial(confirm, self.home, memory.turn.id), "pending now: it will be learned")

    def action_retry(self) -> None:
        """Take up again all that was set aside."""
        if any(memory.state == "set aside" for memory in self._told.memories):
            self._change(partial(refusals.retry, Weights(self.home, self.model).root), "pending again")
        else:
            self.post_message(self.Said("nothing is set aside"))

    def action_forget(self) -> None:
        """Show what would go, then ask."""
        if memory := self.highlighted:
            id = memory.turn.id
            self.in_background(lambda: self.post_message(self.Planned(plan(self.home, find(self.home, [id])))))

    @on(Planned)
    def _ask(self, event: Planned) -> None:
        self.app.push_screen(Sure(show_forgetting(event.going), "Forget this for good? (y/n)"), self._answered(event))

    def _answered(self, event: Planned) -> Callable[[bool | None], None]:
        def answered(sure: bool | None) -> None:
            if sure:
                self.post_message(self.Said("forgetting…"))
                self._change(partial(self._forget_now, event.going), "forgotten")
            else:
                self.post_message(self.Said("nothing was forgotten"))

        return answered

    def _forget_now(self, going: Forgetting) -> None:
        self._forget(going)
        self.app.post_message(self.Forgot())

    def _one(self, state: str, otherwise: str) -> Memory | None:
        """The highlighted memory if it is in that state."""
        if (memory := self.highlighted) and memory.state == state:
            return memory
        self.post_message(self.Said(otherwise))
        return None

    # Off the screen

    def _change(self, work: Callable[[], object], done: str) -> None:
        def changed() -> None:
            work()
            self.post_message(self.Said(done))
            self.app.post_message(self.Changed())
            self._read()

        self.in_background(changed)

    def _read(self) -> None:
        found = [memory for memory in memories(self.home, self.model) if memory.state != "not learned"]
        newest_first = tuple(sorted(found, key=lambda memory: memory.turn.at)[::-1])
        version = Weights(self.home, self.model).current()
        self.post_message(self.Read(Told(newest_first, recall_of_each(self.home, self.model), version)))


def _matches(memory: Memory, text: str) -> bool:
    """Whether every word of the search stands in what was said, its state or its id, case ignored."""
    where = f"{memory.turn.text} {memory.words} {memory.turn.id}".casefold()
    return all(word in where for word in text.casefold().split())
