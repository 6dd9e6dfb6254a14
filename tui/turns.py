"""One thing at a time for the session: load, reply, swap. What is asked meanwhile waits, in order. Knows no widgets.

State changes in the app's thread only; threads compute and post messages. A turn's messages carry its number, so that
what comes late from a stopped one can be told apart.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from textual.message import Message

from agent.session import Session
from memory.conversations import Conversation
from memory.errors import SelfparamError
from tui.background import Background


@dataclass
class _Turn:
    number: int
    ask: Callable[[], Iterator[str]]
    stopped: threading.Event = field(default_factory=threading.Event)
    kept: bool = False


class Turns:
    """The turns of one chat over one session."""

    @dataclass
    class Loading(Message):
        """Weights are being fetched or loaded; `line` says which."""

        line: str

    @dataclass
    class Loaded(Message):
        """A version of the weights is in memory."""

        version: int

    @dataclass
    class Started(Message):
        """A turn left the queue."""

        turn: int

    @dataclass
    class Answered(Message):
        """A version began to answer a turn."""

        turn: int
        version: int

    class Kept(Message):
        """The message that is being answered is on disk."""

    @dataclass
    class Grew(Message):
        """The reply to a turn is longer by `text`."""

        turn: int
        text: str

    @dataclass
    class Ended(Message):
        """A turn is over; `error` says why it failed, "" if it did not."""

        turn: int
        error: str

    @dataclass
    class LoadEnded(Message):
        """Loading outside a turn is over; `error` as above."""

        error: str

    def __init__(self, session: Session, post: Callable[[Message], object], background: Background) -> None:
        self.session = session
        self._post, self._background = post, background
        self._waiting: deque[_Turn] = deque()
        self._now: _Turn | None = None
        self._loading = False
        self._next: Conversation | None = None
        self._count = 0
        self._thread: threading.Thread | None = None

    @property
    def replying(self) -> bool:
        """Whether a reply is under way that nobody has stopped."""
        return self._now is not None and not self._now.stopped.is_set()

    @property
    def busy(self) -> bool:
        """Whether a turn is under way, stopped or not, or waits."""
        return self._now is not None or bool(self._waiting)

    @property
    def unkept(self) -> bool:
        """Whether something was said that is not on disk yet: it waits, for the model or for the reply before it."""
        return bool(self._waiting) or (self._now is not None and not self._now.kept)

    def load(self) -> None:
        """Open the session, or swap to the version that serves, unless a turn or a load does it anyway."""
        if self._now is None and not self._loading:
            self._loading = True
            self._background(self._load)

    def add(self, ask: Callable[[], Iterator[str]]) -> int:
        """Queue what the session is asked for, pieces of a reply; `proceed` asks. Returns the turn's number."""
        self._count += 1
        self._waiting.append(_Turn(self._count, ask))
        return self._count

    def stop(self) -> int | None:
        """Stop the reply under way; returns its turn's number."""
        if self._now is None:
            return None
        self._now.stopped.set()
        self.session.stop()
        return self._now.number

    def switch(self, conversation: Conversation) -> int:
        """Take up another one once the reply under way has stopped. Returns how many queued messages are dropped."""
        dropped = len(self._waiting)
        self._waiting.clear()
        self.stop()
        self._next = conversation
        self.proceed()
        return dropped

    def close(self) -> None:
        """Stop the reply and send nothing more."""
        self._waiting.clear()
        self.stop()
        self.session.stop()  # a title, too

    def settle(self, seconds: float) -> None:
        """Wait at most so long until a stopped reply is kept."""
        if self._thread:
            self._thread.join(seconds)

    def proceed(self) -> None:
        """Start what comes next, if nothing is under way."""
        if self._now is None and self._next:
            self.session.take_up(self._next)
            self._next = None
        if self._now is not None or self._loading:
            return
        if self._waiting:
            self._now = turn = self._waiting.popleft()
            self._post(self.Started(turn.number))
            self._thread = self._background(lambda: self._converse(turn))
        elif self._stale():
            self.load()

    def turn_ended(self) -> None:
        """The app has seen `Ended`."""
        self._now = None
        self.proceed()
        if not (self.busy or self._loading):
            self._thread = self._background(self.session.titling())

    def load_ended(self, failed: bool) -> None:
        """The app has seen `LoadEnded`. After a failure nothing is tried until the next message."""
        self._loading = False
        if not failed or self._next:
            self.proceed()

    def _stale(self) -> bool:
        try:
            return self.session.stale()
        except SelfparamError:  # the next turn meets it too, and says so
            return False

    def _load(self) -> None:
        """In a thread."""
        error = ""
        try:
            self._freshen()
        except SelfparamError as failure:
            error = str(failure)
        self._post(self.LoadEnded(error))

    def _converse(self, turn: _Turn) -> None:
        """In a thread."""
        error = ""
        try:
            self._freshen()
            self._post(self.Answered(turn.number, self.session.version))
            for number, text in enumerate(self._pieces(turn)):
                if not number:
                    turn.kept = True
                    self._post(self.Kept())
                self._post(self.Grew(turn.number, text))
        except SelfparamError as failure:
            error = str(failure)
        self._post(self.Ended(turn.number, error))

    def _freshen(self) -> None:
        if not self.session.ready:
            self._post(self.Loading("loading the model…"))
            self.session.open(self._say)
        elif self.session.stale():
            self._post(self.Loading("loading the new version…"))
            self.session.swap()
        else:
            return
        self._post(self.Loaded(self.session.version))

    def _say(self, line: str) -> None:
        self._post(self.Loading(line))

    def _pieces(self, turn: _Turn) -> Iterator[str]:
        """The reply as it comes; nothing more once the turn is stopped, though the session is read to its end."""
        if turn.stopped.is_set():
            return
        for piece in turn.ask():
            if turn.stopped.is_set():
                self.session.stop()  # again: the first call may have come before the reply began
            else:
                yield piece
