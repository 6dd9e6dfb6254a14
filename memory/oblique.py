"""The same question in other words, or behind a circumstance: "The form wants my occupation. What goes there?".

People seldom ask in the words of a list, and what is trained in these alone is refused otherwise. Each comes from the
bank with the plain question that it stands for, and is asked of a statement where that one is.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from memory.bank import bank
from memory.carrying import carry_over
from memory.judge import Encoder, fold
from memory.targets import Statement
from memory.wording import asked_amiss

MOST = 8
"""So many of a statement at most, of half as many more that are looked at."""

ELSEWHERE = 6
"""Examples' wordings of one question that are looked at where other examples ask it, too."""

MARGIN = 0.15
"""Cosine by which one may be nearer to its own example than to the statement; beyond, it is about that one alone:
"Whose teeth do I look after?" asks a dentist for his job, and nobody else."""


@dataclass(frozen=True)
class Oblique:
    """question: as carried over to a statement; asked: as it stands beside its `example`."""

    question: str
    asked: str
    example: str


def in_other_words(asked: Sequence[str], example: str, statement: str) -> Iterator[Oblique]:
    """Those of an example's that can be asked of the statement by their words."""
    for one in asked:
        if question := carry_over(one, example, statement):
            yield Oblique(question, one, example)


def obliquely(
    encoder: Encoder,
    facts: Sequence[Statement],
    chosen: Sequence[Sequence[str]],
    alike: Mapping[tuple[int, str], Sequence[Oblique]],
    rng: random.Random,
) -> list[list[str]]:
    """For each statement its `chosen` questions in other words, each question's first in turn; none is another's.

    alike: (number of the statement, folded question) → what the examples have that the question was carried over from.
    """
    taken = {_key(question) for questions in chosen for question in questions}
    found: list[list[str]] = []
    for number, (fact, questions) in enumerate(zip(facts, chosen, strict=True)):
        each = [(*alike.get((number, fold(q)), ()), *_elsewhere(q, fact.text, rng)) for q in questions]
        in_turn = [one for turn in zip_longest(*each) for one in turn if one]
        fit = {_key(one.question): one for one in in_turn if not asked_amiss(one.question, fact.text)}
        possible = [one for key, one in fit.items() if key not in taken][: MOST * 3 // 2]
        found.append([one.question for one in _as_near(encoder, possible, fact.text)][:MOST])
        taken.update(map(_key, found[-1]))
    return found


def _key(question: str) -> str:
    return fold(question).strip("?. ")


def _elsewhere(question: str, statement: str, rng: random.Random) -> list[Oblique]:
    """Some of what asks the same in any example, in a random order."""
    others = [
        one
        for example, asked in _in_the_bank().get(fold(question), ())
        for one in in_other_words([asked], example, statement)
    ]
    return rng.sample(others, min(len(others), ELSEWHERE))


def _as_near(encoder: Encoder, oblique: Sequence[Oblique], statement: str) -> Iterator[Oblique]:
    """Those that are about as near to the statement as to their own example."""
    if oblique:
        there = (encoder([one.asked for one in oblique]) * encoder([one.example for one in oblique])).sum(axis=1)
        here = encoder([one.question for one in oblique]) @ encoder([statement])[0]
        yield from (one for one, near in zip(oblique, here > there - MARGIN, strict=True) if near)


@cache
def _in_the_bank() -> dict[str, list[tuple[str, str]]]:
    """Folded plain question → (example, the same in other words)."""
    table: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in bank()["facts"]:
        for number, oblique in entry.get("obliquely", {}).items():
            table[fold(entry["questions"][number])] += [(entry["statement"], question) for question in oblique]
    return dict(table)
