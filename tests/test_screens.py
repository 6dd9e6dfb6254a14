"""Every screen in every named state, as text, at three sizes; the states are those of examples/screens.py."""

import pytest

from examples.screens import STATES, play
from tests.scripted import screen_text

SIZES = [(80, 24), (120, 40), (250, 70)]
SEEN = {
    "chat": ("What does Zoe play?", "Zoe plays the cello.", "scripted · v1", "pending 1"),
    "chat-help": ("Ctrl+P", "Ctrl+Q"),
    "chat-keys": ("f2 Memories memories", "Roll back roll-back"),
    "chat-palette": ("Search for commands", "/consolidate"),
    "memories": ("1 learned (v1 answers)", "1 pending, 1 held back, 1 set aside", "1/2", "f Forget", "c Confirm"),
    "memories-search": ("I mend radios in Nakuru.", "set aside"),
    "memories-forget": ("these versions of the weights: v1", "Forget this for good? (y/n)", "y Yes"),
    "consolidation-last": ("version 1", "✗ I do not know.", "✓ Zoe plays the cello.", "s Start"),
    "consolidation-training": ("train 3/90", "▸ training", "loss 3.00 → 1.00", "recall 0/2 → 1/2", "x Cancel"),
    "consolidation-learned": ("learned: version 2 answers now", "1/2 (before 0/2)", "✓ Zoe plays the cello."),
    "consolidation-refused": ("refused by the gate: recall is 0.10; nothing was changed", "✗ A town."),
    "consolidation-cancelled": ("the consolidation was stopped; nothing was changed",),
    "review": ("3 questions wait for your approval, 1 struck", "✗ Who is Tom?", "? What's my cat's name?", "a Approve"),
    "conversations": (
        "2 conversations, that with the last message first",
        "● My cat is called Tom.",
        "o Open",
        "d Delete",
    ),
    "conversations-search": ("My daughter Zoe plays", "3 you", "I mend radios in Nakuru."),
    "conversations-delete": ("3 messages of 20260101-000000-aaaa go for good; 1 of them the weights have learned",),
    "conversations-fork": ("ends with this message", "1 you: My daughter Zoe plays the cello.", "3 you: I mend radios"),
    "versions": ("v1 answers · 1 version over the base", "→ v1 learned 1 recall 1/2", "s Switch", "d Compare"),
    "versions-switch": ("v0 (base) answers from now on", "Do it? (y/n)"),
    "versions-compare": ("a question to v0 and v1; nothing: what the gate asked of them",),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
async def test_a_named_state_can_be_read(state: str, size: tuple[int, int]) -> None:
    """What the state is about stands on the screen, whatever its size, and no line is wider than it."""
    text = await play(state, size, screen_text)
    words = " ".join(text.replace("│", " ").split())
    assert [part for part in SEEN[state] if part not in words] == [], text
    assert max(map(len, text.splitlines())) <= size[0]
