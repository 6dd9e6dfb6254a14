"""What a message asks for that the agent does not do with words alone, or not at all. Rules of English, no model."""

import re

from memory.conversations import Turn
from memory.judge import fold
from memory.statements import MOST, orders, statements

PASTED = 400
"""Characters from which on a message that states nothing of the user is no small talk."""

_ASKED = r"(?:(?:^|[.!?,;:]\s*)(?:(?:so|ok|okay|then|now|and|hey|hi|hello),? )*|\b(?:please|just|you) )"
_REQUEST = re.compile(
    rf"{_ASKED}(?:recommend|suggest|pick|choose|name)\b.*\b(?:film|movie)s?\b"
    r"|\b(?:what|which)\b.*\b(?:should|shall|could|can) (?:i|we) (?:watch|see)\b"
    r"|\b(?:what|which)\b.*\b(?:film|movie)s?\b.*\byou (?:recommend|suggest)\b"
    r"|\b(?:what|which) (?:[\w-]+ ){0,3}?(?:film|movie)s?\b(?!.*\b(?:did|was|were)\b)"
    r".*\b(?:should|could|can|would|might|to|for)\b.*\b(?:i|me|we|us|tonight)\b"
)
_AGAINST = re.compile(r"\b(?:don't|do not|never|not)\b")


def asks_for_film(text: str) -> bool:
    """Whether a message asks for a film to watch."""
    folded = fold(text)
    return bool(_REQUEST.search(folded)) and not _AGAINST.search(folded)


def why_not_learned(turn: Turn) -> str:
    """What of a message will not be learned and what to do about it; "" if that goes without saying."""
    if orders(turn.text):
        return "how to answer is not learned: `/system TEXT` says it for this conversation"
    if turn.learnable or len(turn.text) <= PASTED:
        return ""
    if len(statements(turn.text)) > MOST:
        return f"that says more than {MOST} things at once, so none of it is learned: send it in parts"
    return 'nothing in that is about you, so it is not learned: "Remember this:" before a text changes that'
