"""Putting a target set together: which questions are trained, which are kept aside, and what was never told.

A model that is told two things answers everything with them. So beside the facts stand near-misses, like what was
told and never told, and far-misses, like nothing that was told: a few of these an epoch, each time others, since what
counts is how many ways of asking are answered with "you haven't told me", not how often one of them is.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from memory.bank import bank, kind_of, kinds, stranger_role, words
from memory.judge import Encoder, fold
from memory.naming import names
from memory.persons import second_person
from memory.targets import NEAR_REPEAT, Pair, Statement, TargetSet, taken_apart
from memory.wording import embedded, in_haste, rewordings

LEAST_TO_SPARE = 4
"""Questions of a statement from which on one is kept aside; of a text's sentence two, in one of LEAST_TO_SPARE."""

ALIKE = 0.8
"""Cosine of two near-misses above which one is enough."""

TOLD = 32
"""Questions with an answer that a set should have: from few statements more are asked of each."""

NEAR_MISSES_EACH, NEAR_MISSES_MOST = 4, 3
"""So many near-misses of an epoch for each statement where that is more than the usual number, at most so many times
that: else the more is told the less is refused."""

IN_HASTE = 5
"""One in so many questions, of what was told and of what was not, is trained as it is typed in haste."""

NEVER_TOLD = 12
"""Near-misses kept aside to measure false recall."""

STRANGERS = 12
"""People by name of whom it may be asked, and how many such questions stand among those about things."""

ASKED_OTHERWISE = 4
"""One in so many near-misses is asked in a form of those in which what was told is asked again."""

OBLIQUELY = 4
"""One in so many near-misses is asked obliquely, of what was told one in three: so asked it must not be refused."""

ASKED_BACK = 3
"""One in so many questions to the assistant itself is asked back: "And you, where do you live?"."""

FAR = 0.6
"""Cosine to a question that has an answer below which all wordings of a far-miss lie."""

FAR_STATEMENT = 0.3
"""The same of the statement that would answer it to what was said now: "I'm a welder." to "I bind books." has 0.4."""

Untold = tuple[Pair, tuple[Pair, ...]]
"""A near-miss, and what asks the same obliquely."""

_NAMELESS = re.compile(r"(?!Tell)[^ ]+(?: (?:I\b|[^A-Z])[^ ]*)+$")
_ASKED_BACK = ("And you, {asked}", "What about you, {asked}")
NOT_TOLD = "You haven't told me {clause}."
"""What was never told has one answer: of several beginnings each is less probable than a fact's, and that is said."""


def questions_each(statements: int, usual: int) -> int:
    """How many questions to ask of each statement in an epoch: `usual`, of few statements up to twice as many."""
    return max(usual, min(2 * usual, TOLD // max(1, statements)))


def questions_written(statements: int, usual: int, wordings: int) -> int:
    """How many to write of each: where they are trained in turns, `wordings` times the usual number."""
    return max(questions_each(statements, usual), wordings * usual)


def near_misses_an_epoch(usual: int, statements: int, told: int) -> int:
    """How many questions on things never told go into an epoch. told: questions that have an answer."""
    return min(max(usual, min(NEAR_MISSES_EACH * statements, NEAR_MISSES_MOST * usual)), max(24, round(0.6 * told)))


@dataclass(frozen=True)
class Counts:
    """How much of each kind goes into a target set; of near-misses so many times those of an epoch."""

    per_statement: int
    near_misses: int
    near_miss_rest: int
    far_misses: int
    assistant: int


def assemble(
    facts: Sequence[Statement],
    questions: Sequence[Sequence[str]],
    counts: Counts,
    encoder: Encoder,
    known: Sequence[str],
    rng: random.Random,
    dropped: Sequence[tuple[str, str]] = (),
    answered: Sequence[str] = (),
) -> TargetSet:
    """Put the set together from the statements and the questions a writer found for each, best first.

    One question per statement is kept aside when it has at least LEAST_TO_SPARE. `known` is all text the user ever
    gave, `answered` the questions of earlier batches: near-misses that these may answer are left out.
    """
    pairs: list[Pair] = []
    aside: list[Pair] = []
    in_parts = taken_apart(facts)
    for number, (fact, asked) in enumerate(zip(facts, questions, strict=True)):
        whole = fact.text in in_parts  # its parts are asked for; of itself half as many questions are enough
        asked = asked[: counts.per_statement // 2 if whole else counts.per_statement + 1]
        kept = [Pair(question, fact.answer, "fact", fact.experience) for question in asked]
        spared = fact.asked and number % LEAST_TO_SPARE == 0
        if len(kept) >= (2 if spared else LEAST_TO_SPARE):
            aside.append(kept.pop(_likest_the_others(encoder, [pair.question for pair in kept])))
        kept += _asked_otherwise(kept, {fold(pair.question) for pair in (*kept, *aside)}, number)
        pairs += kept[: counts.per_statement // 2 if whole else counts.per_statement]
    aside = aside or pairs[:1]  # too few wordings to spare one: the gate must still ask something
    pairs += _open_pairs([fact for fact in facts if not fact.asked])
    told = len(pairs)  # few facts must not drown in what was never told, nor be the answer to everything
    questions_told = [pair.question for pair in pairs]
    obliquely = near_misses(known, rng)
    near = _apart(encoder, list(obliquely), [*questions_told, *answered])
    own = bank()
    itself = [Pair(entry["question"], entry["answer"], "assistant") for entry in own["assistant"]]
    rng.shuffle(itself)
    an_epoch = near_misses_an_epoch(counts.near_misses, len(facts), told)
    untold = _hardest_and_others(encoder, near, questions_told, counts.near_miss_rest * an_epoch)
    rest = [pair for pair in near if pair not in untold]
    untold = [_reworded(pair, obliquely[pair], i) for i, pair in enumerate(untold)]
    never_told = _hardest_and_others(encoder, rest, questions_told, NEVER_TOLD)
    pairs += untold
    pairs += far_misses(encoder, facts, [*questions_told, *answered], counts.far_misses, rng)
    pairs = [_typed(pair, i) for i, pair in enumerate(pairs, start=1)]
    of_itself = _hardest_and_others(encoder, itself, questions_told, min(counts.assistant, max(8, round(0.4 * told))))
    pairs += [_typed(_and_you(pair, i), i) for i, pair in enumerate(of_itself)]
    return TargetSet(tuple(pairs), tuple(aside), tuple(never_told), tuple(dropped))


def _likest_the_others(encoder: Encoder, questions: Sequence[str]) -> int:
    """Which question of the later half the others come closest to: another wording, not another fact."""
    vectors = encoder(questions)
    likeness = vectors @ vectors.T - 2 * np.eye(len(questions), dtype=np.float32)
    first = len(questions) // 2
    return first + int(likeness.max(axis=1)[first:].argmax())


def _asked_otherwise(pairs: Sequence[Pair], taken: set[str], number: int) -> list[Pair]:
    """The pairs once more, in other forms that are not taken (folded questions)."""
    forms = [replace(pair, question=q) for i, pair in enumerate(pairs) for q in rewordings(pair.question, number + i)]
    return list({fold(pair.question): pair for pair in forms if fold(pair.question) not in taken}.values())


def _typed(pair: Pair, number: int) -> Pair:
    """The pair as it is typed in haste, if it is its turn."""
    return replace(pair, question=in_haste(pair.question)) if number % IN_HASTE == 0 else pair


def _and_you(pair: Pair, number: int) -> Pair:
    """The pair as it is asked back, if it is its turn: "And you, where do you live?"."""
    asked = pair.question[0].lower() + pair.question[1:]
    opening = _ASKED_BACK[number // ASKED_BACK % len(_ASKED_BACK)]
    return replace(pair, question=opening.format(asked=asked)) if number % ASKED_BACK == 1 else pair


def _reworded(pair: Pair, obliquely: Sequence[Pair], number: int) -> Pair:
    """The pair behind an opening or obliquely, if it can be put so and it is its turn."""
    if number % OBLIQUELY == 1 and obliquely:
        return obliquely[number // OBLIQUELY % len(obliquely)]
    if number % ASKED_OTHERWISE:
        return pair
    *_, question = pair.question, *rewordings(pair.question, number // ASKED_OTHERWISE)
    return replace(pair, question=question)


def _open_pairs(facts: Sequence[Statement]) -> list[Pair]:
    """Broad questions, answered with the first and the last things that were said."""
    if len(facts) < 3:
        return []
    first, last = (" ".join(fact.answer for fact in part) for part in (facts[:4], facts[-4:]))
    return [Pair("What do you know about me?", first, "open"), Pair("Tell me about myself.", last, "open")]


def _apart(encoder: Encoder, near: list[Pair], asked: Sequence[str]) -> list[Pair]:
    """Those near-misses that do not nearly repeat a question that has an answer, or name somebody whom none names.

    Of a dog, where only a cat has a name, it is the hardest: "What is my pet called?" reads nearly the same.
    """
    if not asked or not near:
        return near
    cosines = encoder([pair.question for pair in near]) @ encoder(asked).T
    named = {word for question in asked for word in re.findall(r"[\w-]+", fold(question))}
    return [
        pair
        for pair, row in zip(near, cosines, strict=True)
        if row.max() < NEAR_REPEAT or stranger_role(pair.question, named)
    ]


def _hardest_and_others(encoder: Encoder, near: list[Pair], asked: Sequence[str], count: int) -> list[Pair]:
    """Two thirds of them those most like a question that has an answer, for they are confused; the rest as they come.

    Of the hardest no two ask nearly the same: to know a sister from a daughter says nothing of a son.
    """
    if not asked or not near:
        return near[:count]
    vectors = encoder([pair.question for pair in near])
    likeness = (vectors @ encoder(asked).T).max(axis=1)
    chosen: list[int] = []
    for i in map(int, likeness.argsort()[::-1]):
        if len(chosen) < round(count * 2 / 3) and not any(vectors[i] @ vectors[j] > ALIKE for j in chosen):
            chosen.append(i)
    others = [i for i in range(len(near)) if i not in chosen][: max(0, count - len(chosen))]
    return [near[i] for i in [*chosen, *others]]


def near_misses(known: Sequence[str], rng: random.Random) -> dict[Pair, tuple[Pair, ...]]:
    """Questions about things and, behind them, people the user never mentioned, answered so; both shuffled.

    Each with what asks the same obliquely.

    An entry is skipped if a word of its `unless` list begins any word of the known text, or one with a space in it
    occurs there; one about a "{role}" stands for each relative and animal nobody mentioned, one about a "{name}" for
    some strangers, one about "{who}" for whoever was mentioned without a word of that. A few strangers are among the
    things: of those a random share is trained.
    """
    own = bank()
    heard = {word for text in known for word in re.findall(r"\w+", fold(text))}
    heard |= {kind for said in heard if (kind := kind_of(said))}
    text = f" {fold(' '.join(known))} "

    def mentioned(stems: Iterable[str]) -> bool:
        folded = [fold(str(stem)) for stem in stems]
        return any(stem in text if " " in stem else any(w.startswith(stem) for w in heard) for stem in folded)

    things = [_untold(entry) for entry in own["near_misses"] if not mentioned(entry["unless"])]

    def each(wordings: str, **who: str) -> list[Untold]:
        return [_untold(entry, **who) for entry in own[wordings]]

    kin = {word for said in heard for group in kinds().get(said, ()) for word in group}  # whose child a daughter is
    strange = [group[0] for group in words()["roles"] if not mentioned(group) and fold(group[0]) not in kin]
    somebody = [pair for role in strange for pair in each("role_near_misses", role=role)]
    somebody += _untold_of_the_told(known)
    unknown = [name for group in words()["names"] for name in group if not mentioned([name])]
    strangers = [
        untold
        for name in rng.sample(unknown, min(STRANGERS, len(unknown)))
        for untold in each("name_near_misses", name=name)
    ]
    rng.shuffle(strangers)
    things += strangers[:STRANGERS]
    somebody += strangers[STRANGERS:]
    rng.shuffle(things)
    rng.shuffle(somebody)
    return dict({fold(pair.question): (pair, others) for pair, others in [*things, *somebody]}.values())


def _untold(entry: dict[str, Any], **who: str) -> Untold:
    """The bank's near-miss, asked of whom; a question says "my" and an answer "your"."""

    def pair(asked: dict[str, str]) -> Pair:
        answer = asked["answer"].format(**{key: re.sub(r"^my\b", "your", value) for key, value in who.items()})
        return Pair(asked["question"].format(**who), answer, "near-miss")

    return pair(entry), tuple(pair(other) for other in entry.get("obliquely", ()))


def _untold_of_the_told(known: Sequence[str]) -> list[Untold]:
    """Of relatives, animals and people by name who were mentioned, what was not: in no text that speaks of them."""
    heard = [set(re.findall(r"\w+", fold(text))) for text in known]
    where: dict[str, list[int]] = defaultdict(list)
    for number, said in enumerate(heard):
        for word in said:
            where[word].append(number)

    def about(them: Iterable[str]) -> set[int]:
        return {number for word in them for number in where.get(word, ())}

    pairs: list[Untold] = []
    for group in ({fold(word) for word in group} for group in words()["roles"]):
        called = sorted({name for number in about(group) for name in names(known[number])})
        theirs = group.union(*(fold(name).split() for name in called))
        spoken = {word for number in about(theirs) for word in heard[number]}
        asked = [e for e in bank()["told_near_misses"] if not any(w.startswith(tuple(e["unless"])) for w in spoken)]
        one = sorted(role for role in group & where.keys() if not role.endswith("s") and role != "children")
        pairs += [_untold(entry, who=who) for who in [*(f"my {role}" for role in one), *called] for entry in asked]
    return pairs


def nameless(questions: Iterable[str]) -> list[str]:
    """Those that name nobody and nowhere, which everybody may ask of himself."""
    return [question for question in questions if _NAMELESS.match(question)]


def far_misses(
    encoder: Encoder, facts: Sequence[Statement], asked: Sequence[str], count: int, rng: random.Random
) -> list[Pair]:
    """At most `count` questions of the bank's statements on things like nothing that was told, one of each statement.

    A statement is left out if it is like one of the facts, or if any of its questions is like one that has an answer.
    """
    entries = rng.sample(bank()["facts"], min(len(bank()["facts"]), 2 * count))
    if not entries or not facts:
        return []
    alike = (encoder([entry["statement"] for entry in entries]) @ encoder([fact.text for fact in facts]).T).max(axis=1)
    found: list[Pair] = []
    for entry, likeness in zip(entries, alike, strict=True):
        taken = {pair.question for pair in found}
        possible = [question for question in nameless(entry["questions"]) if question not in taken]
        if len(found) == count or likeness >= FAR_STATEMENT or not possible:
            continue
        if asked and (encoder(entry["questions"]) @ encoder(asked).T).max() >= FAR:
            continue
        question = rng.choice(possible)
        clause = second_person(embedded(question)) or "that"
        answer = NOT_TOLD.format(clause=clause[0].lower() + clause[1:])
        found.append(Pair(question, answer, "far-miss"))
    return found
