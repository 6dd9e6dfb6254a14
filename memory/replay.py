"""What of earlier batches is trained on again, and what a correction does to it ("I live in Porto now": Leeds is gone).

An earlier answer is overruled when it reads as so no more (`memory/changes.py`); where nothing can read that, when the
new batch asks what it answered, or a rule finds it taken back (`memory/corrections.py`). Its questions then get the new
answers, so that the old one is unlearned and not just left alone; the target set names it, so that no later batch
brings it back.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import compress, zip_longest
from typing import Any

import numpy as np

from memory.changes import Changes, Said
from memory.corrections import taken_back
from memory.judge import Encoder, fold
from memory.overruling import may_overrule, speaks_of_change
from memory.persons import first_person
from memory.slots import asked_if_still
from memory.targets import Pair, TargetSet
from memory.wording import misworded

REPEAT = 0.85
"""Cosine from which on an earlier question asks for what a new one asks."""

ENOUGH, ENOUGH_WITH_CUE = 0.5, 0.2
"""Share of its questions that must be asked anew to overrule an answer; less if the new one speaks of a change."""

READ, ASKED = 24, 4
"""Earlier statements that each new one is read against; new ones that an overruled one's questions are put to."""

Cosines = np.ndarray[Any, Any]
"""(earlier pairs, others)."""
NOTHING = Said({}, {})


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


def replay(
    encoder: Encoder, old: Sequence[Pair], new: Sequence[Pair], count: int, rng: random.Random,
    changes: Changes | None = None, said: Said = NOTHING,
) -> Replay:  # fmt: skip
    """At most `count` of the `old` pairs, and what the `new` fact pairs overrule.

    said: what the changes are read from.
    """
    if not old or not (new or said.messages):
        return Replay((), (), ())
    asked = encoder([pair.question for pair in old])  # (old, H)
    cosines = asked @ encoder([pair.question for pair in new]).T if new else np.full((len(old), 1), -1.0)
    source = {**said.statements, **{pair.answer: pair.experience for pair in new}}
    overruled: dict[str, str] = {}
    instead: dict[str, list[str]] = {}  # what may be said to the questions of what is overruled
    if not changes:
        earlier = list(dict.fromkeys(pair.answer for pair in old))
        now_said = list(dict.fromkeys(pair.answer for pair in new))
        overruled = taken_back(earlier, now_said) | _asked_anew(old, new, cosines)
    elif said.read():
        likeness = _of_answers(old, said, asked @ encoder(list(said.read())).T)
        unsaid = {answer: likely for answer, likely in likeness.items() if answer not in source}  # or it is so again
        for answer, ending in changes.overruled(_to_read(unsaid)).items():
            behind = said.behind(ending)
            likely = changes.ended(answer, behind)
            overruled[answer] = ending if ending in said.statements else behind[likely.index(max(likely))]
            near = {text: like for text, like in likeness[answer].items() if text in said.statements}
            instead[answer] = list(
                dict.fromkeys([overruled[answer], *behind, *nlargest(ASKED, near, near.__getitem__)])
            )
            source = dict.fromkeys(behind, said.read()[ending]) | source
    kept = [pair for pair, cosine in zip(old, cosines.max(1).tolist(), strict=True) if cosine < REPEAT]
    corrected: list[Pair] = []
    for answer, now in overruled.items():
        questions = [pair.question for pair in kept if pair.answer == answer]
        if changes:
            answers = changes.answers(questions, instead[answer])
            corrected += [Pair(q, a, "fact", source[a]) for q, a in zip(questions, answers, strict=True)]
        else:
            corrected += [Pair(q, now, "fact", source[now]) for q in questions if not misworded(q, now)]
        corrected += [Pair(one, now, "fact", source[now]) for one in asked_if_still(first_person(answer))]
    kept = [pair for pair in kept if pair.answer not in overruled]
    again = [replace(pair, kind="replay") for pair in _in_turns(kept, count, rng)]
    return Replay(tuple(again), tuple(corrected), tuple(overruled))


def _asked_anew(old: Sequence[Pair], new: Sequence[Pair], cosines: Cosines) -> dict[str, str]:
    """Earlier answer → the one that most of its questions have now, of those the new batch asks and may overrule."""
    by_new: dict[str, Counter[str]] = defaultdict(Counter)
    of_answer = Counter(pair.answer for pair in old)
    for pair, cosine, nearest in zip(old, cosines.max(1).tolist(), cosines.argmax(1).tolist(), strict=True):
        answer = new[nearest].answer
        if cosine >= REPEAT and answer != pair.answer and may_overrule(answer, pair.answer):
            by_new[pair.answer][answer] += 1
    most = {answer: (by.most_common(1)[0][0], by.total() / of_answer[answer]) for answer, by in by_new.items()}
    return {
        answer: now
        for answer, (now, share) in most.items()
        if share >= (ENOUGH_WITH_CUE if speaks_of_change(now) else ENOUGH)
    }


def _of_answers(old: Sequence[Pair], said: Said, cosines: Cosines) -> dict[str, dict[str, float]]:
    """Earlier statement → what is said now → its largest cosine to a question of the earlier one.

    cosines: (old, said). The answers to what was read of a text ("In 1066.") are no statements.
    """
    stated = [pair.experience not in said.texts for pair in old]
    answers = [pair.answer for pair in compress(old, stated)]
    row = {answer: number for number, answer in enumerate(dict.fromkeys(answers))}
    best = np.full((len(row), cosines.shape[1]), -1.0)
    np.maximum.at(best, [row[answer] for answer in answers], cosines[stated])
    return {answer: dict(zip(said.read(), one, strict=True)) for answer, one in zip(row, best.tolist(), strict=True)}


def _to_read(likeness: Mapping[str, Mapping[str, float]]) -> dict[str, list[str]]:
    """Earlier statement → what it is read against: of each that is said now the READ likest are."""
    found: dict[str, list[str]] = defaultdict(list)
    for now in next(iter(likeness.values()), {}):
        of_now = {answer: likely[now] for answer, likely in likeness.items()}
        for answer in nlargest(READ, of_now, of_now.__getitem__):
            found[answer].append(now)
    return found


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
