"""What was said to other programs, onto the shelf: what of it is new, which conversations, and what it would teach.

A message counts as here if its words were ever said here: the same export twice adds nothing. What is new is learned by
the rules of the chat; the assistant's side is there to read. All files are read through before anything is written.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from memory.conversations import heard, user_turns
from memory.errors import UsageError
from memory.foreign import SHAPES, read
from memory.home import Home
from memory.shelf import Talk, place

LONGEST = 100_000
"""Characters of a message from which on it is a file, not something said, as in the chat."""


@dataclass(frozen=True)
class Choice:
    """Which conversations, and what of them. shape: the files' (see SHAPES), "" to tell it; only: ids or parts of
    titles, () for all; since: a date or time from which on, "" for all."""

    shape: str = ""
    only: tuple[str, ...] = ()
    since: str = ""


@dataclass(frozen=True)
class Counts:
    """Conversations, the user's messages in them, how many of these are new here, and look like something to learn."""

    conversations: int = 0
    messages: int = 0
    new: int = 0
    learnable: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.conversations + other.conversations, self.messages + other.messages, self.new + other.new,
            self.learnable + other.learnable,
        )  # fmt: skip


@dataclass(frozen=True)
class Arrival:
    """A conversation as it would stand here, under its id there and its first time; without turns if nothing is new."""

    key: str
    at: str
    talk: Talk
    counts: Counts


def arrivals(home: Home, files: Sequence[Path], choice: Choice) -> Iterator[Arrival]:
    """The chosen conversations in these files, one after the other. Writes nothing.

    Raises:
        UsageError: a file is not there or is an export of our own; a shape or time that is none.
        ArchiveError: a file is damaged, of no known shape, or too large.
    """
    if choice.shape not in ("", *SHAPES):
        raise UsageError(f"{choice.shape!r} is none of {', '.join(SHAPES)}")
    since = _utc(choice.since)
    here = {_hash(turn.text) for turn in user_turns(home) if turn.text}
    for file in files:
        for talk in read(file, choice.shape):
            if not choice.only or any(_meant(talk, key) for key in choice.only):
                turns = tuple(turn for turn in talk.turns if turn.at >= since)
                if turns:
                    yield _arrival(replace(talk, turns=turns), here)


def bring_in(home: Home, files: Sequence[Path], choice: Choice) -> Counts:
    """Put what is new of them on the shelf, all or nothing; what they count.

    Raises:
        UsageError, ArchiveError: as of `arrivals`; nothing was imported.
        StorageError: it could not be written.
    """
    counts = sum((found.counts for found in arrivals(home, files, choice)), Counts())
    if counts.new:
        place(home, (found.talk for found in arrivals(home, files, choice) if found.talk.turns))
    return counts


def _arrival(talk: Talk, here: set[bytes]) -> Arrival:
    """From its first new message on; what is new is here from now on."""
    new = [turn.role == "user" and _is_new(turn.text, here) for turn in talk.turns]
    first = new.index(True) if any(new) else len(new)
    name = f"{talk.turns[min(first, len(new) - 1)].at[:19].translate(_NO_MARKS)}-{secrets.token_hex(4)}"
    fresh = {f"{name}/{number}": is_new for number, is_new in enumerate(new[first:], start=1)}
    renamed = (replace(turn, id=key) for key, turn in zip(fresh, talk.turns[first:], strict=True))
    turns = heard(renamed, lambda turn: fresh[turn.id] and len(turn.text) <= LONGEST)
    said = sum(turn.role == "user" for turn in talk.turns)
    counts = Counts(1, said, sum(new), sum(turn.learnable for turn in turns))
    return Arrival(talk.name, talk.turns[0].at, Talk(name, talk.about, turns), counts)


_NO_MARKS = str.maketrans({"-": None, ":": None, "T": "-"})


def _is_new(text: str, here: set[bytes]) -> bool:
    key = _hash(text)
    new = key not in here
    here.add(key)
    return new


def _hash(text: str) -> bytes:
    return blake2b(" ".join(text.split()).encode(), digest_size=16).digest()


def _meant(talk: Talk, key: str) -> bool:
    return bool(key) and (talk.name.startswith(key) or key.casefold() in talk.about.title.casefold())


def _utc(since: str) -> str:
    """The time from which on, as turns have it; a date is its first moment where the user is."""
    if not since:
        return ""
    try:
        return datetime.fromisoformat(since).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{since!r} is no date: write 2024-03-31") from error
