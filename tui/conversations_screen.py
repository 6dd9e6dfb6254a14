"""The conversations by last message, searched in full; gone on with, renamed, forked, deleted, exported, imported."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from textwrap import shorten
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import DataTable, Footer, Input, OptionList, Static

from agent.session import Session
from agent.text import plain
from memory.conversations import Conversation
from memory.home import path_of
from memory.shelf import delete, deleting, fork, hits, listed, matches, rename, take_in, titled
from memory.transcripts import read, save
from tui.commands import local_time, shown
from tui.listings import message
from tui.page import Page, Sure

SHOWN = 500
"""Rows of the table; the search reaches the others."""
MESSAGES = 30
"""Messages of one conversation in the pane; more wait in the conversation itself."""
WIDE, SIDEBAR = 110, 60
"""Columns from which on the table stands beside the messages, and how many it then has."""
OTHER_COLUMNS = 34
"""Characters that the table's other columns and its edges take."""


class ConversationsScreen(Page):
    """A table of the conversations with the messages of the one that is highlighted."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012  # no ClassVar in the base either
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Open", id="open"),
        Binding("n", "new", "New", id="new"),
        Binding("slash", "search", "Search", id="search", show=False),
        Binding("r", "rename", "Rename", id="rename"),
        Binding("k", "fork", "Fork", id="fork"),
        Binding("d", "delete", "Delete", id="delete"),
        Binding("e", "export", "Export", id="export"),
        Binding("i", "import", "Import", id="import", show=False),
    ]

    @dataclass
    class Read(Message):
        """The conversations were read."""

        talks: list[Conversation]

    @dataclass
    class Planned(Message):
        """What deleting one means is known."""

        name: str
        words: str

    @dataclass
    class Chosen(Message):
        """The user wants to go on with a conversation, which this process now holds. Goes to the app."""

        conversation: Conversation

    @dataclass
    class Deleted(Message):
        """A conversation was deleted. Goes to the app."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.home, session.model)
        self._session = session
        self._talks: list[Conversation] = []
        self._answered: Callable[[str], None] = lambda text: None

    def compose_body(self) -> ComposeResult:
        yield Input(placeholder="/ searches every message of every conversation", id="search")
        with Container(id="talks"):
            yield DataTable(cursor_type="row", zebra_stripes=True)
            with VerticalScroll(id="detail"):
                yield Static(markup=False)
        yield Input(id="answer")

    def on_mount(self) -> None:
        self.query_one("#answer").display = False
        self.table.add_column("last message")
        self.table.add_column("conversation", width=self._heading_width)
        self.table.add_column("messages")
        self.table.focus()
        self.in_background(self._read)

    @property
    def table(self) -> "DataTable[Text]":
        return self.query_one(DataTable)

    @property
    def _heading_width(self) -> int:
        return (SIDEBAR if self.size.width >= WIDE else self.size.width) - OTHER_COLUMNS

    @property
    def _searched(self) -> str:
        return self.query_one("#search", Input).value

    @property
    def highlighted(self) -> Conversation | None:
        """The conversation under the cursor."""
        if not self.table.row_count:
            return None
        key = self.table.coordinate_to_cell_key(self.table.cursor_coordinate).row_key.value
        return next(talk for talk in self._talks if talk.name == key)

    # What is shown

    @on(Read)
    def _show(self, event: Read) -> None:
        self._talks = event.talks
        self._fill()

    @on(Input.Changed, "#search")
    def _fill(self) -> None:
        found = [talk for talk in self._talks if matches(talk, self._searched)]
        row = self.table.cursor_row
        self.table.clear()
        for talk in found[:SHOWN]:
            self.table.add_row(*self._cells(talk), key=talk.name)
        self.table.move_cursor(row=row)
        many = "conversation" if len(self._talks) == 1 else "conversations"
        said = f"{len(self._talks)} {many}, that with the last message first"
        over = f" · {len(found) - SHOWN} older ones are not in the table: search" if len(found) > SHOWN else ""
        self.summarize(said + over if self._talks else "no conversations yet: say something")
        self._show_messages()

    def _cells(self, talk: Conversation) -> list[Text]:
        here = "● " if talk.name == self._session.conversation.name else ""
        heading = shorten(here + plain(talk.heading), self._heading_width, placeholder=" …")
        return [Text(local_time(talk.at)), Text(heading), Text(f"{len(talk.turns):>8}")]

    @on(DataTable.RowHighlighted)
    def _show_messages(self) -> None:
        talk = self.highlighted
        self.query_one("#detail Static", Static).update(self._detail(talk) if talk else "nothing matches")
        self.query_one("#detail").scroll_home(animate=False)

    def _detail(self, talk: Conversation) -> str:
        """Its last messages, or those that the search found, the newest first."""
        found = (hits(talk, self._searched) if self._searched else []) or talk.turns
        lines = [message(int(turn.id.rpartition("/")[2]), turn) for turn in found[-MESSAGES:][::-1]]
        left = f"{len(found) - MESSAGES} earlier ones are not shown" if len(found) > MESSAGES else ""
        return "\n\n".join(filter(None, [talk.name, shown(talk), *lines, left]))

    # Keys

    @on(Input.Submitted, "#search")
    def _to_table(self) -> None:
        self.table.focus()

    def action_search(self) -> None:
        self.query_one("#search").focus()

    @on(DataTable.RowSelected)
    def action_open(self) -> None:
        """Go on with the highlighted one."""
        if (talk := self.highlighted) and talk.name == self._session.conversation.name:
            self.dismiss()
        elif talk:
            self.in_background(partial(self._take_up, talk.name))

    def action_new(self) -> None:
        self.app.post_message(self.Chosen(self._session.fresh()))

    def action_rename(self) -> None:
        if talk := self.highlighted:
            self._ask("a title for it", partial(self._rename, talk.name), talk.heading)

    def action_export(self) -> None:
        if talk := self.highlighted:
            self._ask("a new file for it, ending in .md or .json", partial(self._export, talk))

    def action_import(self) -> None:
        self._ask("a .md or .json file to take in; nothing of it is learned", self._import)

    def action_fork(self) -> None:
        """Ask after which message, then go on in the copy."""
        if talk := self.highlighted:
            self.app.push_screen(
                ForkPoint(talk), lambda number: self._change(partial(self._fork, talk, number)) if number else None
            )

    def action_delete(self) -> None:
        """Say what goes, then ask."""
        if talk := self.highlighted:
            name = talk.name
            if name == self._session.conversation.name:
                self.post_message(self.Said("it is the one you are in: n begins another, then delete it"))
            else:
                self.in_background(lambda: self.post_message(self.Planned(name, deleting(self.home, name))))

    @on(Planned)
    def _ask_to_delete(self, event: Planned) -> None:
        done = partial(self._change, partial(self._delete, event.name))
        self.app.push_screen(Sure(event.words, "Delete it for good? (y/n)"), lambda sure: done() if sure else None)

    def _ask(self, what: str, answered: Callable[[str], None], value: str = "") -> None:
        box = self.query_one("#answer", Input)
        self._answered, box.placeholder, box.value, box.display = answered, what, value, True
        box.focus()

    @on(Input.Submitted, "#answer")
    def _take_answer(self, event: Input.Submitted) -> None:
        event.input.display = False
        self.table.focus()
        self._change(partial(self._answered, event.value))

    def action_back(self) -> None:
        """Esc puts away a question first."""
        if self.query_one("#answer").display:
            self.query_one("#answer").display = False
            self.table.focus()
        else:
            super().action_back()

    # Off the screen

    def _change(self, work: Callable[[], object]) -> None:
        def changed() -> None:
            work()
            self._read()

        self.in_background(changed)

    def _take_up(self, name: str) -> None:
        conversation = Conversation(self.home.conversations, name)
        conversation.hold()
        self.app.post_message(self.Chosen(conversation))

    def _rename(self, name: str, title: str) -> None:
        if name == self._session.conversation.name:
            self._session.describe(titled(self._session.conversation.about, title))
        else:
            rename(self.home, name, title)
        self.post_message(self.Said("renamed"))

    def _export(self, talk: Conversation, file: str) -> None:
        save(path_of(file), [talk])
        self.post_message(self.Said(f"written to {file}"))

    def _import(self, file: str) -> None:
        new, there = take_in(self.home, read(path_of(file)))
        self.post_message(self.Said(f"{len(new)} imported, {len(there)} here already"))

    def _fork(self, talk: Conversation, messages: int) -> None:
        self._take_up(fork(self.home, talk, messages))

    def _delete(self, name: str) -> None:
        kept = delete(self.home, name)
        memories = f"; the memories keep {len(kept)} that the weights have learned" if kept else ""
        self.post_message(self.Said(f"deleted{memories}"))
        self.app.post_message(self.Deleted())
        self.app.post_message(self.Changed())

    def _read(self) -> None:
        self.post_message(self.Read(listed(self.home)))


class ForkPoint(ModalScreen[int]):
    """Which message of a conversation is the last one of its fork; 0 for none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(0)", "No")]

    def __init__(self, talk: Conversation) -> None:
        super().__init__()
        self._talk = talk

    def compose(self) -> ComposeResult:
        with Container(id="box"):
            yield Static("Enter: a new conversation that ends with this message", markup=False)
            yield OptionList(*map(self._line, range(len(self._talk.turns))), markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = len(self._talk.turns) - 1

    def _line(self, at: int) -> str:
        turn = self._talk.turns[at]
        who = "you" if turn.role == "user" else f"v{turn.version}"
        return f"{at + 1:>4}  {who}: {shorten(plain(turn.text), 80, placeholder=' …') or '(forgotten)'}"

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index + 1)
