"""What is still to be learned: derived from the conversations and the versions, never stored."""

from collections.abc import Iterator
from dataclasses import dataclass

from memory.conversations import Experience, Turn, user_turns
from memory.errors import NothingPendingError
from memory.home import Home
from memory.refusals import TRIES, Refused, refusals
from memory.sensitive import confirmed, secret_in
from memory.versions import Weights


@dataclass(frozen=True)
class Memory:
    """A message of the user and what became of it.

    state: "pending" | "learned" | "left out" (of its batch) | "set aside" (refused too often) | "held back" (it gives a
    secret away) | "not learned" (it states nothing). version: the one that learned it. why: what is held back or
    out, or how often it was refused.
    """

    turn: Turn
    state: str
    version: int | None = None
    why: str = ""

    @property
    def words(self) -> str:
        """The state as a person reads it."""
        return (
            f"learned in v{self.version}" if self.version else f"{self.state}: {self.why}" if self.why else self.state
        )


def memories(home: Home, model: str) -> Iterator[Memory]:
    """Every message of the user with its state over `model`, oldest first."""
    weights = Weights(home, model)
    learned = {key: version.number for version in weights.lineage() for key in version.experiences}
    left_out = {key: why for version in weights.lineage() for key, why in version.manifest.get("left_out", {}).items()}
    refused, allowed = refusals(weights.root), confirmed(home)
    for turn in user_turns(home):
        if turn.id in left_out:
            yield Memory(turn, "left out", why=left_out[turn.id])
        elif turn.id in learned:
            yield Memory(turn, "learned", learned[turn.id])
        elif not turn.learnable:
            yield Memory(turn, "not learned")
        elif refused.get(turn.id, Refused()).too_often:
            yield Memory(turn, "set aside", why=refused[turn.id].words)
        elif (secret := secret_in(turn.text)) and turn.id not in allowed:
            yield Memory(turn, "held back", why=secret)
        else:
            yield Memory(turn, "pending", why=refused[turn.id].words if turn.id in refused else "")


def pending(home: Home, model: str) -> list[Experience]:
    """Experiences that no version of the current lineage over `model` has learned, oldest first.

    What the gate refused too often, and what gives a secret away, is left out.
    """
    found = (memory.turn for memory in memories(home, model) if memory.state == "pending")
    return [Experience(turn.id, turn.text, turn.at) for turn in found]


def nothing_pending(home: Home, model: str) -> NothingPendingError:
    """The error that says what to do when there is nothing to learn."""
    states = [memory.state for memory in memories(home, model)]
    waiting = [
        f"{states.count(state)} {state}, {advice}"
        for state, advice in (
            ("set aside", f"refused {TRIES} times: `consolidate --retry`"),
            ("held back", "for what they give away: `memories confirm ID`"),
        )
        if state in states
    ]
    if waiting:
        return NothingPendingError(f"nothing is pending; {'; '.join(waiting)}")
    return NothingPendingError("nothing is pending: tell it something in `selfparam-agent chat` first")
