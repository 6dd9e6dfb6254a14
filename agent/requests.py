"""What a message asks for that the agent answers otherwise than with words alone. Rules of English, no model."""

import re

from memory.judge import fold

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
