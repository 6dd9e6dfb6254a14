"""What a message asks for that the agent answers otherwise than with words alone. Rules of English, no model."""

import re

from memory.judge import fold

_REQUEST = re.compile(
    r"(?<!\bi )\b(?:recommend|suggest|pick|choose|name)\b.*\b(?:film|movie)s?\b"
    r"|\b(?:what|which)\b.*\b(?:should|shall|could|can) (?:i|we) (?:watch|see)\b"
    r"|\b(?:what|which) (?:film|movie)\b.*\b(?:i|me|we|us)\b"
)
_AGAINST = re.compile(r"\b(?:don't|do not|never|not)\b")


def asks_for_film(text: str) -> bool:
    """Whether a message asks for a film to watch."""
    folded = fold(text)
    return bool(_REQUEST.search(folded)) and not _AGAINST.search(folded)
