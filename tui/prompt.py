"""Where the user types. Enter sends; a paste, however long, stays one message."""

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from agent.text import plain


class Prompt(TextArea):
    """A text area that grows with what is typed, up to six lines."""

    @dataclass
    class Sent(Message):
        """The user pressed Enter on something."""

        text: str

    def __init__(self) -> None:
        super().__init__(placeholder="Type a message, or /help", highlight_cursor_line=False)

    async def _on_key(self, event: events.Key) -> None:
        """Not bindings: a priority binding overtakes letters typed just before it, any other comes after the base's."""
        if event.key == "enter":
            self._send()
        elif event.key in ("shift+enter", "ctrl+j"):
            self.insert("\n")
        else:
            return
        event.stop()
        event.prevent_default()

    def _send(self) -> None:
        text = self.text
        if text.strip():
            self.clear()
            self.post_message(self.Sent(text))

    def _on_paste(self, event: events.Paste) -> None:  # type: ignore[override]  # runs before the base's, not instead
        event.text = plain(event.text)
