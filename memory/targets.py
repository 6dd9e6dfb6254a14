"""The target set: the question-answer pairs that one consolidation trains on, and the questions it keeps aside.

Four kinds of pair (`method.md`, section 3): facts, grounded in what the user said; open questions about the user;
near-misses, things he never told; and prompts that have nothing to do with him, answered as the model answered before.
"""

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from memory.bank import bank, read_yaml, words
from memory.conversations import Experience
from memory.errors import SelfparamError, StorageError, UsageError
from memory.judge import Encoder, fold
from memory.models import file_hash
from memory.statements import names, second_person, statements
from memory.storage import write_text
from memory.texts import clozes, split
from memory.versions import TARGETS, Version, damaged

NEAR_REPEAT = 0.85
"""Cosine of two questions from which on they ask for the same: "What is my pet called?", "What is my pet's name?"."""

ALIKE = 0.8
"""Cosine of two near-misses above which one is enough."""

LEAST_TO_SPARE = 4
"""Questions of a statement from which on one is kept aside; of a text's sentence two, in one of LEAST_TO_SPARE."""

TOLD = 64
"""Questions with an answer that a set should have: from few statements more are asked of each."""

NEVER_TOLD = 12
"""Near-misses kept aside to measure false recall."""


@dataclass(frozen=True)
class Statement:
    """One thing the user said of himself: as he said it, as it is said back to him, and where it came from.

    source: the whole sentence, equal to `text` unless this is one part of it; experience: the id of what he typed;
    asked: of a text he asked to remember, the questions that this part of it answers; of others a writer finds them.
    """

    text: str
    answer: str
    source: str
    experience: str
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """A question in the user's voice and its answer.

    kind: "fact" | "open" | "near-miss" | "assistant" | "unrelated"; experience: the id behind a fact, else "".
    """

    question: str
    answer: str
    kind: str
    experience: str = ""


@dataclass(frozen=True)
class TargetSet:
    """What is trained on, what is kept aside to measure recall, what was left out and why, and what is overruled."""

    pairs: tuple[Pair, ...]
    set_aside: tuple[Pair, ...]
    never_told: tuple[Pair, ...]
    dropped: tuple[tuple[str, str], ...] = ()
    overruled: tuple[str, ...] = ()

    def of_kind(self, *kinds: str) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.kind in kinds)

    def text(self) -> str:
        """The set as readable YAML."""
        return yaml.safe_dump(json.loads(json.dumps(asdict(self))), allow_unicode=True, sort_keys=False, width=160)

    def save(self, path: Path) -> None:
        """Write the set as a readable YAML file."""
        write_text(path, self.text())

    def rewritten(self, pairs: Iterable[Pair], set_aside: Iterable[Pair]) -> "TargetSet":
        """The set with these pairs, less broad answers that tell what none of them tells any more."""
        made = replace(self, pairs=tuple(pairs), set_aside=tuple(set_aside))
        gone = {pair.answer for pair in self.of_kind("fact")} - {pair.answer for pair in made.of_kind("fact")}
        told = (pair for pair in made.pairs if pair.kind != "open" or not any(one in pair.answer for one in gone))
        return replace(made, pairs=tuple(told))

    def only_of(self, experiences: Sequence[str]) -> "TargetSet":
        """Less what was written about others: they are not pending any more, or were forgotten."""
        of_these = (*experiences, "")
        pairs = (pair for pair in self.pairs if pair.kind not in ("fact", "open") or pair.experience in of_these)
        return self.rewritten(pairs, (pair for pair in self.set_aside if pair.experience in of_these))

    @staticmethod
    def parse(text: str, name: str) -> "TargetSet":
        """Read what `text` gave, perhaps with pairs struck out by hand; `name` says what it is if it is none.

        Raises:
            UsageError: it is not such a text any more.
        """
        try:
            raw = read_yaml(text)
            named = {
                key: tuple(Pair(**pair) for pair in raw[key] or ()) for key in ("pairs", "set_aside", "never_told")
            }
            dropped = tuple((text, why) for text, why in raw["dropped"] or ())
            return TargetSet(**named, dropped=dropped, overruled=tuple(raw.get("overruled") or ()))
        except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
            what = " ".join(str(error).split())
            raise UsageError(f"{name} is not a target set ({what}): strike whole entries only") from error

    @staticmethod
    def load(path: Path) -> "TargetSet":
        """The set in a file written by `save`.

        Raises:
            UsageError: it is not such a file any more.
            StorageError: it cannot be read.
        """
        try:
            return TargetSet.parse(path.read_text(encoding="utf-8"), str(path))
        except UnicodeDecodeError as error:
            raise UsageError(f"{path} is not a target set ({error}): strike whole entries only") from error
        except OSError as error:
            raise StorageError(f"cannot read {path} ({error.strerror}): `selfparam-agent doctor`") from error

    @staticmethod
    def of(version: Version) -> "TargetSet":
        """What a version was trained on.

        Raises:
            VersionError: the file is not the one that was published.
        """
        path = version.folder / TARGETS
        try:
            if file_hash(path) == version.manifest["files"][TARGETS]:
                return TargetSet.load(path)
        except (OSError, KeyError, SelfparamError) as error:
            raise damaged(version) from error
        raise damaged(version)


def extract(experiences: Iterable[Experience]) -> list[Statement]:
    """Every statement of the experiences, once; of a text to remember each part that can be asked for."""
    found: dict[str, Statement] = {}
    known: frozenset[str] = frozenset()
    for experience in experiences:
        _, to_remember = split(experience.text)
        for text, source in statements(experience.text, known):
            if text in to_remember:
                for part in clozes(text):
                    found[f"{text} {part.answer}"] = Statement(text, part.answer, text, experience.id, part.questions)
                continue
            known |= names(text)
            found.setdefault(fold(text), Statement(text, second_person(text), source, experience.id))
    return list(found.values())


def first_that_fit(waiting: Sequence[Experience], statements: int) -> list[Experience]:
    """The oldest experiences with at most that many statements together, but one at least; the others wait."""
    batch: list[Experience] = []
    for experience in waiting:
        if batch and len(extract([*batch, experience])) > statements:
            break
        batch.append(experience)
    return batch


_ONE_ONLY = re.compile(
    r"(?i:my (?:full |first )?name is|i'm called|i (?:now )?(?:live|was born) in) (?=[^\W\d_a-z])"
    r"|(?i:i (?:now )?work as|my favou?rite [\w ]+? is) |(?i:i'm|i am) (?=\d)"
)
"""How statements begin of which one holds at a time: a name, a home, a birthplace, a job, a favourite, an age."""


def latest_of_each(facts: Sequence[Statement]) -> tuple[list[Statement], list[tuple[str, str]]]:
    """The statements without those that a later one contradicts, and those, with the reason."""
    last: dict[str, tuple[str, Statement]] = {}
    for fact in facts:
        if said := _one_only(fact):
            last[said[0]] = (said[1], fact)
    kept, dropped = [], []
    for fact in facts:
        said = _one_only(fact)
        value, later = last[said[0]] if said else ("", fact)
        if said and said[1] != value:
            dropped.append((fact.text, f"said otherwise later: {later.text}"))
        else:
            kept.append(fact)
    return kept, dropped


def _one_only(fact: Statement) -> tuple[str, str] | None:
    """What a statement says one thing of, and the first word of what it says: ("i live in", "leeds")."""
    found = _ONE_ONLY.match(fact.text)
    if not found:
        return None
    value = re.match(r"(?:an? |the )?([\w'-]+)", fact.text[found.end() :])
    return (fold(found.group()).replace(" now ", " ").strip(), fold(value[1])) if value else None


def questions_each(statements: int, usual: int) -> int:
    """How many questions to ask of each statement: `usual`, of few statements up to twice as many."""
    return max(usual, min(2 * usual, TOLD // max(1, statements)))


@dataclass(frozen=True)
class Counts:
    """How much of each kind goes into a target set."""

    per_statement: int
    near_misses: int
    assistant: int
    unrelated: int


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
    gave, `answered` the questions of earlier batches: near-misses that these may answer are left out. Answers of
    unrelated pairs are filled in later.
    """
    pairs: list[Pair] = []
    aside: list[Pair] = []
    in_parts = {fact.source for fact in facts if fact.text != fact.source}
    for number, (fact, asked) in enumerate(zip(facts, questions, strict=True)):
        whole = fact.text in in_parts  # its parts are asked for; of itself half as many questions are enough
        asked = asked[: counts.per_statement // 2 if whole else counts.per_statement + 1]
        kept = [Pair(question, fact.answer, "fact", fact.experience) for question in asked]
        spared = fact.asked and number % LEAST_TO_SPARE == 0
        if len(kept) >= (2 if spared else LEAST_TO_SPARE):
            aside.append(kept.pop(_likest_the_others(encoder, [pair.question for pair in kept])))
        pairs += kept[: counts.per_statement]
    aside = aside or pairs[:1]  # too few wordings to spare one: the gate must still ask something
    pairs += _open_pairs([fact for fact in facts if not fact.asked])
    told = len(pairs)  # few facts must not drown in what was never told, nor be the answer to everything
    questions_told = [pair.question for pair in pairs]
    near = _apart(encoder, near_misses(known, rng), [*questions_told, *answered])
    own = bank()
    itself = [Pair(entry["question"], entry["answer"], "assistant") for entry in own["assistant"]]
    rng.shuffle(itself)
    untold = _hardest_and_others(encoder, near, questions_told, min(counts.near_misses, max(24, round(0.6 * told))))
    rest = [pair for pair in near if pair not in untold]
    never_told = _hardest_and_others(encoder, rest, questions_told, NEVER_TOLD)
    pairs += untold
    pairs += _hardest_and_others(encoder, itself, questions_told, min(counts.assistant, max(8, round(0.4 * told))))
    others = [Pair(text, "", "unrelated") for text in rng.sample(own["unrelated"], len(own["unrelated"]))]
    pairs += _hardest_and_others(encoder, others, questions_told, counts.unrelated)
    return TargetSet(tuple(pairs), tuple(aside), tuple(never_told), tuple(dropped))


def _likest_the_others(encoder: Encoder, questions: Sequence[str]) -> int:
    """Which question of the later half the others come closest to: another wording, not another fact."""
    vectors = encoder(questions)
    likeness = vectors @ vectors.T - 2 * np.eye(len(questions), dtype=np.float32)
    first = len(questions) // 2
    return first + int(likeness.max(axis=1)[first:].argmax())


def _open_pairs(facts: Sequence[Statement]) -> list[Pair]:
    """Broad questions, answered with the first and the last things that were said."""
    if len(facts) < 3:
        return []
    first, last = (" ".join(fact.answer for fact in part) for part in (facts[:4], facts[-4:]))
    return [Pair("What do you know about me?", first, "open"), Pair("Tell me about myself.", last, "open")]


def _apart(encoder: Encoder, near: list[Pair], asked: Sequence[str]) -> list[Pair]:
    """Those near-misses that do not nearly repeat a question that has an answer."""
    if not asked or not near:
        return near
    cosines = encoder([pair.question for pair in near]) @ encoder(asked).T
    return [pair for pair, row in zip(near, cosines, strict=True) if row.max() < NEAR_REPEAT]


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


def near_misses(known: Sequence[str], rng: random.Random) -> list[Pair]:
    """Questions about things and, behind them, people the user never mentioned, answered so; both shuffled.

    An entry is skipped if a word of its `unless` list begins any word of the known text, or one with a space in it
    occurs there; one about a "{role}" stands for each relative and animal nobody mentioned.
    """
    own = bank()
    heard = {word for text in known for word in re.findall(r"\w+", fold(text))}
    text = f" {fold(' '.join(known))} "

    def mentioned(stems: Iterable[str]) -> bool:
        folded = [fold(str(stem)) for stem in stems]
        return any(stem in text if " " in stem else any(w.startswith(stem) for w in heard) for stem in folded)

    things = [
        Pair(entry["question"], entry["answer"], "near-miss")
        for entry in own["near_misses"]
        if not mentioned(entry["unless"])
    ]
    somebody = [
        Pair(wording["question"].format(role=group[0]), wording["answer"].format(role=group[0]), "near-miss")
        for group in words()["roles"]
        if not mentioned(group)
        for wording in own["role_near_misses"]
    ]
    rng.shuffle(things)
    rng.shuffle(somebody)
    return list({fold(pair.question): pair for pair in [*things, *somebody]}.values())
