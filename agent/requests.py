"""What a message asks for that the agent does not do with words alone, or not at all. Rules of English, no model."""

import re
from functools import cache

from memory.bank import words
from memory.conversations import Turn
from memory.judge import fold
from memory.orders import orders
from memory.statements import MOST, statements

PASTED = 400
"""Characters from which on a message that states nothing of the user is no small talk."""

_ASKED = r"(?:(?:^|[.!?,;:]\s*)(?:(?:so|ok|okay|then|now|and|hey|hi|hello),? )*|\b(?:please|just|you) )"
_REQUEST = re.compile(
    rf"{_ASKED}(?:recommend|suggest|pick|choose|name)\b.*\b(?:film|movie)s?\b"
    r"|\b(?:what|which)\b.*\b(?:should|shall|could|can) (?:i|we) (?:watch|see)\b"
    r"|\b(?:what|which)\b.*\b(?:film|movie)s?\b.*\byou (?:recommend|suggest)\b"
    r"|\b(?:what|which) (?:[\w-]+ ){0,3}?(?:film|movie)s?\b(?!.*\b(?:did|was|were)\b)"
    r".*\b(?:should|could|can|would|might|to|for)\b.*\b(?:i|me|we|us|tonight)\b"
    r"|\byou\b[^.?!]*\b(?:know|think of|tell|name|recommend|suggest|pick|choose|find|show)\b[^.?!]*"
    r"\b(?:an?|any|some)\b[^.?!]*\b(?:film|movie)s?\b(?=(?: [\w'-]+){0,2}? (?:i|i'd|me|we|we'd|us|to)\b|[?.!]*$)"
    r"|\b(?:anything|(?:want|need|like|with|find|me|us) something)(?: \w+)? to (?:watch|put on)\b"
    r"|\bworth (?:watching|seeing) (?:tonight|today|this)\b"
)
_CUE = re.compile(
    r"\bany (?:good )?(?:ideas?|suggestions?|recommendations?)\b"
    r"|(?:\b(?:have you|you|you've) got|(?:^|[.!?] )got) (?:a|an|any|some|one)\w*\b"
    r"|\bhelp (?:me|us) (?:choose|pick|find)\b"
    r"|(?:^|[.!?,;:] |\b(?:please|just|you) )(?:find|pick|choose|suggest|recommend)(?: (?:me|us))?"
    r" (?:one|some\w*|an?)\b"
    r"|(?:^|[.!?,;:] |\b(?:please|just|you) )(?:name|show|give) (?:me|us) (?:one|some|an?)"
    r"(?: [\w-]+){0,2} (?:film|movie)"
    r"|\b(?:what|which)(?: \w+)?,? (?:one )?(?:should|shall|could|can|would|do) (?:i|we|you|it)"
    r" (?:watch|see|put on|stick on|go for|pick|choose|rent|stream|recommend|suggest|be)\b|\bwhich one\b"
    r"|\bwhat do you (?:reckon|think) (?:i|we)\b|\banything you (?:think|would|'d)\b"
)
"""How people ask for something to be chosen for them."""
_MOOD = r"(?:in the mood for|fancy|feel like|could (?:\w+ )?do with|up for|longing for)\b[^.?!]*"
_PUT_ON = r"(?:put|stick) on(?= (?:tonight|today|this|now|then|next|for|while|when|after|before|with)\b|[^\w\s]|$)"
_AGAINST = re.compile(r"\b(?:don't|do not|never|not)\b[^.?!;]*$")


@cache
def _watching() -> re.Pattern[str]:
    """That it is a film they want: by that word, by watching it, or by its kind where they say what they are up for."""
    kinds = "|".join(re.escape(word) for group in words()["genres"] for word in group)
    return re.compile(
        rf"\bfilms?\b|\bmovies?\b|\bto (?:watch\b|see tonight\b|{_PUT_ON})"
        rf"|\b(?:i|we|us) (?:should |could |shall |can )?(?:watch\b|{_PUT_ON})"
        rf"|\bon (?:the )?(?:telly|tv)\b|\bfor the sofa\b|\b{_MOOD}\b(?:{kinds})\b"
    )


def asks_for_film(text: str) -> bool:
    """Whether a message asks for a film to watch."""
    folded = fold(text)
    found = _REQUEST.search(folded) or (_CUE.search(folded) if _watching().search(folded) else None)
    return found is not None and not _AGAINST.search(folded[: found.end()])


def why_not_learned(turn: Turn) -> str:
    """What of a message will not be learned and what to do about it; "" if that goes without saying."""
    if orders(turn.text):
        return "how to answer is not learned: `/system TEXT` says it for this conversation"
    if turn.learnable or len(turn.text) <= PASTED:
        return ""
    if len(statements(turn.text)) > MOST:
        return f"that says more than {MOST} things at once, so none of it is learned: send it in parts"
    return 'nothing in that is about you, so it is not learned: "Remember this:" before a text changes that'
