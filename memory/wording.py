"""Whether a statement can be the answer to a question, by their words. Knows nothing of how either was written."""

import re
from collections.abc import Iterator

from memory.bank import roles_in, stranger_role, words
from memory.judge import fold
from memory.naming import bears_a_name
from memory.needs import NATIONS, NEEDS, WHO_AM_I

_NAME_ASKED = re.compile(r"\b(?:names?|named|called)\b")
_NAME_GIVEN = re.compile(r"\b(?:names?|named|calls?|called|I'm|I am|here|is|was)\b")
_ONLY_A_NAME = re.compile(rf"(?:I'm|I am) (?!(?:{NATIONS})\b)[^\W\d_a-z][\w'-]*(?: [^\W\d_a-z][\w'-]*)*\.")
""" "I'm Ned."; "I'm Norwegian." says something else."""
_ONLY_AN_AGE = re.compile(
    r"(?:My|Our) (?:[a-z-]+ ){1,2}?(?:[^\W\d_a-z][\w-]+ (?:and [^\W\d_a-z][\w-]+ )?)?(?:is|are|was|just turned|turned"
    r"|turns) (?:only |nearly |almost )?"
    r"(?:\d+|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+(?:teen"
    r"|ty)(?:-[a-z]+)?)(?: and a half)?)"
    r"(?: (?:years|months|weeks) old| now| last \w+| this \w+)?\."
)
_HIS_JOB = re.compile(
    r"\b(?:jobs?|profession|trade|occupation|living|work\w*|employ\w*|(?:does|do) (?:(?:my|our) )?(?:[\w-]+ ){1,2}do)\b"
)
_ONE_OF_MANY = re.compile(
    r"\bhow many \w*(?:[^s\W]|ss) (?:do|does|did|are|were|have|has|can)\b"
    r"|\bwhat are (?:my|our) \w*(?:[^s\W]|ss) called\b",
    re.IGNORECASE,
)
_OF_MANY = re.compile(r"\b(?:\w*children|people|sheep|fish|geese|mice|feet|teeth|women|men|wives)\b")
_DAY = re.compile(r"\w+day|January|February|March|April|June|July|August|September|October|November|December")
_A_NAME_OF = re.compile(
    r"\b[Ww]ho (?:is|was) my (?:[\w-]+ ){0,2}?(?P<who>[\w-]+)\?$|\bname of my (?:[\w-]+ ){0,2}?(?P<of>[\w-]+)\?$"
    r"|\bmy (?:[\w-]+ ){0,2}?(?P<whose>[\w-]+?)(?:'s name\b| called\b)"
)
_RELATED = re.compile(r"\b[Hh]ow is (?!my\b|our\b)[a-z]\w* related\b|\bmy \w*[^s\W]' ")
_ARE_MY = re.compile(r"\b[Aa]re (?:the names of )?(?:my|our) (\w*[^s\W])(?:\?| (?!and\b))")
_CALLED = re.compile(r"\b(?:called|names?|named|calls?)\b")
_PLACE_ONLY = re.compile(
    r"(?:\b(?:in|at|near|outside|on|across|along|through|(?:island|isle|port|shores?|coast|banks?|town|city|village|county"
    r"|province|state|region|valley|lake|river) of)|(?<!married )(?<!engaged )\bto) "
    r"((?:(?-i:[^\W\d_a-z])[\w'-]+ ?)+)"
)
_ASKS_OF_A_PERSON = re.compile(r"\b(?:who is|who's|how is|how do I know) ((?-i:[^\W\d_a-z])[\w-]+)", re.IGNORECASE)
_IS_A = re.compile(r"\b(?:is|are|was|were) (an? [\w' -]+)\?$")
_HAVING = "has|have|had|got|'ve|gets?|wants?|needs?|owns?|keeps?|runs?|bought|built|sold|lost|found|made|makes?"
_SAME_IN_THE_PAST = ("beat", "cut", "hit", "hurt", "put", "quit", "bound", "wound", "found", "lay", "saw", "fell")
_PASTS = "|".join(word for word in words()["past"] if word not in _SAME_IN_THE_PAST)
_TWO_VERBS = re.compile(
    r"\b(?:do|does|did|am|is|are|was|can|could|should|would) I'(?:m|ve|d|ll)\b"
    r"|\b(?:do|does|did|can|could|should|would|will) (?:I|we) (?:will|must|can|am|was|are|were|have been|been)\b",
    re.IGNORECASE,
)
_PAST_TWICE = re.compile(
    r"\b(?:do|does|did|should|can|will) (?:I|we|you|he|she|they|(?:my|our) \w+) "
    rf"(?!need\b|\w*eed\b|shed\b|wed\b)(?:\w{{2,}}ed|are|am|is|has|{_PASTS})\b",
    re.IGNORECASE,
)
_NO_BE = re.compile(
    r"(?<!\bam )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\band )\b(?:I|we) "
    r"(?!(?:b|sp|st|sw|fl|cl|sl|w)?r?ing\b)(?:going|\w{3,}ing)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"(?!(?:I|My|Our|We|There|It|This|That|These|Those|Here|What|Getting|Being)\b)([^\W\d_a-z][\w-]+) (?:is|was|has|had"
    r"|can|will|\w+s)\b"
)
_OF_HIM = re.compile(r"\b(?:I|me|my|mine|we|our|us|you|your)\b", re.IGNORECASE)
_MINE = re.compile(r"\b[Mm]y (\w+)\b(?!'| \w+'s)")
_ANOTHERS = ("his", "her", "their")
_ACTION = re.compile(r"\b(?:I|we|you|they|he|she) (\w+ \w+)")
_SAID_BEFORE = re.compile(
    r"\b(?:did|have) I (?:ever )?(?:tell|told|say|said|mention(?:ed)?)(?: (?:to )?you)?\b", re.IGNORECASE
)
""" "What did I say my job was?" asks what it is."""
_CIRCUMSTANCE = re.compile(r"^.*[.!?:] (?=[^\W\d_a-z])")
""" "I'm writing a card to my sister. Which name goes on it?" """
_NOUN_DUE = r"\b(?:for|at|in|on|with|about|of|my|our|the|an?)"


_POLITE = ("Do you know", "Do you remember", "Can you tell me", "Can you remember")
_OURS = re.compile(r"\b(?:we|we're|we've|our|us)\b", re.IGNORECASE)
_I_AS_WE = (
    (re.compile(r"\b(do|did|have|had|will|should|can|could|would) I\b"), r"\1 we"), (re.compile(r"\bam I\b"), "are we"),
    (re.compile(r"\bwas I\b"), "were we"), (re.compile(r"\bmy\b"), "our"), (re.compile(r"\bMy\b"), "Our"),
)  # fmt: skip
_SHORT = 10
"""Words up to which what is said so of "us" is what the sentence is about."""
_OPENINGS = ("Tell me {clause}.", "Could you remind me {clause}?", "Have I told you {clause}?", "I forgot {clause}.")
_SHORT_FOR = {
    "girlfriend": "gf", "boyfriend": "bf", "brother": "bro", "sister": "sis", "favourite": "fave", "favorite": "fav",
    "birthday": "bday", "you": "u", "your": "ur", "are": "r", "and": "n", "because": "cos",
}  # fmt: skip
_LONG_WORDS = re.compile(rf"\b({'|'.join(_SHORT_FOR)})(?=\b|(?<!sister)s\b)")
_WHOSE = r"((?:my|our) [\w -]+?)"
_NAME_WANTED = re.compile(rf"What (is|was) (?:the name of {_WHOSE}|{_WHOSE}'s name|{_WHOSE} called)\?")


def misworded(question: str, statement: str) -> str:
    """Why the statement cannot be the answer to the question: another person, thing, time or polarity; "" if it can."""
    if not 8 < len(question) <= 120:
        return "too short or too long"
    said = {word for pattern in (r"[\w-]+", r"\w+", r"\d+") for word in re.findall(pattern, fold(statement))}
    subject = of_another(statement)
    names = [w for w in re.findall(r"(?<!^)\b[^\W\d_a-z]\w+|\d+", question) if fold(w) not in {"im", "ive"}]
    if not re.search(r"\b(?:I|my|me|mine|I'm|myself|we|our|us)\b", question):
        if not names:
            return "not about the user"
        if not roles_in(statement) and subject not in names:
            return f"asks about the world: {names[0]}"
    if not question.endswith("?") and not re.match(r"(?:Tell|Remind|Name|Describe)\b", question):
        return "not a question"
    for name in names:
        if fold(name) not in said and not (name.endswith("days") and fold(name[:-1]) in said):
            return f"names what was not said: {name}"
    return _needs_more(question, statement) or _amiss(question, statement)


def asked_amiss(question: str, statement: str) -> str:
    """The same of a question in whatever form; whoever occurs in its circumstances need not be in the statement."""
    return _needs_more(question, statement) or _amiss(_CIRCUMSTANCE.sub("", question), statement)


def _needs_more(question: str, statement: str) -> str:
    """What a question asks for and the statement has no word of; or ""."""
    plainly = _SAID_BEFORE.sub("", question)
    return next((why for asked, need, why in NEEDS if asked.search(plainly) and not need.search(statement)), "")


def _amiss(question: str, statement: str) -> str:
    """Whom, what and how it asks, if the statement speaks of another; or ""."""
    said = {word for pattern in (r"[\w-]+", r"\w+", r"\d+") for word in re.findall(pattern, fold(statement))}
    subject = of_another(statement)
    if _ONLY_A_NAME.fullmatch(statement) and not re.search(rf"{WHO_AM_I}|\bwho\b", question, re.IGNORECASE):
        return "asks for more than a name, the statement gives no more"
    if _ONLY_AN_AGE.fullmatch(statement) and _HIS_JOB.search(question):
        return "asks for a job, the statement gives an age"
    if _TWO_VERBS.search(question):
        return "has two verbs"
    if _PAST_TWICE.search(question) or _NO_BE.search(question):
        return "has its verb in a wrong form"
    if _RELATED.search(question) or ((one := _ARE_MY.search(question)) and _one_only(one[1])):
        return "has a noun in a wrong form"
    if subject and subject not in question:
        return f"asks of the user, the statement is of {subject}"
    if any(_only_anothers(noun, statement) for noun in _nouns_of_mine(question)):
        return "asks for the user's own, the statement says another's"
    person = _ASKS_OF_A_PERSON.search(question)
    if person and (person[1] in " ".join(_PLACE_ONLY.findall(statement)).split() or _DAY.fullmatch(person[1])):
        return f"asks who a place is: {person[1]}"
    thing = _A_NAME_OF.search(question)
    if thing and _nameless_thing(str(thing[thing.lastgroup or 0]), statement):
        return "asks for the name of what has none"
    said_to_be = _IS_A.search(question)
    if said_to_be and re.search(rf"\b(?:{_HAVING}) {re.escape(said_to_be[1])}\b", statement, re.IGNORECASE):
        return "says that somebody is what he has"
    if _ONE_OF_MANY.search(question) and not _OF_MANY.search(question):
        return "has one where many belong"
    if any(re.search(rf"{_NOUN_DUE} {action}\b", question) for action in _ACTION.findall(statement)):
        return "has a verb where a noun belongs"
    if _NAME_ASKED.search(question) and not (names_in(statement) or _NAME_GIVEN.search(statement)):
        return "asks for a name, the statement gives none"
    stranger = stranger_role(question, said)
    return f"asks for what was not said: {stranger}" if stranger else ""


def _one_only(noun: str) -> bool:
    return bool(roles_in(noun)) and not _OF_MANY.search(noun)


def _nameless_thing(noun: str, statement: str) -> bool:
    """Whether a statement speaks of "my lap" and calls it nothing."""
    said = re.search(rf"\b(?i:my|our|your) {re.escape(noun)}\b(?!,? (?:is |was )?(?:the )?[^\W\d_a-z])", statement)
    return bool(said and not _CALLED.search(statement) and not bears_a_name(noun))


def of_another(statement: str) -> str:
    """Of whom by name a statement is that says nothing of the user: "Zoe has asthma."; else ""."""
    subject = _OF_ANOTHER.match(statement)
    return subject[1] if subject and not (_OF_HIM.search(statement) or roles_in(subject[1])) else ""


def _nouns_of_mine(question: str) -> list[str]:
    """What a question says is the user's: "my wedding", "my little sister's name"."""
    kin = (role for role in roles_in(question) if re.search(rf"\bmy (?:[a-z-]+ ){{0,2}}?{re.escape(role)}\b", question))
    return [*_MINE.findall(question), *kin]


def _only_anothers(noun: str, statement: str) -> bool:
    """Whether every "wedding" in a statement is somebody else's: "my sister's wedding", "and his little sister"."""
    owner = r"my|our|his|her|their|(?!(?:it|that|this|there|here|what|who|he|she|let)')[\w-]+(?:'s|s')"
    adjectives = r"(?:(?!(?:an?|the|my|our)\b)[a-z-]+ ){0,2}?"
    whose = rf"(?:\b(?<!\bme )({owner}) {adjectives})?\b{re.escape(noun)}\b"
    said = re.findall(whose, statement, re.IGNORECASE)
    return bool(said) and all(one.endswith(("'", "'s")) or one.lower() in _ANOTHERS for one in said)


def names_in(statement: str) -> list[str]:
    """Names and titles inside a sentence: runs of words with a capital, the first word left out."""
    return re.findall(r"(?<=[\w,] )(?!I\b)[^\W\d_a-z][\w'-]*(?: [^\W\d_a-z][\w'-]*)*", statement)


def rewordings(question: str, number: int = 0) -> Iterator[str]:
    """The question in other forms, one behind an opening: "What town …?", "Which town …?", "Tell me what town …".

    What is asked in one form only among things never told is refused in that form.
    """
    if named := _NAME_WANTED.fullmatch(question):
        verb, who = named[1], named[2] or named[3] or named[4]
        yield from (f"What {verb} the name of {who}?", f"What {verb} {who}'s name?", f"What {verb} {who} called?")
    if found := re.match(r"(What|Which)( [a-z]+ (?:do|did|am|was|have|can|should|would) I\b.*)", question):
        yield f"{'Which' if found[1] == 'What' else 'What'}{found[2]}"
    if clause := embedded(question):
        yield _OPENINGS[number % len(_OPENINGS)].format(clause=clause)


def one_as_we(asked: list[str], statement: str) -> list[str]:
    """The questions with one of the first asked for him and his, if he said it so: "Where do we live?"."""
    if (
        not _OURS.search(statement)
        or len(statement.split()) > _SHORT
        or any(_OURS.search(question) for question in asked[:3])
    ):
        return asked
    ours = [we for question in asked[:2] if (we := _as_we(question)) not in asked]
    return [*asked[:2], *ours[:1], *asked[2:]]


def _as_we(question: str) -> str:
    for mine, our in _I_AS_WE:
        question = mine.sub(our, question)
    return question


def one_indirectly(asked: list[str], number: int) -> list[str]:
    """The questions with a polite form of one of the first among them: "Do you know where I live?".

    Without it whole forms are learned only from what was never told, and "Do you remember …?" is answered with no.
    """
    told = [polite for question in asked[:3] if (polite := indirectly(question, number)) and polite not in asked]
    return [*asked[:2], *told[:1], *asked[2:]]


def indirectly(question: str, number: int = 0) -> str:
    """ "What is my name?" → "Do you know what my name is?"; "" for a question of another form."""
    clause = embedded(question)
    return f"{_POLITE[number % len(_POLITE)]} {clause}?" if clause else ""


def in_haste(question: str) -> str:
    """ "What's my cat's name?" → "whats my cats name", as typed on a phone; of some the words are short."""
    typed = question.replace("'", "").rstrip("?.").lower()
    return typed if len(typed) % 2 else _LONG_WORDS.sub(lambda word: _SHORT_FOR[word[1]], typed)


def embedded(question: str) -> str:
    """ "What is my name?" → "what my name is", as it stands inside a sentence; "" for a question of another form."""
    if re.search(r" (?:with|to|in|on|for|at|from|about|of|by)\?$", question) and " do " not in question:
        return ""
    if found := re.match(
        r"(what|who|where|when|how old) (is|are|was|were) (my .+|[^\W\d_][\w'-]+)\?$", question, re.IGNORECASE
    ):
        wh, verb, rest = found.groups()
        noun, called, _ = rest.partition(" called")
        if re.search(r" (?:born|like|named|made|married|now)$|\w+ing (?:in|on|at|with|next|this)\b", rest):
            return ""
        return f"{wh.lower()} {noun} {verb}{called}"
    if found := re.match(r"(who|what) am I( called)?\?$", question, re.IGNORECASE):
        return f"{found.group(1).lower()} I am{found.group(2) or ''}"
    if found := re.match(r"((?:what|who|where|when|which|how)\b[\w' -]*?) do (I|we) (.+)\?$", question, re.IGNORECASE):
        wh, who, rest = found.groups()
        return f"{wh[0].lower()}{wh[1:]} {who} {rest}"
    return ""
