"""Whether a message is English at all, the one language that is heard. Short words, no model."""

import re

_AND_ABROAD = re.compile(r"(?<=\w )i(?= \w)")
_NO_NAMES = (
    r"el|los|las|y|que|soy|tengo|vivo|llamo|mis|je|j'ai|suis|et|des|une|eu|meu|minha|sou|moro|não|chamo|ich|habe|mein"
    r"|meine|und|eine|ik|mijn|een|sono|gli|miei|nostri|jag|heter|och|det|mange|żyjemy"
)
_ABROAD = re.compile(rf"(?:^|[.!?] +)(?i:{_NO_NAMES})\b|\b(?:{_NO_NAMES}|una|mon|les|bin|ben|io|mio|mia)\b")
"""Common words of other languages that are none of English; with a capital some are names ("my daughter Mia")."""
_ENGLISH = re.compile(
    r"\b(?:[a-z]+'(?:m|ve|d|ll|s|re|t)|im|ive|am|is|are|was|were|has|had|the|of|and|but|with|from|not|can|will|would"
    r"|been|this|that|when|about|it)\b",
    re.IGNORECASE,
)
"""Without one of them an "i" inside a sentence is no pronoun; languages where it means "and" or "in" lack them."""
_ALSO_ENGLISH = re.compile(
    r"\b(?:have|love|loves|hate|next|theyre|hes|shes|its|dont|cant|wont|gonna|wanna|work|works|moved|years?|kids?"
    r"|live in|lives in|plays?|says|yes|born|last|like|so i|in my"
    r"|at my|at school|after|yesterday|sometimes|got|left|lol|because|every day)\b",
    re.IGNORECASE,
)


def is_english(text: str) -> bool:
    """Whether nothing says otherwise: "Mieszkam w Łodzi i mam psa." says "and", not "I", "Me llamo Ana." nothing of
    "me"."""
    abroad = _AND_ABROAD.search(text) or _ABROAD.search(text)
    return not abroad or bool(_ENGLISH.search(text) or _ALSO_ENGLISH.search(text))
