"""Where the user types. Enter sends; a paste, however long, stays one message; Up brings back what was sent before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from agent.text import plain
from memory.errors import SelfparamError


class Prompt(TextArea):
    """A text area that grows with what is typed, up to six lines.

    earlier: what was sent in earlier conversations, oldest first; asked for once, when the user first goes back.
    commands: what Tab completes.
    """

    @dataclass
    class Sent(Message):
        """The user pressed Enter on something."""

        text: str

    def __init__(self, earlier: Callable[[], list[str]] = list, commands: Sequence[str] = ()) -> None:
        super().__init__(placeholder="Type a message, or /help", highlight_cursor_line=False)
        self._earlier, self._names = earlier, commands
        self._sent: list[str] = []
        self._before: list[str] | None = None
        self._back = 0
        self._draft = ""

    async def _on_key(self, event: events.Key) -> None:
        """Not bindings: a priority binding overtakes letters typed just before it, any other comes after the base's."""
        self.border_subtitle = ""
        row, last = self.cursor_location[0], self.document.line_count - 1
        if event.key == "enter":
            self._send()
        elif event.key in ("shift+enter", "ctrl+j"):
            self.insert("\n")
        elif event.key == "up" and row == 0:
            self._go_back(1)
        elif event.key == "down" and row == last and self._back:
            self._go_back(-1)
        elif event.key == "tab" and self.text.startswith("/") and not self.text.split("/", 1)[1].count(" "):
            self._complete()
        else:
            return
        event.stop()
        event.prevent_default()

    def _send(self) -> None:
        text = self.text
        if text.strip():
            self.put_aside()
            self.post_message(self.Sent(text))

    def put_aside(self) -> None:
        """Empty the prompt; Up brings back what stood there."""
        self._sent.append(self.text)
        self._back = 0
        self.clear()

    def _go_back(self, steps: int) -> None:
        """Show what was sent so many messages before what is shown; at the end of it what was being typed."""
        if self._before is None:
            try:
                self._before = self._earlier()
            except SelfparamError:  # a damaged file: `doctor` says which
                self._before = []
        said = list(dict.fromkeys(reversed([*self._before, *self._sent])))  # the newest first, each once
        back = min(self._back + steps, len(said))
        if back != self._back:
            if not self._back:
                self._draft = self.text
            self._back = back
            self.text = said[back - 1] if back else self._draft
            self.move_cursor(self.document.end)

    def _complete(self) -> None:
        """As much of the command as is certain; what it may be if that is not all."""
        found = [name for name in self._names if name.startswith(self.text)]
        if found:
            same = len([*takewhile(lambda letters: len(set(letters)) == 1, zip(*found, strict=False))])
            self.text = found[0][:same]
            self.move_cursor(self.document.end)
        self.border_subtitle = "  ".join(found) if len(found) > 1 else ""

    def _on_paste(self, event: events.Paste) -> None:  # type: ignore[override]  # runs before the base's, not instead
        event.text = plain(event.text)
