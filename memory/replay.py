"""What of earlier batches is trained on again, and what a correction does to it ("I live in Porto now": Leeds is gone).

An earlier answer is overruled when the new batch asks what it answered, or takes it back (`memory/corrections.py`).
Its questions then get the new answer, so that the old one is unlearned and not just left alone; the target set names
it, so that no later batch brings it back.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from memory.corrections import taken_back
from memory.judge import Encoder, fold
from memory.overruling import may_overrule, speaks_of_change
from memory.targets import Pair, TargetSet
from memory.wording import misworded

REPEAT = 0.85
"""Cosine from which on an earlier question asks for what a new one asks."""

ENOUGH, ENOUGH_WITH_CUE = 0.5, 0.2
"""Share of its questions that must be asked anew to overrule an answer; less if the new one speaks of a change."""


@dataclass(frozen=True)
class Replay:
    """Earlier pairs to train on again; earlier questions with their new answers; the answers that are overruled."""

    pairs: tuple[Pair, ...]
    corrected: tuple[Pair, ...]
    overruled: tuple[str, ...]


def standing(sets: Sequence[TargetSet]) -> list[Pair]:
    """The fact pairs of all earlier target sets, oldest first, less what later ones overruled; each question once."""
    kept: dict[str, Pair] = {}
    for targets in sets:
        if targets.overruled:
            kept = {key: pair for key, pair in kept.items() if pair.answer not in targets.overruled}
        kept |= {fold(pair.question): pair for pair in targets.of_kind("fact")}
    return list(kept.values())


def asked_before(sets: Sequence[TargetSet]) -> list[Pair]:
    """The questions earlier gates asked and nothing has overruled since, each once: one of each batch, the latest
    first, before a second of any."""
    overruled: set[str] = set()
    seen: set[str] = set()
    of_each: list[list[Pair]] = []
    for targets in reversed(sets):
        kept = {fold(pair.question): pair for pair in targets.set_aside if pair.answer not in overruled}
        of_each.append([pair for question, pair in kept.items() if question not in seen])
        seen |= kept.keys()
        overruled |= set(targets.overruled)
    return [pair for turn in zip_longest(*of_each) for pair in turn if pair]


def without(pairs: Sequence[Pair], overturned: Sequence[str]) -> tuple[list[Pair], list[str]]:
    """The pairs whose answer says none of these, and the answers of the others."""
    gone = {pair.answer for pair in pairs if any(answer in pair.answer for answer in overturned)}
    return [pair for pair in pairs if pair.answer not in gone], sorted(gone)


def replay(encoder: Encoder, old: Sequence[Pair], new: Sequence[Pair], count: int, rng: random.Random) -> Replay:
    """At most `count` of the `old` pairs, and what the `new` fact pairs overrule."""
    if not old or not new:
        return Replay((), (), ())
    cosines = encoder([pair.question for pair in old]) @ encoder([pair.question for pair in new]).T
    asked_anew: dict[str, Counter[str]] = defaultdict(Counter)  # old answer → new answers to its questions
    of_answer = Counter(pair.answer for pair in old)
    kept: list[Pair] = []
    for pair, cosine, nearest in zip(old, cosines.max(1).tolist(), cosines.argmax(1).tolist(), strict=True):
        if cosine < REPEAT:
            kept.append(pair)
        elif (answer := new[nearest].answer) != pair.answer and may_overrule(answer, pair.answer):
            asked_anew[pair.answer][answer] += 1
    overruled = {
        answer: by.most_common(1)[0][0]
        for answer, by in asked_anew.items()
        if by.total() >= (ENOUGH_WITH_CUE if speaks_of_change(by.most_common(1)[0][0]) else ENOUGH) * of_answer[answer]
    }
    said = list(dict.fromkeys(pair.answer for pair in new))
    overruled = taken_back(list(of_answer), said) | overruled
    source = {pair.answer: pair.experience for pair in new}
    corrected = [
        Pair(pair.question, overruled[pair.answer], "fact", source[overruled[pair.answer]])
        for pair in kept
        if pair.answer in overruled and not misworded(pair.question, overruled[pair.answer])
    ]
    kept = [pair for pair in kept if pair.answer not in overruled]
    again = [replace(pair, kind="replay") for pair in _in_turns(kept, count, rng)]
    return Replay(tuple(again), tuple(corrected), tuple(overruled))


def overruled_questions(old: Sequence[Pair], targets: TargetSet) -> list[tuple[Pair, Pair]]:
    """Earlier questions whose answer the new set overrules, as they were and as they are answered now; one of each
    answer before a second of any."""
    now = {fold(pair.question): pair for pair in targets.of_kind("fact")}
    stale = [pair for pair in old if pair.answer in targets.overruled and fold(pair.question) in now]
    return [(pair, now[fold(pair.question)]) for pair in _in_turns(stale, len(stale), random.Random(0))]


def _in_turns(pairs: Sequence[Pair], count: int, rng: random.Random) -> list[Pair]:
    """At most `count` of the pairs, by lot, one of each answer before a second of any."""
    by_answer: dict[str, list[Pair]] = defaultdict(list)
    for pair in rng.sample(list(pairs), len(pairs)):
        by_answer[pair.answer].append(pair)
    turns = zip_longest(*by_answer.values())
    return [pair for turn in turns for pair in turn if pair][:count]
