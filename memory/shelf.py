"""All conversations of a home: listed by last message, searched, renamed, deleted, forked, taken in from elsewhere.

What is new stands in place whole or not at all. Knows no file format but the home's own.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from memory.conversations import (
    About,
    Conversation,
    Turn,
    heard,
    keep_only,
    latest,
    names,
    read_about,
    write_about,
    write_turns,
)
from memory.errors import UsageError
from memory.home import Home, private_folder
from memory.locks import owning
from memory.storage import disk, sync_folder
from memory.versions import Weights

LAST = "last"
LONGEST_TITLE = 80
LONGEST_SYSTEM = 4000
"""Characters of a system prompt; every reply reads all of it."""


@dataclass(frozen=True)
class Talk:
    """A conversation on its way in: its name, what it is called, its turns."""

    name: str
    about: About
    turns: tuple[Turn, ...]


def listed(home: Home) -> list[Conversation]:
    """Every conversation, that with the last message first."""
    found = [Conversation(home.conversations, name) for name in names(home)]
    kept = [talk for talk in found if talk.turns and not talk.about.deleted]
    return sorted(kept, key=lambda talk: (talk.at, talk.name), reverse=True)


def hits(talk: Conversation, text: str) -> list[Turn]:
    """The messages in which every word of the search stands, case ignored."""
    words = text.casefold().split()
    return [turn for turn in talk.turns if turn.text and all(word in turn.text.casefold() for word in words)]


def matches(talk: Conversation, text: str) -> bool:
    """Whether a message, or the heading, has every word of the search."""
    return all(word in talk.heading.casefold() for word in text.casefold().split()) or bool(hits(talk, text))


def named(home: Home, key: str) -> str:
    """The id that is meant by an id, by its beginning, or by "last".

    Raises:
        UsageError: there is no such conversation, or several begin like this.
    """
    if key == LAST:
        return latest(home).name
    known = [name for name in names(home) if not _deleted(home, name)]
    found = [key] if key in known else [name for name in known if key and name.startswith(key)]
    if len(found) != 1:
        what = f"{len(found)} conversations begin with" if found else "there is no conversation"
        raise UsageError(f"{what} {key!r}: see `selfparam-agent conversations list`")
    return found[0]


def _deleted(home: Home, name: str) -> bool:
    return read_about(home.conversations / name).deleted


def titled(about: About, title: str) -> About:
    """The same with a title that a person gave.

    Raises:
        UsageError: it is empty or too long.
    """
    title = " ".join(title.split())
    if not title:
        raise UsageError("the title is empty: name the conversation something")
    if len(title) > LONGEST_TITLE:
        raise UsageError(f"the title has {len(title)} characters, at most {LONGEST_TITLE}: shorten it")
    return replace(about, title=title, named=True)


def instructed(about: About, system: str) -> About:
    """The same with a system prompt, "" for none.

    Raises:
        UsageError: it is too long.
    """
    if len(system) > LONGEST_SYSTEM:
        raise UsageError(f"the system prompt has {len(system):,} characters, at most {LONGEST_SYSTEM:,}: shorten it")
    return replace(about, system=system.strip())


def rename(home: Home, name: str, title: str) -> None:
    """Give a conversation that no chat has open a title.

    Raises:
        UsageError: the title is empty or too long.
        BusyError: a chat has it open.
    """
    talk = Conversation(home.conversations, name)
    about = titled(talk.about, title)
    talk.hold()
    try:
        talk.describe(about)
    finally:
        talk.release()


def learned_of(home: Home, name: str) -> set[str]:
    """The ids of the user's turns in it that some version of some model's weights has learned."""
    taught = {key for weights in Weights.every(home) for version in weights.all() for key in version.experiences}
    return {turn.id for turn in Conversation(home.conversations, name).turns} & taught


def deleting(home: Home, name: str) -> str:
    """What deleting a conversation means, for a person."""
    messages = len(Conversation(home.conversations, name).turns)
    learned = len(learned_of(home, name))
    stays = (
        f"{learned} of them the weights have learned: those stay among the memories, where they can be forgotten"
        if learned
        else "the weights have learned none of them; what was pending is never learned"
    )
    return f"{messages} messages of {name} go for good; {stays}"


def delete(home: Home, name: str) -> set[str]:
    """Remove a conversation; returns the ids that stay as memories, as the weights have learned them.

    What was pending in it is never learned; what was learned can still be seen, and forgotten, with the memories.

    Raises:
        BusyError: a chat has it open, or a consolidation is under way.
        StorageError: it cannot be removed; do it again.
    """
    talk = Conversation(home.conversations, name)
    with _changing(home), owning(home.data, "consolidation", "wait for it, then delete"):
        talk.hold()
        try:
            kept = learned_of(home, name)
            if kept:
                keep_only(home, name, kept)
            else:
                _remove(home.conversations / name)
        finally:
            talk.release()
    return kept


def fork(home: Home, talk: Conversation, messages: int) -> str:
    """A new conversation with the first messages of another; its id. What they state is learned from that other one.

    Raises:
        UsageError: it has no so many messages.
        StorageError: it could not be written; nothing of it is there.
    """
    if not 1 <= messages <= len(talk.turns):
        raise UsageError(f"it has {len(talk.turns)} messages: fork after one of them, 1 to {len(talk.turns)}")
    name = Conversation(None).name
    about = replace(talk.about, title=f"{talk.heading[: LONGEST_TITLE - 7]} (fork)")
    copies = (
        replace(turn, id=f"{name}/{number}", learnable=False)
        for number, turn in enumerate(talk.turns[:messages], start=1)
    )
    with _changing(home):
        _place(home, [Talk(name, about, tuple(copies))])
    return name


def take_in(home: Home, talks: Sequence[Talk], learn: bool = False) -> tuple[list[str], list[str]]:
    """Put conversations on the shelf; the ids of those that are new, and of those that were there already.

    learn: what they state becomes something to learn. What a version of the weights has learned under its id is learned
    either way, and stays so.

    Raises:
        UsageError: one of the same id but with other messages is there; nothing was taken in.
        StorageError: they could not be written.
    """
    there, new = [], []
    with _changing(home):
        for talk in talks:
            if not (home.conversations / talk.name).exists():
                new.append(_learnable(talk, set(), learn))
                continue
            old = Conversation(home.conversations, talk.name)
            if old.about.deleted:
                new.append(_learnable(talk, {turn.id for turn in old.turns if turn.learnable}, learn))
            elif _said(old.turns[: len(talk.turns)]) == _said(talk.turns):
                there.append(talk.name)
            else:
                raise UsageError(f"conversation {talk.name} is here with other messages: delete it, or keep this one")
        _place(home, new)
    return [talk.name for talk in new], there


def place(home: Home, talks: Iterable[Talk]) -> None:
    """Put conversations with new names on the shelf as they are, one in memory at a time.

    Raises:
        StorageError: they could not be written.
    """
    with _changing(home):
        _place(home, talks)


def _learnable(talk: Talk, kept: set[str], learn: bool) -> Talk:
    turns = heard(talk.turns, lambda _: learn)
    return replace(talk, turns=tuple(replace(turn, learnable=turn.learnable or turn.id in kept) for turn in turns))


def _said(turns: Sequence[Turn]) -> list[Turn]:
    return [replace(turn, learnable=False) for turn in turns]


@contextmanager
def _changing(home: Home) -> Iterator[None]:
    """Be the only one that adds or removes conversations; what a killed one left is swept first."""
    with owning(home.data, "conversations", "try again in a moment"):
        with disk(home.conversations):
            for left in home.conversations.glob(".*/"):
                shutil.rmtree(left)
        yield


def _place(home: Home, talks: Iterable[Talk]) -> None:
    """Write them all aside, one after the other, then put each in its place."""
    private_folder(home.conversations)
    made: list[Path] = []
    try:
        for talk in talks:
            made.append(home.conversations / f".{talk.name}")
            write_turns(made[-1], talk.turns)
            if talk.about != About():
                write_about(made[-1], talk.about)
        for folder in made:
            with disk(folder):
                placed = home.conversations / folder.name[1:]
                if placed.exists():
                    _remove(placed, aside=".deleted")
                folder.replace(placed)
                sync_folder(home.conversations)
    except BaseException:
        for folder in made:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _remove(folder: Path, aside: str = "") -> None:
    """In one step out of sight, then off the disk."""
    gone = folder.with_name(aside or f".{folder.name}")
    with disk(folder):
        folder.replace(gone)
        sync_folder(folder.parent)
        shutil.rmtree(gone)
