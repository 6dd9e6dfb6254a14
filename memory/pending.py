"""What is still to be learned: derived from the conversations and the versions, never stored."""

from memory.conversations import Experience, experiences
from memory.home import Home
from memory.versions import Weights


def pending(home: Home, model: str) -> list[Experience]:
    """Experiences that no version of the current lineage over `model` has learned, oldest first."""
    learned = Weights(home, model).learned()
    return [experience for experience in experiences(home) if experience.id not in learned]
