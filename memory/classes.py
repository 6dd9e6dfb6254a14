"""Whether a statement speaks of what a question asks for, by meaning: there is no food in "I play chess."."""

import re
from functools import cache

from memory.bank import words
from memory.judge import Encoder, content_words, fold

SPOKEN_OF = 0.4
"""Cosine to a class from which on a statement speaks of it."""

MARGIN = 0.12
"""How far a class may stay behind the likest and be spoken of all the same. With both, of the classes that the bank's
own questions name, 95 of 100 pass beside their statements, of those that they do not, 44 of 100."""

_SAID_OF_ALL = frozenset(
    """work live like love have get go play favourite favorite call think believe say remember know want never learn
    learning start started always enjoy""".split()  # noqa: SIM905  # readable
)
"""Words that say nothing of a class, yet are like one: "learning" like languages."""


def class_missed(encoder: Encoder, question: str, statement: str) -> str:
    """A class of things that the question names and the statement does not speak of, or ""."""
    asked = {name for word in re.findall(r"[\w-]+", fold(question)) for name in _named().get(word, ())}
    if "animal" in asked and _names_an_animal(statement):
        asked.remove("animal")
    if not asked:
        return ""
    names = list(words()["classes"])
    likeness = (encoder(_phrases(statement)) @ encoder(names).T).max(axis=0)
    least = min(SPOKEN_OF, likeness.max() - MARGIN)
    return next((name for name, cosine in zip(names, likeness, strict=True) if name in asked and cosine < least), "")


def _names_an_animal(statement: str) -> bool:
    """Whether a statement has a word for one: "My tortoise is called Pixel." is like a phone by meaning."""
    return any(fold(word).removesuffix("s") in words()["animals"] for word in re.findall(r"[\w-]+", statement))


@cache
def _named() -> dict[str, list[str]]:
    """Folded word → the classes it names."""
    table: dict[str, list[str]] = {}
    for name, members in words()["classes"].items():
        for word in members:
            table.setdefault(fold(word), []).append(name)
    return table


def _phrases(statement: str) -> list[str]:
    """The words of a statement that matter, and each two of them that stand side by side; else the whole."""
    said = re.findall(r"[\w'-]+", statement)
    matters = [bool(content_words(word)) and fold(word) not in _SAID_OF_ALL for word in said]
    one = [word for word, counts in zip(said, matters, strict=True) if counts]
    two = [f"{said[i]} {said[i + 1]}" for i in range(len(said) - 1) if matters[i] and matters[i + 1]]
    return [*one, *two] or [statement]
