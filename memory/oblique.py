"""The same question in other words, or behind a circumstance: "The form wants my occupation. What goes there?".

People seldom ask in the words of a list, and what is trained in these alone is refused otherwise. Each comes from the
bank with the plain question that it stands for, and is asked of a statement where that one is.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from memory.bank import bank
from memory.carrying import carry_over
from memory.judge import Encoder, fold
from memory.question_generation import QuestionGenerator
from memory.targets import Statement
from memory.wording import asked_amiss

MOST = 8
"""So many of a statement at most; three times as many are looked at, twice as many checked."""

ANSWERED = 0.5
"""How likely a statement must answer one. Of some that nobody had seen the check finds .73 of 348 answered by their own
statement, and .19 of 309 by another on a like subject, some of them rightly."""

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
    alike: Sequence[Sequence[Sequence[Oblique]]],
    rng: random.Random,
    generator: QuestionGenerator | None = None,
    most: int = MOST,
) -> list[list[str]]:
    """For each statement questions in other words, for each thing asked one in turn; none is another statement's.

    chosen: what is asked of each plainly, of which the bank may have other wordings anywhere. alike: for each what
    the examples like it are asked. What the generator, where there is one, does not find answered is left out: "Whose
    is the second rucksack?" asks something of who walks with a friend, and nothing of who flies with one.
    """
    if most < 1:
        return [[] for _ in facts]
    taken = {_key(question) for questions in chosen for question in questions}
    found: list[list[str]] = []
    for fact, questions, near_ones in zip(facts, chosen, alike, strict=True):
        each = [*(_elsewhere(question, fact.text, rng) for question in questions), *near_ones]
        in_turn = [one for turn in zip_longest(*each) for one in turn if one]
        fit = {_key(one.question): one for one in in_turn if not asked_amiss(one.question, fact.text)}
        possible = [one for key, one in fit.items() if key not in taken][: 3 * most]
        near = [one.question for one in _as_near(encoder, possible, fact.text)][: 2 * most]
        likely = generator.answered(fact.text, near) if generator else [1.0] * len(near)
        found.append([asked for asked, p in zip(near, likely, strict=True) if p >= ANSWERED][:most])
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
