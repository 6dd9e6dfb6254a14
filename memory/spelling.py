"""Text typed in haste as an English sentence is written: contractions, capitals, straight apostrophes."""

import re
from functools import cache

from memory.bank import roles_in, somebody, words

NAME = r"(?!I\b)[^\W\d_a-z][\w'-]*(?: (?!I\b)[^\W\d_a-z][\w'-]*){0,2}"
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'"})
_SLOPPY = {
    "im": "I'm", "ive": "I've", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't",
    "cant": "can't", "wont": "won't", "isnt": "isn't", "arent": "aren't", "wasnt": "wasn't", "havent": "haven't",
    "hasnt": "hasn't", "couldnt": "couldn't", "wouldnt": "wouldn't", "thats": "that's", "hes": "he's", "shes": "she's",
    "theyre": "they're", "i": "I", "u": "you", "ur": "your", "gf": "girlfriend",
    "bf": "boyfriend", "bro": "brother", "sis": "sister", "i'm": "I'm", "i've": "I've", "i'd": "I'd", "i'll": "I'll",
}  # fmt: skip
_HASTE = {
    "bday": "birthday", "yr": "year", "yrs": "years", "tho": "though", "rn": "right now", "atm": "at the moment",
    "bc": "because", "w": "with", "evry": "every", "nite": "night", "savin": "saving", "learnin": "learning",
    "livin": "living", "workin": "working", "tryin": "trying",
}  # fmt: skip
"""In lower case only: an RN is a nurse, BC a province."""
_THE_WIFE = re.compile(
    r"\bthe (?=(?:wife|husband|missus|hubby|girlfriend|boyfriend|kids|twins|grandkids|in-laws|other half)\b"
    r"(?! (?:next door|at|in|of|on|from|who|down|upstairs)\b))",
    re.IGNORECASE,
)
_MUMS = re.compile(r"\b(?=\w{3,9}s (?:birthday|name|job|house)\b)(\w+?)s (?=birthday|name|job|house)", re.IGNORECASE)
_IS = re.compile(
    r"(?<!\bat )(?<!\bto )(?<!\bfrom )(?<!\bnear )"
    r"\b((?:my|our) (?:[\w'-]+ ){0,2}?name(?='s )|(?:my|our) (?:[\w-]+ )?[\w-]+(?='s (?:on|in|at|from|called|named|an?|"
    r"the|my|our|not|always|now|(?:work|liv|study|learn|train|gett|com|go|turn|mov|visit)ing)(?![\w-])))'s ",
    re.IGNORECASE,
)  # fmt: skip
""" "My birthday's on the 3rd.", not "My sister's on-call phone rings."; the examples have "is" more often."""
_HIS_NAME = re.compile(r"\b(his|her|its) name(?:'s| is| was) ", re.IGNORECASE)
_APPOSED = re.compile(rf"\b((?:[Mm]y|[Oo]ur) (?:[a-z-]+ ){{0,2}}[a-z-]+), ({NAME}), (?=[a-z])")
_NO_NAME = (
    "is|are|was|were|has|had|and|or|who|that|which|with|from|in|on|at|of|to|for|also|just|always|never|still|often|only|"
    "usually|really|called|named|then|does|did|can|will|a|an|the|says|said|lives|works|plays|loves|likes|hates|gets|got|"
    "me|us|him|her|it|you|them|my|his|our|their|your|its|after|off|up|round|around|back|out|over|in|now|even|once|too|"
    "maybe|probably|today|all|both"
)


_VERB = r"(?!(?:his|its|us|this|as|yes|lots|kids|\w+ss)\b)\w+s"


def tidy(text: str) -> str:
    """Straight apostrophes, one kind of space, the spellings of haste ("im", "dont") written out, names capital."""
    text = _THE_WIFE.sub("my ", re.sub(r"[ \t\u00a0]+", " ", text.translate(_APOSTROPHES)))
    text = re.sub(r"[A-Za-z']+", lambda word: _SLOPPY.get(word.group().lower(), word.group()), text)
    text = re.sub(r"\b[a-z]+\b", lambda word: _HASTE.get(word.group(), word.group()), text)
    text = re.sub(r"\bI am (?=[A-Z])", "I'm ", text)
    text = _IS.sub(r"\1 is ", text)
    text = _HIS_NAME.sub(lambda whose: f"{'she' if whose[1].lower() == 'her' else 'he'} is called ", text)
    text = _MUMS.sub(lambda found: f"{found[1]}'s " if roles_in(found[1]) else found[0], text)
    if re.search(r"(?<!^)\b(?!I\b)[A-Z]", text):
        return _APPOSED.sub(r"\1 \2 ", text)
    return _uncapitalised_name().sub(lambda found: found.group(1) + found.group(2).capitalize(), text)


@cache
def _uncapitalised_name() -> re.Pattern[str]:
    """A name where everything is in lower case: "she's called pixel", "my big bro wout says", "my gf noor is"."""
    roles = "|".join(sorted(map(re.escape, somebody()), key=len, reverse=True))
    past = "|".join(word for word in words()["past"] if word not in ("rose", "drew"))
    return re.compile(
        rf"(\b(?:called|named) |\b(?:my|our) (?:[a-z]+ )?(?:{roles}) (?=\w+ (?:is|was|has|{_VERB})\b))"
        r"(?<![^s]s )(?<!children )"  # of whom one name would be too few
        rf"(?!(?:{_NO_NAME}|{past})\b)(?!\w+(?:ed|ly|s)\b)(\w+)"
    )
