"""The scrolling log of a chat: replies as markdown, the rest as text. No control sequence in it does anything."""

from collections.abc import Sequence

from rich.console import Group
from rich.text import Text
from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from agent.text import plain
from memory.conversations import Turn
from tui.commands import version_name
from tui.markdown import rendered
from tui.turns import Turns

DRAW_EVERY = 1 / 15
"""Seconds between two drawings of a growing reply, at its beginning."""
LONGER = 500
"""Characters after which it is twice as long until the next: drawing markdown must not hold up typing."""
SHOWN = 100
"""Messages of a continued conversation that are put on the screen."""
MOST = 200
"""Messages and notes that stay on it; all of them are on disk."""


class Entry(Static):
    """A small dim label and a text under it. kind: "user" | "assistant"."""

    def __init__(self, label: str, body: str, kind: str) -> None:
        self.label, self.body, self._markdown = label, plain(body), kind == "assistant"
        super().__init__(self._content(), classes=kind, markup=False)

    def show(self, *, label: str | None = None, body: str | None = None) -> None:
        """Change one or both."""
        self.label = self.label if label is None else label
        self.body = self.body if body is None else plain(body)
        self.update(self._content())

    def _content(self) -> Content | Group:
        if self._markdown:
            return Group(Text(self.label, "dim"), rendered(self.body))
        return Content.assemble((self.label, "dim"), "\n", self.body)


class Reply(Entry):
    """A reply that grows until it ends or is stopped."""

    def __init__(self) -> None:
        super().__init__("…", "", "assistant")
        self.stopped = False
        self._version = self._held = ""
        self._drawing: Timer | None = None

    def answered_by(self, version: int) -> None:
        self._version = version_name(version)
        if not self.stopped:
            self.show(label=f"{self._version} · Esc stops")

    def grow(self, text: str) -> None:
        """Add to it, drawing a few times a second however fast it comes; what comes after a stop is dropped."""
        if not self.stopped:
            self._held += text
            wait = DRAW_EVERY * (1 + len(self.body) / LONGER)
            self._drawing = self._drawing or self.set_timer(wait, self._draw)

    def _draw(self) -> None:
        self._drawing = None
        self.show(body=self.body + self._held)
        self._held = ""

    def settle(self, turn: Turn) -> None:
        """Show this, and nothing of what came."""
        self._version, self._held, self.body = version_name(turn.version), "", plain(turn.text)

    def stop(self) -> None:
        self.stopped = True
        self.end()

    def end(self) -> None:
        """Nothing more comes."""
        self._draw()
        self.show(label=" · ".join(filter(None, [self._version, "stopped" if self.stopped else ""])))


class Note(Static):
    """A line of the agent's own. kind: "note" | "error" | "hint"."""

    def __init__(self, text: str, kind: str) -> None:
        self.body = f"error: {' '.join(plain(text).split())}" if kind == "error" else plain(text)
        super().__init__(self.body, classes=kind, markup=False)


class ChatLog(VerticalScroll, can_focus=False):
    """Messages and notes; stays at its end unless the user scrolled up."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[int, Entry] = {}
        self._replies: dict[int, Reply] = {}

    def on_mount(self) -> None:
        self.anchor()

    def show_turns(self, turns: Sequence[Turn]) -> None:
        """What was said before."""
        left = len(turns) - SHOWN
        if left > 0:
            self.note(f"{left} earlier messages are not shown")
        self.mount_all(
            Entry("you" if turn.role == "user" else version_name(turn.version), turn.text, turn.role)
            for turn in turns[-SHOWN:]
            if turn.text  # an emptied one was forgotten
        )

    def ask(self, turn: int, text: str) -> None:
        """A message that waits for its turn."""
        self._asked[turn] = entry = Entry("you · queued", text, "user")
        self.mount(entry)
        self._trim()
        self.anchor()

    @on(Turns.Started)
    def _start(self, event: Turns.Started) -> None:
        """The message is sent; its reply comes right under it, above messages that still wait."""
        if entry := self._asked.pop(event.turn, None):
            entry.show(label="you")
            self._replies[event.turn] = reply = Reply()
            self.mount(reply, after=entry)

    @on(Turns.Answered)
    def _name_version(self, event: Turns.Answered) -> None:
        if reply := self.reply(event.turn):
            reply.answered_by(event.version)

    @on(Turns.Grew)
    def _grow(self, event: Turns.Grew) -> None:
        if reply := self.reply(event.turn):
            reply.grow(event.text)

    def reply(self, turn: int | None) -> Reply | None:
        """The reply to a turn, None if it is no longer in the log."""
        return self._replies.get(turn) if turn is not None else None

    def end(self, turn: int) -> None:
        """The reply is over; one that never began goes."""
        reply = self._replies.pop(turn, None)
        if reply:
            reply.end()
            if not reply.body and not reply.stopped:
                reply.remove()
            self._trim()

    def drop_last(self, said: str) -> None:
        """Take the user's last message, which is this one, and the reply to it off the screen."""
        for entry in reversed(self.query(Entry)):
            entry.remove()
            if entry.has_class("user") and entry.body == plain(said):
                return

    def settle(self, turn: int, said: Turn) -> None:
        """Let the reply to a turn say what was kept of it."""
        if reply := self._replies.get(turn):
            reply.settle(said)

    def note(self, text: str, kind: str = "note") -> None:
        self.mount(Note(text, kind))
        self._trim()

    def _trim(self) -> None:
        """Let the oldest go, but what waits or grows."""
        busy = {*self._asked.values(), *self._replies.values()}
        over = len(self.children) - MOST
        for old in [child for child in self.children if child not in busy][: max(0, over)]:
            old.remove()

    def clear(self) -> None:
        """Empty the log; late pieces of its replies go nowhere."""
        self._asked, self._replies = {}, {}
        self.remove_children()
