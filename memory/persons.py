"""A sentence in the other person: what the user said, said to him; a question to him, as he would ask it."""

import re
from collections.abc import Sequence

_SECOND = {
    "i": "you", "my": "your", "me": "you", "mine": "yours", "myself": "yourself", "i'm": "you're", "i've": "you've",
    "i'd": "you'd", "i'll": "you'll", "am": "are", "we": "you", "our": "your", "ours": "yours", "us": "you",
    "we're": "you're", "we've": "you've", "we'd": "you'd", "we'll": "you'll", "ourselves": "yourselves",
}  # fmt: skip
_WHOSE = ("of", "is", "isn't", "are", "was", "were", "be", "to", "than", "like", "as", "and", "with", "are", "not", "")
_COUNTED = ("war", "type", "part", "phase", "grade", "level", "volume", "chapter")
_WORD = re.compile(r"[\w'-]+|[^\w\s]|\s+")
_QUESTION_YOU = [
    (re.compile(r"\bare you\b", re.IGNORECASE), "am I"),
    (re.compile(r"\byou are\b", re.IGNORECASE), "I am"),
    (re.compile(r"\byou're\b", re.IGNORECASE), "I'm"),
    (re.compile(r"\bwere you\b", re.IGNORECASE), "was I"),
    (re.compile(r"\byou were\b", re.IGNORECASE), "I was"),
    (re.compile(r"\b(with|for|from|to|about|of|than|by|tell|remind|near) you\b", re.IGNORECASE), r"\1 me"),
    (re.compile(r"\byourself\b", re.IGNORECASE), "myself"),
    (re.compile(r"\byours\b", re.IGNORECASE), "mine"),
    (re.compile(r"\byour\b", re.IGNORECASE), "my"),
    (re.compile(r"\byou\b", re.IGNORECASE), "I"),
]


def second_person(statement: str) -> str:
    """ "I live in Leeds with my cat." → "You live in Leeds with your cat."; what is quoted stays as it was said."""
    return "".join(part if part.startswith('"') else _turned(part) for part in re.split(r'("[^"]*")', statement))


def _turned(statement: str) -> str:
    words = _WORD.findall(statement)
    starts = {0, *(i + 2 for i, word in enumerate(words) if word in ".!?")}
    text = "".join(
        _SECOND.get(word.lower(), word)
        if (word.islower() or word[0] == "I" or i in starts) and not _another(words, i)
        else word
        for i, word in enumerate(words)
    )
    text = re.sub(r"\byou ((?:never|always|also|really|once|still|just) )?was\b", r"you \1were", text)
    return re.sub(r"(^|(?<![ap]\.m)[.!] )([a-z])", lambda start: start.group(1) + start.group(2).upper(), text)


def _another(words: Sequence[str], at: int) -> bool:
    """Whether a word only looks like one for the user: "6 am", "a coal mine", "in the us", "World War I"."""
    word, before = words[at].lower(), words[at - 2].lower() if at > 1 else ""
    return (
        (word == "am" and before.isdigit())
        or (word == "mine" and before not in _WHOSE)
        or (word == "us" and before == "the")
        or (word == "i" and before in _COUNTED)
    )


def first_person(question: str) -> str:
    """ "Where do you live?" → "Where do I live?": a question in the voice of the user."""
    for pattern, replacement in _QUESTION_YOU:
        question = pattern.sub(replacement, question)
    return question[:1].upper() + question[1:]
