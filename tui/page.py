"""A screen beside the chat: Esc goes back, work is done in threads, what failed stands in a line. Knows no subject."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Footer, Static

from agent.text import plain
from memory.errors import SelfparamError
from memory.home import Home
from tui.background import in_background


class Page(Screen[None]):
    """What a page of one home and one model's weights has in common with the others."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", id="back")]

    @dataclass
    class Said(Message):
        """Work has something to tell. kind: "note" | "error"."""

        text: str
        kind: str = "note"

    @dataclass
    class Changed(Message):
        """What is pending, or which version serves, may be another now. Goes to the app."""

    def __init__(self, home: Home, model: str) -> None:
        super().__init__()
        self.home, self.model = home, model

    def compose(self) -> ComposeResult:
        yield Static(id="summary", markup=False)
        yield from self.compose_body()
        yield Static(id="said", markup=False)
        yield Footer(show_command_palette=False)

    def compose_body(self) -> ComposeResult:
        """What stands between the summary and the line that tells what was done."""
        raise NotImplementedError

    def summarize(self, text: str) -> None:
        self.query_one("#summary", Static).update(plain(text))

    @on(Said)
    def show_said(self, event: Said) -> None:
        line = self.query_one("#said", Static)
        line.set_class(event.kind == "error", "error")
        line.update(" ".join(plain(event.text).split()))

    def in_background(self, work: Callable[[], object]) -> None:
        """Run `work` in a thread; what the user can mend is said, a bug crashes."""

        def told() -> None:
            try:
                work()
            except SelfparamError as error:
                self.post_message(self.Said(f"error: {error}", "error"))

        in_background(self.app, told)

    def action_back(self) -> None:
        self.dismiss()


class Sure(ModalScreen[bool]):
    """A text and one question; y means it, anything else does not."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Yes"),
        Binding("n,escape", "dismiss(False)", "No"),
    ]

    def __init__(self, text: str, question: str) -> None:
        super().__init__()
        self._text, self._question = plain(text), question

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box"):
            yield Static(f"{self._text}\n\n{self._question}", markup=False)
        yield Footer(show_command_palette=False)
