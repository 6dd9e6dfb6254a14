"""What is still to be learned: derived from the conversations and the versions, never stored."""

from memory.conversations import Experience, experiences
from memory.errors import NothingPendingError
from memory.home import Home
from memory.refusals import TRIES, set_aside
from memory.versions import Weights


def pending(home: Home, model: str) -> list[Experience]:
    """Experiences that no version of the current lineage over `model` has learned, oldest first.

    What the gate refused too often is left out.
    """
    weights = Weights(home, model)
    done = weights.learned() | set_aside(weights.root)
    return [experience for experience in experiences(home) if experience.id not in done]


def nothing_pending(home: Home, model: str) -> NothingPendingError:
    """The error that says what to do when there is nothing to learn."""
    aside = len(set_aside(Weights(home, model).root))
    if aside:
        return NothingPendingError(
            f"nothing is pending; {aside} set aside after {TRIES} refusals: `consolidate --retry`"
        )
    return NothingPendingError("nothing is pending: tell it something in `selfparam-agent chat` first")
