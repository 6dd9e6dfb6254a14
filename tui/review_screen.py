"""The target set that waits for approval: its questions and answers under what was said; strike, edit, approve."""

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable, Input

from agent.provenance import texts_of
from agent.review import Draft
from agent.text import plain
from memory.errors import SelfparamError
from memory.home import Home
from tui.learning import OUTDATED, Learning
from tui.page import Page


class ReviewScreen(Page):
    """A row for each question, and one over them for what the user had said; edits go to `learning`'s draft at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "strike", "Strike", id="strike"),
        Binding("e", "edit(False)", "Edit answer", id="edit-answer"),
        Binding("q", "edit(True)", "Edit question", id="edit-question"),
        Binding("a", "approve", "Approve", id="approve"),
        Binding("x", "throw_away", "Throw away", id="throw-away"),
    ]

    @dataclass
    class Decided(Message):
        """The set was approved and is being learned, or was thrown away. Goes to the app."""

        approved: bool

    @dataclass
    class Read(Message):
        """What the user had said was read, by experience."""

        texts: dict[str, str]

    def __init__(self, home: Home, model: str, learning: Learning) -> None:
        super().__init__(home, model)
        assert learning.draft is not None, "there is nothing to review"
        self._learning, self._draft = learning, learning.draft
        self._texts: dict[str, str] = {}
        self._rows: list[list[int]] = []
        self._editing: tuple[int, bool] = (0, False)

    def compose_body(self) -> ComposeResult:
        yield DataTable(cursor_type="row")
        yield Input()

    def on_mount(self) -> None:
        self.query_one(Input).display = False
        half = self.size.width // 2 - 4
        self.table.add_column("question", width=half)
        self.table.add_column("answer", width=half)
        self.table.focus()
        self.in_background(lambda: self.post_message(self.Read(texts_of(self.home, self._draft.experiences))))

    @property
    def table(self) -> "DataTable[Text]":
        return self.query_one(DataTable)

    # What is shown

    @on(Read)
    def _show(self, event: Read) -> None:
        self._texts = event.texts
        self._fill()

    def _fill(self) -> None:
        row = self.table.cursor_row
        self.table.clear()
        self._rows = []
        for experience in (*self._draft.experiences, ""):
            if numbers := self._draft.of_experience(experience):
                said = self._texts.get(experience, "all of it together, asked broadly")
                self._add(numbers, Text(" ".join(plain(said).split()), style="bold"), Text())
                for number in numbers:
                    self._add([number], *self._cells(number))
        self.table.move_cursor(row=row)
        struck = sum(line.struck for line in self._draft.lines)
        self.summarize(
            f"{len(self._draft.lines)} questions wait for your approval, {struck} struck; {self._draft.others} other "
            "pairs keep the rest as it is. What has nothing left stays pending."
        )

    def _add(self, numbers: list[int], *cells: Text) -> None:
        self._rows.append(numbers)
        self.table.add_row(*cells, height=None)

    def _cells(self, number: int) -> tuple[Text, Text]:
        line = self._draft.lines[number]
        mark, style = ("✗", "dim strike") if line.struck else ("?", "") if line.aside else ("✓", "")
        question = Text.assemble(f"  {mark} ", (plain(line.pair.question), style))
        return question, Text(plain(line.pair.answer), style=style)

    # Keys

    @property
    def _chosen(self) -> list[int]:
        """The lines under the cursor: one, or all of an experience."""
        return self._rows[self.table.cursor_row] if self._rows else []

    def action_strike(self) -> None:
        self._keep(self._draft.strike(self._chosen))

    def action_edit(self, question: bool) -> None:
        """Put the line's question or answer where it can be edited."""
        if len(self._chosen) != 1:
            self.post_message(self.Said("choose a question to edit"))
            return
        pair = self._draft.lines[self._chosen[0]].pair
        self._editing = (self._chosen[0], question)
        box = self.query_one(Input)
        box.value = pair.question if question else pair.answer
        box.display = True
        box.focus()

    @on(Input.Submitted)
    def _edited(self, event: Input.Submitted) -> None:
        number, question = self._editing
        if event.value.strip():
            self._keep((self._draft.ask if question else self._draft.answer)(number, event.value.strip()))
        self._put_away()

    def _put_away(self) -> None:
        self.query_one(Input).display = False
        self.table.focus()

    def action_approve(self) -> None:
        """Learn what is left."""
        try:
            self._learning.approve(self.home, self.model)
        except SelfparamError as error:
            self.post_message(self.Said(str(error), "error"))
        else:
            self._leave(approved=True)

    def action_throw_away(self) -> None:
        """Learn nothing; everything stays pending."""
        self._learning.draft = None
        self._leave(approved=False)

    def action_back(self) -> None:
        """Esc puts away the edit first; the draft stays as it is."""
        if self.query_one(Input).display:
            self._put_away()
        else:
            super().action_back()

    def _leave(self, approved: bool) -> None:
        self.app.post_message(self.Decided(approved))
        self.dismiss()

    def _keep(self, draft: Draft) -> None:
        if self._learning.draft is None:
            self.post_message(self.Said(OUTDATED, "error"))
            return
        self._draft = self._learning.draft = draft
        self._fill()
