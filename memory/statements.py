"""What a user typed, as single statements, and each statement said back to him. Rules of English, no model.

A statement is one first-person sentence ("My daughter Zoe plays the cello."). Turned to the second person it is the
answer to every question about it: grounded by construction, nothing to hallucinate (`method.md`, section 3).
"""

import re
from collections.abc import Iterator

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'"})
_SLOPPY = {
    "im": "I'm", "ive": "I've", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't",
    "cant": "can't", "wont": "won't", "isnt": "isn't", "arent": "aren't", "wasnt": "wasn't", "havent": "haven't",
    "hasnt": "hasn't", "couldnt": "couldn't", "wouldnt": "wouldn't", "thats": "that's", "hes": "he's", "shes": "she's",
    "theyre": "they're", "i": "I", "u": "you", "ur": "your",
}  # fmt: skip
_FIRST_PERSON = re.compile(r"\b(?:I|I'm|I've|I'd|I'll|my|mine|me|myself|we|we're|we've|our|us)\b", re.IGNORECASE)
_THIRD_PERSON = re.compile(r"^(?:he|she|they|it|his|her|hers|their|its|he's|she's|they're|it's)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|yo|well|so|oh|ah|ok|okay|yes|yeah|yep|no|nope|right|sure|thanks|thank you|haha|lol|btw"
    r"|by the way|anyway|actually|also|and|but|please note that|fyi|oh and)\b[\s,!.:;-]*)+",
    re.IGNORECASE,
)
_ASIDE = re.compile(r",?\s+(?:btw|by the way|lol|haha|you know|though)(?=[\s.,!]|$)", re.IGNORECASE)
_REQUEST = re.compile(
    r"^(?:can|could|would|will|do|does|did|are|is|what|which|who|where|when|why|how|please|tell|give|write|explain|"
    r"recommend|suggest|show|help|let me|let's|list|translate|summari[sz]e|from now on|always|never|ignore|remind)\b"
    r"|\byou\b(?! (?:can|should|might|may) call\b)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"(?<!\w)'[^']+'(?!\w)|\"[^\"]+\"|“[^”]+”")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")
_SUBJECT = r"(?:I|I'm|I've|I'd|I'll|my|we|we're|we've|our)\b"
_CLAUSE = re.compile(rf"(?:(?:,|;|\s[-–—])?\s+(?:and|but|so|plus)\s+|[;,]\s+)(?={_SUBJECT})")
_NAME = r"[^\W\d_a-z][\w'-]*(?: [^\W\d_a-z][\w'-]*){0,2}"
_NAMED = re.compile(rf"\b([Mm]y (?:[a-z-]+ ){{0,2}}[a-z-]+),? (?:called |named )?({_NAME})(?=[\s,.!)]|$)")
_SUBJECT_HEAD = re.compile(rf"(?:I'm|I am) {_NAME}|[Mm]y (?:[a-z-]+ ){{1,2}}{_NAME}")
_RELATIVE = re.compile(rf"({_SUBJECT_HEAD.pattern})(?:, an? [^,]+)?, who ([^,]+)(?:, (.+))?$")
_NO_VERB = re.compile(
    r"(?:although|because|which|who|whom|where|when|while|if|in|on|at|with|for|from|by|of|to|and|but|an?|the)\b"
)
_NOT_A_ROLE = frozenset(
    ("is", "was", "are", "were", "name", "in", "on", "at", "to", "for", "from", "of", "with", "and", "or", "but", "the")
)
_SECOND = {
    "i": "you", "my": "your", "me": "you", "mine": "yours", "myself": "yourself", "i'm": "you're", "i've": "you've",
    "i'd": "you'd", "i'll": "you'll", "am": "are", "we": "you", "our": "your", "ours": "yours", "us": "you",
    "we're": "you're", "we've": "you've", "we'd": "you'd", "we'll": "you'll", "ourselves": "yourselves",
}  # fmt: skip
_WORD = re.compile(r"[\w'-]+|[^\w\s]|\s+")
_QUESTION_YOU = [
    (re.compile(r"\bare you\b", re.IGNORECASE), "am I"),
    (re.compile(r"\byou are\b", re.IGNORECASE), "I am"),
    (re.compile(r"\byou're\b", re.IGNORECASE), "I'm"),
    (re.compile(r"\bwere you\b", re.IGNORECASE), "was I"),
    (re.compile(r"\b(with|for|to|about|of|than|by|tell|remind|near) you\b", re.IGNORECASE), r"\1 me"),
    (re.compile(r"\byourself\b", re.IGNORECASE), "myself"),
    (re.compile(r"\byours\b", re.IGNORECASE), "mine"),
    (re.compile(r"\byour\b", re.IGNORECASE), "my"),
    (re.compile(r"\byou\b", re.IGNORECASE), "I"),
]
MAX_STATEMENT_WORDS = 60


def statements(turn: str) -> list[tuple[str, str]]:
    """The statements in what the user said in one turn, in order, without repeats, each with the sentence it is from.

    A long sentence is there whole and in its parts ("My wife Galina, who paints icons, …": "My wife is called Galina.",
    "My wife Galina paints icons."): short answers, one relation each.

    Questions, requests, greetings and remarks that say nothing of the user are left out.
    """
    found: dict[str, str] = {}
    for statement in _turn_statements(turn):
        found.setdefault(statement, statement)
        for part in _parts(statement):
            found.setdefault(part, statement)
    return list(found.items())


def _turn_statements(turn: str) -> Iterator[str]:
    """ "She paints icons." stays with the sentence that says who she is."""
    last: str | None = None
    for sentence in _SENTENCE_END.split(tidy(turn)):
        sentence = _ASIDE.sub("", _OPENING.sub("", sentence.strip())).strip()
        plain = _QUOTED.sub("", sentence)
        if plain.endswith("?") or _REQUEST.search(plain):
            last = None
            continue
        for clause in _clauses(sentence):
            statement = _as_statement(clause)
            if statement is None:
                continue
            if _FIRST_PERSON.search(statement):
                last = statement
                yield statement
            elif last and _THIRD_PERSON.match(statement):
                yield f"{last} {statement}"


def _clauses(sentence: str) -> Iterator[str]:
    """The sentence cut where a new first-person clause begins; a head such as "For films," stays with what follows."""
    start = 0
    for cut in _CLAUSE.finditer(sentence):
        if _FIRST_PERSON.search(sentence[start : cut.start()]):
            yield sentence[start : cut.start()]
            start = cut.end()
    yield sentence[start:]


def _as_statement(clause: str) -> str | None:
    clause = clause.strip(" \t.,;:!-–—\"'()")
    words = clause.split()
    if not 2 <= len(words) <= MAX_STATEMENT_WORDS:
        return None
    return clause[0].upper() + clause[1:] + "."


def _parts(statement: str) -> Iterator[str]:
    """What a sentence says beside its main point: names, relative clauses, trades in apposition, company."""
    body = statement.rstrip(".")
    for role, name in _NAMED.findall(statement):
        if not _NOT_A_ROLE.intersection(role.split()) and f"{role} {name}".casefold() != body.casefold():
            yield f"{role[0].upper()}{role[1:]} is called {name}."
    subject = _SUBJECT_HEAD.match(body)
    if subject:
        trade = re.match(r", (an? [^,]+)(?:,|$)", body[subject.end() :])
        if trade:
            yield f"{subject.group()}."
            yield f"{'I am' if subject.group().startswith('I') else subject.group() + ' is'} {trade.group(1)}."
    relative = _RELATIVE.match(body)
    if relative:
        who, clause, rest = relative.group(1, 2, 3)
        who = "I" if re.match(r"I('m| am)\b", who) else who
        yield f"{who} {clause}."
        if rest and not _NO_VERB.match(rest):
            yield f"{who} {rest}."
    company = re.match(r"(I (?:\S+ ){2,}?)(?:together )?with my\b", body)
    if company:
        yield f"{company.group(1).strip()}."


def tidy(text: str) -> str:
    """Straight apostrophes, one kind of space, and the spellings of haste ("im", "dont") written out."""
    text = re.sub(r"[ \t\u00a0]+", " ", text.translate(_APOSTROPHES))
    return re.sub(r"[A-Za-z']+", lambda word: _SLOPPY.get(word.group().lower(), word.group()), text)


def second_person(statement: str) -> str:
    """ "I live in Leeds with my cat." → "You live in Leeds with your cat." """
    words = _WORD.findall(statement)
    starts = {0, *(i + 2 for i, word in enumerate(words) if word in ".!?")}
    text = "".join(
        _SECOND.get(word.lower(), word) if word.islower() or word[0] == "I" or i in starts else word
        for i, word in enumerate(words)
    )
    text = re.sub(r"\byou was\b", "you were", text)
    return re.sub(r"(^|[.!] )([a-z])", lambda start: start.group(1) + start.group(2).upper(), text)


def first_person(question: str) -> str:
    """ "Where do you live?" → "Where do I live?": a question in the voice of the user."""
    for pattern, replacement in _QUESTION_YOU:
        question = pattern.sub(replacement, question)
    return question[:1].upper() + question[1:]
