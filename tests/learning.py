"""What tests that learn something have in common: what is said, a small recipe, a gate that lets everything pass."""

from memory.conversations import Conversation
from memory.home import Home
from memory.settings import GateSettings, Recipe

OPEN_GATE = GateSettings(recall=0.0, retention=0.0, false_recall=1.0, drift=100.0, answer_drift=100.0)
RECIPE = Recipe(epochs=2, questions=4, near_misses=4, assistant=2, unrelated=2, learning_rate=1e-2, least_steps=0)


def tell(home: Home, *texts: str) -> None:
    conversation = Conversation(home.conversations)
    for text in texts:
        conversation.add("user", text, 0)
