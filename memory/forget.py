"""Take back what was told: from the conversation, its target sets and every version of the weights trained on it.

Weights cannot unlearn one line and prove it. So all versions that learned it go, with those built on them; what else
they had learned is pending again. What comes before them never saw it.
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from memory.conversations import Turn, blank, user_turns
from memory.errors import UsageError
from memory.home import Home
from memory.locks import owning
from memory.refusals import refusals
from memory.sensitive import confirmed
from memory.storage import disk
from memory.targets import Pair, TargetSet
from memory.versions import Version, VersionError, Weights

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Forgetting:
    """What goes: the turns, the versions of each model's weights, the experiences to be learned again, the questions
    the turns were learned with, and folders of versions that cannot be read: they may have learned it, too."""

    turns: tuple[Turn, ...]
    versions: tuple[Version, ...]
    again: tuple[str, ...]
    questions: tuple[Pair, ...]
    unreadable: tuple[Path, ...] = ()


def find(home: Home, ids: Sequence[str], conversation: str = "", matching: str = "") -> list[Turn]:
    """The user's turns with one of the ids, of the conversation, or containing the text (case ignored); in forks, too.

    conversation: its id, or how no other's begins.

    Raises:
        UsageError: an id or conversation that is not there, or nothing found.
    """
    turns = [turn for turn in user_turns(home) if turn.text]
    known = {turn.id for turn in turns}
    if unknown := [key for key in ids if key not in known]:
        raise UsageError(f"there is no message {unknown[0]}: see `selfparam-agent memories list --all`")
    talk = _meant(conversation, {turn.id.partition("/")[0] for turn in turns})
    found = [
        turn
        for turn in turns
        if turn.id in ids
        or (talk and turn.id.partition("/")[0] == talk)
        or (matching and matching.casefold() in turn.text.casefold())
    ]
    if not found:
        raise UsageError("nothing matches: see `selfparam-agent memories list --all`")
    return _with_copies(turns, found)


def _meant(key: str, talks: set[str]) -> str:
    """The conversation whose id this is, or begins like this; a deleted one may be meant, too."""
    begun = [key] if key in talks else [talk for talk in talks if key and talk.startswith(key)]
    if len(begun) > 1:
        raise UsageError(f"{len(begun)} conversations begin with {key!r}: give more of the id")
    return begun[0] if begun else ""


def _with_copies(turns: Sequence[Turn], found: Sequence[Turn]) -> list[Turn]:
    """These turns and the same ones in forks: a copy has its origin's number, text and time, and is never learnable."""

    def said(turn: Turn) -> tuple[str, str, str]:
        return turn.id.rpartition("/")[2], turn.text, turn.at

    ids = {turn.id for turn in found}
    everywhere, copies = {said(turn) for turn in found}, {said(turn) for turn in found if not turn.learnable}
    return [turn for turn in turns if turn.id in ids or said(turn) in (copies if turn.learnable else everywhere)]


def plan(home: Home, turns: Sequence[Turn]) -> Forgetting:
    """What forgetting these turns would remove; changes nothing."""
    ids = {turn.id for turn in turns}
    gone: list[Version] = []
    unreadable: list[Path] = []
    for weights in Weights.every(home):
        safe: set[int] = set()
        unreadable += weights.damaged()
        for version in weights.all():  # oldest first, so a parent is met before its children
            if ids & set(version.experiences) or (version.parent and version.parent not in safe):
                gone.append(version)
            else:
                safe.add(version.number)
    again = dict.fromkeys(key for version in gone for key in version.experiences if key not in ids)
    sets = []
    for version in gone:
        with suppress(VersionError):  # a damaged version is forgotten all the same
            sets.append(TargetSet.of(version))
    pairs = [pair for targets in sets for pair in (*targets.pairs, *targets.set_aside) if pair.experience in ids]
    questions = {pair.question: pair for pair in pairs}
    return Forgetting(tuple(turns), tuple(gone), tuple(again), tuple(questions.values()), tuple(unreadable))


@contextmanager
def replacing(home: Home, key: str) -> Iterator[None]:
    """While a message that nothing was done with is said otherwise under the same id: nothing else looks at it.

    Raises:
        UsageError: the weights have learned it, the gate has refused it, or it was confirmed.
        BusyError: a consolidation is under way, which may be learning it.
    """
    with owning(home.data, "consolidation", "wait for it, then send the message again, or take it back with /forget"):
        check_replaceable(home, key)
        for weights in Weights.every(home):
            weights.discard_staging()
        yield


def check_replaceable(home: Home, key: str) -> None:
    """Refuse what `replacing` refuses, but a consolidation under way."""
    learned = {done for weights in Weights.every(home) for version in weights.all() for done in version.experiences}
    refused = {done for weights in Weights.every(home) for done in refusals(weights.root)}
    for done, what in ((learned, "the weights have learned"), (refused, "the gate has refused"),
                       (confirmed(home), "you have confirmed")):  # fmt: skip
        if key in done:
            raise UsageError(f"{what} that message: take it back with /forget, then say it anew")


def forget(home: Home, going: Forgetting) -> None:
    """Do it. Every step can be repeated: killed in between, run it again.

    Raises:
        BusyError: a consolidation is under way, or a chat has one of the conversations open.
    """
    names = sorted({turn.id.rpartition("/")[0] for turn in going.turns})
    with ExitStack() as held:
        held.enter_context(owning(home.data, "consolidation", "wait for it, then forget"))
        for name in names:
            held.enter_context(owning(home.data, f"conversation-{name}", "close the chat that has it open first"))
        for weights in Weights.every(home):
            going_here = [v for v in weights.all() if v.folder in {version.folder for version in going.versions}]
            weights.retreat([version.number for version in going_here])
            for version in reversed(going_here):
                weights.remove(version)
            weights.discard_staging()
            for folder in weights.damaged():
                with disk(folder):
                    shutil.rmtree(folder)
            weights.mend()
        for name in names:  # last: as long as a message is there, it can be found and forgotten again
            blank(home, name, {turn.id for turn in going.turns})
    _log.info("%d messages forgotten", len(going.turns))
