"""Conversations on disk, every turn durable before anything is done with it.

    conversations/NAME/0001.json     TinyDB, at most SEGMENT turns; the next ones stand in 0002.json

An experience is what the user stated in one turn. Whether it is pending is derived, never stored: it is when no version
in the current lineage names it.
"""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from memory.errors import StorageError, UsageError
from memory.home import Home, private_folder
from memory.locks import owning
from memory.statements import MOST, statements
from memory.storage import disk, open_table

SEGMENT = 50
"""Turns in one file: what one more turn has to rewrite, however long the talk."""


@dataclass(frozen=True)
class Turn:
    """One message. id: "CONVERSATION/NUMBER"; role: "user" | "assistant"; at: ISO time; version: of the weights;
    learnable: whether it is an experience."""

    id: str
    role: str
    text: str
    at: str
    version: int
    learnable: bool


@dataclass(frozen=True)
class Experience:
    """What the user stated in one turn: the turn's id, his words as typed, and when."""

    id: str
    text: str
    at: str


class Conversation:
    """A conversation and its turns; with no folder it is temporary and leaves no trace."""

    def __init__(self, folder: Path | None, name: str | None = None) -> None:
        self.name = name or f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        self._folder = folder
        self._lock = ExitStack()
        self.turns: list[Turn] = list(_read(folder / self.name)) if folder and name else []

    @property
    def temporary(self) -> bool:
        return self._folder is None

    def add(self, role: str, text: str, version: int) -> Turn:
        """Append a turn; when this returns it is on disk.

        Raises:
            StorageError: the home is full or not writable; `turns` is what the disk has.
        """
        at = datetime.now(UTC).isoformat(timespec="seconds")
        turn = Turn(f"{self.name}/{len(self.turns) + 1}", role, text, at, version, role == "user" and learnable(text))
        if self._folder:
            private_folder(self._folder)
            try:
                with open_table(self._folder / self.name / f"{len(self.turns) // SEGMENT + 1:04d}.json") as database:
                    database.table("turns").insert(asdict(turn))
            except StorageError:
                self.read_again()  # it may have failed after the turn was written
                raise
        self.turns.append(turn)
        return turn

    def read_again(self) -> None:
        """Take the turns from the disk, after something else changed them."""
        if self._folder:
            self.turns = list(_read(self._folder / self.name))

    def hold(self) -> None:
        """Be the only process that writes this conversation, until `release`.

        Raises:
            BusyError: another chat has it open.
        """
        if self._folder:
            advice = "it is open in another chat; start a new one without --continue"
            self._lock.enter_context(owning(self._folder.parent, f"conversation-{self.name}", advice))
            _sweep(self._folder / self.name)

    def release(self) -> None:
        """Let another process write it."""
        self._lock.close()

    def messages(self) -> list[dict[str, str]]:
        """The turns as the chat template takes them, less those that were forgotten."""
        return [{"role": turn.role, "content": turn.text} for turn in self.turns if turn.text]


def learnable(text: str) -> bool:
    """Whether a message states something about the user and is no pasted text."""
    return 0 < len(statements(text)) <= MOST


def segments(folder: Path) -> list[Path]:
    """The files of one conversation, oldest first."""
    return sorted(folder.glob("[0-9]*.json"))


def _read(folder: Path) -> Iterator[Turn]:
    for path in segments(folder):
        with open_table(path) as database:
            yield from (Turn(**document) for document in database.table("turns").all())


def names(home: Home) -> list[str]:
    """Every conversation, oldest first."""
    return sorted(path.parent.name for path in home.conversations.glob("[!.]*/0001.json"))


def latest(home: Home) -> Conversation:
    """The conversation with the last message.

    Raises:
        UsageError: there is none yet.
    """
    found = [segments(home.conversations / name)[-1] for name in names(home)]
    if not found:
        raise UsageError("there is no conversation to continue: start one with `selfparam-agent chat`")
    return Conversation(home.conversations, max(found, key=lambda path: path.stat().st_mtime).parent.name)


def experiences(home: Home) -> Iterator[Experience]:
    """Every user turn that states something about the user, oldest first."""
    return (Experience(turn.id, turn.text, turn.at) for turn in user_turns(home) if turn.learnable)


def user_turns(home: Home) -> Iterator[Turn]:
    """Every user turn, oldest first."""
    for name in names(home):
        yield from (turn for turn in _read(home.conversations / name) if turn.role == "user")


def blank(home: Home, name: str, ids: set[str]) -> None:
    """Empty these user turns and the replies to them; nothing of them stays, in the last good copies neither."""
    emptied = False
    for path in segments(home.conversations / name):
        with open_table(path) as database:
            table = database.table("turns")
            for document in table.all():
                emptied = document["id"] in ids if document["role"] == "user" else emptied
                if emptied:
                    table.update({"text": "", "learnable": False}, doc_ids=[document.doc_id])
        with disk(path):
            for copy in (".json.bak", ".json.damaged"):
                path.with_suffix(copy).unlink(missing_ok=True)
    _sweep(home.conversations / name)


def _sweep(folder: Path) -> None:
    """Remove what a killed write left beside the files; the conversation's lock is held."""
    with disk(folder):
        for path in folder.glob(".*"):
            path.unlink()


def check_writable(home: Home) -> None:
    """Fail early and in words when the home cannot be written.

    Raises:
        StorageError: it cannot.
    """
    probe = private_folder(home.data) / ".writable"
    try:
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        raise StorageError(
            f"cannot write to {home.data} ({error.strerror}): free it or point SELFPARAM_HOME at a folder you own"
        ) from error
