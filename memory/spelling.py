"""Text typed in haste as an English sentence is written: contractions, capitals, straight apostrophes."""

import re
import unicodedata
from functools import cache

from memory.bank import roles_in, somebody, words

NAME = r"(?!I\b)[^\W\d_a-z][\w'-]*(?: (?!I\b)[^\W\d_a-z][\w'-]*){0,2}"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_MATE = re.compile(
    r"(?:^|(?<=[.!?] ))(?:bro|bruv|mate|dude|man|sis|girl|fam|guys|bestie)[, ] ?"
    r"(?=(?:the|my|i|im|i'm|ive|i've|we|this|that|it|its|it's|u|you|ur|why|what|how|did|do|can|guess)\b)",
    re.IGNORECASE,
)
""" "bro the cat pushed it off": said to the assistant, of no brother."""
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'"})
_SLOPPY = {
    "im": "I'm", "ive": "I've", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't",
    "cant": "can't", "wont": "won't", "isnt": "isn't", "arent": "aren't", "wasnt": "wasn't", "havent": "haven't",
    "hasnt": "hasn't", "couldnt": "couldn't", "wouldnt": "wouldn't", "thats": "that's", "hes": "he's", "shes": "she's",
    "theyre": "they're", "weve": "we've", "youre": "you're", "werent": "weren't", "shouldnt": "shouldn't",
    "whats": "what's", "wheres": "where's", "whos": "who's",
    "theres": "there's", "theyve": "they've", "theyll": "they'll", "youve": "you've", "i": "I", "u": "you",
    "ur": "your", "gf": "girlfriend",
    "bf": "boyfriend", "bro": "brother", "sis": "sister", "i'm": "I'm", "i've": "I've", "i'd": "I'd", "i'll": "I'll",
}  # fmt: skip
_SHORT = [
    (re.compile(short, re.IGNORECASE), full)
    for short, full in (
        (r"\b(I)'?m\b", r"\1 am"), (r"\b(I|we|you|they)'ve\b", r"\1 have"), (r"\b(we|you|they)'re\b", r"\1 are"),
        (r"\bcan't\b|\bcannot\b", "can not"), (r"\bwon't\b", "will not"), (r"(?<=\w)n't\b", " not"),
        (r"\b(he|she|it|that|there)'s\b", r"\1 is"),
    )
]  # fmt: skip
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
"""No English word has a letter three times."""
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+")
_TO_FOR = (
    (re.compile(r"\b2(?= (?:be|do|go|the|my|see|work|get|eat|have|live)\b)"), "to"),
    (re.compile(r"(?<!\b(?:at|by) )(?<=[a-z] )4(?= (?:the|my|an?|me|this|our)\b)"), "for"),
    (re.compile(r"\bits(?= (?:an?|the|so|not|really|been|just|only)\b)"), "it's"),
    (re.compile(r"\bcos(?= (?:of|I|I'm|it|my|the|we|he|she)\b)"), "because"),
)
_IN_FOR_ING = re.compile(
    r"\b((?:do|go|work|liv|driv|sav|tak|mak|gett|look|try|learn|play|com|ask|study|runn|feel|clean|stay|mov|train|teach"
    r"|bak|cook|paint|sleep|swimm|walk|start|hav|plann|think|read|writ|sing|danc|climb|hik|cycl|build|fix|sell|wait"
    r"|talk|eat|drink|watch|gam|knitt|garden|visit|see|feed|grow|shopp|rent|fish|rid|bring|sitt|lov|noth|someth|anyth"
    r"|everyth|morn|even))in\b'?"
)
""" "savin up for seoul" """
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_THAT_IS_MY_NIGHT = re.compile(
    rf"(?:\bon )?\b({_DAY})s?(?: anyway| though| tho| evening)?,? (?:that's|it's|which is) "
    r"(my (?:[\w-]+ ){1,2}(?:night|day|evening|morning|afternoon))\b",
    re.IGNORECASE,
)
""" "can't bake on Thursday anyway that's my climbing night" """
_AGED = re.compile(r"\b(\d+) ?(?:yo|y/o|yrs? old)\b")
_PLACE = re.compile(
    r"\b((?:(?:live|living|based|grew up|born|raised)(?: \w+)? (?:in|near)|mov(?:ed?|ing)(?: \w+)? to"
    r"|(?:I'm|\w+ly|come|,) from) )"
    r"(?!(?:an?|the|my|our|his|her|this|that|it|there|here|home|town|bed|work|school|uni|college|university|hospital|part"
    r"|full|fear|student|where|when|what|me|us|you|him|them|in|to|near)\b)"
    r"([a-z]+)(?=[,.!]|$"
    r"| (?:and|but|right|now|with|for|in|on|since|next|last|when|at|originally|this|because|though)\b)"
)
""" "living in valencia right now": where everything is in lower case."""
_THE_WIFE = re.compile(
    r"\bthe (?=(?:wife|husband|missus|hubby|girlfriend|boyfriend|kids|twins|grandkids|in-laws|other half)\b"
    r"(?! (?:next door|at|in|of|on|from|who|down|upstairs)\b))",
    re.IGNORECASE,
)
_MUMS = re.compile(r"\b(?=\w{3,9}s (?:birthday|name|job|house)\b)(\w+?)s (?=birthday|name|job|house)", re.IGNORECASE)
_IS = re.compile(
    r"(?<!\bat )(?<!\bto )(?<!\bfrom )(?<!\bnear )"
    r"\b((?:my|our) (?:[\w'-]+ ){0,2}?name(?='s )|(?:my|our) (?:[\w-]+ )?(?!master|bachelor)[\w-]+"
    r"(?='s (?:on|in|at|from|called|named|an?|the|my|our|not|always|now"
    r"|(?:work|liv|study|learn|train|gett|com|go|turn|mov|visit)ing)(?![\w-])))'s ",
    re.IGNORECASE,
)  # fmt: skip
""" "My birthday's on the 3rd.", not "My sister's on-call phone rings."; the examples have "is" more often."""
_HIS_NAME = re.compile(r"\b(his|her|its) name(?:'s| is| was) ", re.IGNORECASE)
_APPOSED = re.compile(rf"\b((?:[Mm]y|[Oo]ur) (?:[a-z-]+ ){{0,2}}[a-z-]+), ({NAME}), (?!who)(?=[a-z])")
_NO_NAME = (
    "is|are|was|were|has|had|and|or|who|that|which|with|from|in|on|at|of|to|for|also|just|always|never|still|often|only|"
    "usually|really|called|named|then|does|did|can|will|a|an|the|says|said|lives|works|plays|loves|likes|hates|gets|got|"
    "me|us|him|her|it|you|them|my|his|our|their|your|its|after|off|up|round|around|back|out|over|in|now|even|once|too|"
    "maybe|probably|today|all|both"
)


_STATES = (
    "good|great|well|new|back|here|home|sick|ill|sad|happy|single|vegan|vegetarian|male|female|man|woman|lost|broke|skint"
    "|drunk|busy|ready|alive|awake|pregnant|gay|trans|deaf|blind|young|old|nearly|almost|over|under|about|around|coming"
    "|away|not|so|very|your|sure|far|out|on|off"
)
""" "I'm single, 30": no name."""
_VERB = r"(?!(?:his|its|us|this|as|yes|lots|kids|\w+ss)\b)\w+s"


_DAYS = {
    "mo": "Monday", "tu": "Tuesday", "we": "Wednesday", "th": "Thursday", "fr": "Friday", "sa": "Saturday",
    "su": "Sunday",
}  # fmt: skip
_SHORT_DAY = re.compile(
    r"\b(every|each|next|last|on(?= (?:mon|tue|wed|thu|fri)))\s(mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)s?\b",
    re.IGNORECASE,
)
_SHE_AGAIN = re.compile(
    rf"(\b(?:[Mm]y|[Oo]ur) [a-z-]+ {NAME}), (?:s?he) (?=(?!(?:and|or)\b)(?:is|was|has|had|{_VERB}|\w+ed)\b)"
)
""" "My wife Ida, she teaches"."""


_IN_LAW = re.compile(r"\b((?:brother|sister|mother|father|son|daughter|cousin)s?) in law\b", re.IGNORECASE)
_WE_ARE = re.compile(
    r"(?:(?<=^)|(?<=[,.!?;] )|(?<=\band )|(?<=\bbut )|(?<=\bso )|(?<=\bcos )|(?<=\bbecause ))"
    r"were (?=(?!during\b|nothing\b|bring)\w+ing\b|off\b|both\b|all\b|still\b|skint\b|not\b|at\b|on\b)",
)
""" "we move in jan n were having a party" """


def tidy(text: str) -> str:
    """Straight apostrophes, one kind of space and of "é", spellings of haste ("im") written out, names capital."""
    text = _MATE.sub("", unicodedata.normalize("NFC", text))
    text = _the_pet().sub("my ", text)
    text = _THE_WIFE.sub(
        "my ",
        re.sub(
            r"[ \t\u00a0]+",
            " ",
            _PICTURES.sub("", re.sub(rf"(?<=\w) ?{_PICTURES.pattern} ?(?=\w)", ", ", text.translate(_APOSTROPHES))),
        ),
    )
    text = re.sub(r"\bw/ ?(?=\w)", "with ", text)
    text = re.sub(r"\b(?!(?:([a-z])\1*|www\w*)\b)[a-z]+\b", _not_drawn_out, text)
    text = re.sub(r"(?:[^\W\d_]|')+", lambda word: _SLOPPY.get(word.group().lower(), word.group()), text)
    text = re.sub(
        r"(?<![./@&-])\b[a-z]+4?\b(?![./@&'-]\w)", lambda word: words()["haste"].get(word.group(), word.group()), text
    )
    text = _IN_FOR_ING.sub(r"\1ing", text)
    for number, word in _TO_FOR:
        text = number.sub(word, text)
    text = _AGED.sub(r"\1 years old", re.sub(r"\bI am (?=[^\W\d_a-z])", "I'm ", text))
    text = re.sub(r"\b(I|we) shall\b", r"\1 will", re.sub(r"\bcannot\b", "can't", text), flags=re.IGNORECASE)
    text = re.sub(r"\bmy names (?=\w)", "my name is ", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(my (?:dad|mum|mom|wife|husband|partner|nan|gran|grandma|grandad))s (?=got\b)", r"\1's ", text)
    text = re.sub(
        r"^((?:he+y+|hi+|hiya|hello|yo),? )(?:its|it's) (?!me\b|just\b)(\w)(?=\w*(?: btw|,| here|$))",
        lambda found: f"{found[1]}I'm {found[2].upper()}",
        text,
    )
    text = _SHORT_DAY.sub(lambda found: f"{found[1]} {_DAYS[found[2][:2].lower()]}", text)
    text = _THAT_IS_MY_NIGHT.sub(lambda found: f"on {found[1]}. {found[1].capitalize()} is {found[2]}", text)
    text = _mine_is_called().sub(lambda found: f"{found[1]}my {found[2]}{found[3]}", text)
    text = _IN_LAW.sub(r"\1-in-law", text)
    text = _WE_ARE.sub("we're ", text)
    text = re.sub(r"\bid (?=(?:rather|love|like|be|have|never|say|buy)\b)", "I'd ", text)
    text = re.sub(r"\bw (?=(?:the|my|an?|our|some)\b)", "with ", text)
    text = re.sub(r"\b(his|her) names (?=\w)", r"\1 name is ", text)
    text = _IS.sub(r"\1 is ", text)
    text = _HIS_NAME.sub(lambda whose: f"{'she' if whose[1].lower() == 'her' else 'he'} is called ", text)
    text = _SHE_AGAIN.sub(r"\1 ", text)
    text = re.sub(r"(\bis called \w+)(?: lol| haha|,)? (?=s?he(?:'s| is)\b)", r"\1. ", text)
    text = _MUMS.sub(lambda found: f"{found[1]}'s " if roles_in(found[1]) else found[0], text)
    if re.search(r"(?<!^)\b(?!I\b)[^\W\d_a-z]", text):
        return _APPOSED.sub(r"\1 \2 ", text)
    text = _name_is().sub(lambda found: f"{found[1]} {found[2].capitalize()} is ", text)
    for lower in (_uncapitalised_name(), _own_name(), _PLACE):
        text = lower.sub(lambda found: found[1] + found[2].capitalize(), text)
    return text


def _not_drawn_out(word: re.Match[str]) -> str:
    """ "waittt" → "wait", "sooo" → "so"; "e" and "o" may stand twice: "goood"."""
    return _DRAWN_OUT.sub(lambda same: same[1] * (2 if same[1] in "eo" and same.end() < len(word[0]) else 1), word[0])


@cache
def _the_pet() -> re.Pattern[str]:
    """ "the" of "there's the cat, Admiral, who …": it is his."""
    animals = "|".join(map(re.escape, words()["animals"]))
    return re.compile(rf"\bthe (?=(?:{animals}), (?!I\b)[^\W\d_a-z][\w'-]+(?:[,.!]|$))")


@cache
def _mine_is_called() -> re.Pattern[str]:
    """ "how do I keep a cat off the table? mine is called pipo" """
    animals = "|".join(map(re.escape, words()["animals"]))
    return re.compile(
        rf"(\b(?:an?|the|any) ({animals})\b[^\n]{{0,80}}?[.?!] )mine((?:'s| is) (?:called|named)\b)", re.IGNORECASE
    )


@cache
def _uncapitalised_name() -> re.Pattern[str]:
    """A name where everything is in lower case: "she's called pixel", "my big bro wout says", "my gf noor is"."""
    roles = "|".join(sorted(map(re.escape, somebody()), key=len, reverse=True))
    past = "|".join(word for word in words()["past"] if word not in ("rose", "drew"))
    return re.compile(
        rf"(\b(?:called|named) |\b(?:my|our) (?:[a-z]+ )?(?:{roles}) "
        rf"(?=\w+ (?:(?:still|always|also|just|never|now|usually|often|really|only) )?(?:is|was|has|{_VERB})\b))"
        r"(?<![^s]s )(?<!children )"  # of whom one name would be too few
        rf"(?!(?:{_NO_NAME}|{past})\b)(?!\w+(?:ed|ly|s)\b)(\w+)"
    )


@cache
def _name_is() -> re.Pattern[str]:
    """ "my boyfriend eskils a deckhand", "my sis zarinas always late"."""
    roles = "|".join(sorted(map(re.escape, somebody()), key=len, reverse=True))
    return re.compile(
        rf"(\b(?:my|our) (?:[a-z]+ )?(?:{roles})) (?!(?:{_NO_NAME})\b)([A-Za-z]{{2,}}[^\Ws_\d])s "
        r"(?=(?:an?|always|really|so|also|now|coming|going|getting|moving|working|studying|learning|training)\b)"
    )


_NO_NAME_EITHER = r"(?:not|on|in|at|the|an?|hard|too|so|very|really|often|always|easy|long|short|my)\b"


@cache
def _own_name() -> re.Pattern[str]:
    """ "my name is pete", "I'm lucia, 22": not "I'm welsh, 22"."""
    states = "|".join([_STATES, *map(str.lower, words()["nations"])])
    goes_on = r"(?:\d\d\b|(?:ori\w+ )?from\b|(?:and |I )*(?:live|living|work|working)\b)"
    return re.compile(
        rf"(\b[mM]y name is (?!(?:not|on|in|at|the|an?|hard|too|so|very|really|often|always|easy|long|short|my)\b)"
        rf"|\bI'm (?!(?:{_NO_NAME}|{states})\b)(?!\w+(?:ed|ly|ing)\b)(?=\w+,? {goes_on}))([a-z]+)"
    )


@cache
def in_full(text: str) -> str:
    """ "I'm not …" → "I am not …", as others write it."""
    for short, full in _SHORT:
        text = short.sub(full, text)
    return text
