"""Which conversation a client goes on with: it sends all of it each time, and only what is new is kept.

A history is known by a digest of what the user said in it. Knows nothing of HTTP.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from memory.conversations import Conversation
from memory.home import Home
from memory.storage import AtomicJSONStorage

if TYPE_CHECKING:
    from memory.language import Message

FILE = "histories.json"
LATEST = 1000
"""Histories that are known again."""


class Histories:
    """What clients said that is to be learned, each message once, however often they send it."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._writing = threading.Lock()

    def keep(self, messages: Sequence["Message"], version: int, names: frozenset[str] = frozenset()) -> str | None:
        """Put the user's new messages on disk; the name of their conversation, None if there was nothing new.

        Of a history that is not known the last message only is new: the rest was said while nothing was kept. names:
        whom the weights know.

        Raises:
            BusyError: a chat has the conversation open.
            StorageError: it could not be written.
        """
        said = [message["content"] for message in messages if message["role"] == "user"]
        digests = [_digest(said[: number + 1]) for number in range(len(said))]
        with self._writing:
            storage = AtomicJSONStorage(self._home.data / FILE)
            known: dict[str, str] = (storage.read() or {}).get("histories", {})
            if digests[-1] in known:
                return None
            before = next((n for n in range(len(said) - 1, 0, -1) if digests[n - 1] in known), 0)
            conversation = self._going_on(known[digests[before - 1]] if before else "", before)
            conversation.known = names
            with _held(conversation):
                for text in said[before:] if before else said[-1:]:
                    conversation.add("user", text, version)
            known[digests[-1]] = conversation.name
            storage.write({"histories": dict(list(known.items())[-LATEST:])})
            return conversation.name

    def reply(self, name: str, text: str, version: int) -> None:
        """Put the reply behind the message that was kept, to be read by a person; it is never learned.

        Raises:
            BusyError, StorageError: as above.
        """
        with self._writing:
            conversation = Conversation(self._home.conversations, name)
            with _held(conversation):
                conversation.add("assistant", text, version)

    def _going_on(self, name: str, said: int) -> Conversation:
        """The conversation of that name if no more was said in it, else a new one: the client went back a step, or a
        person deleted it."""
        if name:
            conversation = Conversation(self._home.conversations, name)
            count = sum(turn.role == "user" for turn in conversation.turns)
            if not conversation.about.deleted and 0 < count <= said:
                return conversation
        return Conversation(self._home.conversations)


@contextmanager
def _held(conversation: Conversation) -> Iterator[None]:
    conversation.hold()
    try:
        yield
    finally:
        conversation.release()


def _digest(said: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]
