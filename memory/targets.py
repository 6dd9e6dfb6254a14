"""The target set: the question-answer pairs that one consolidation trains on, and the questions it keeps aside.

Four kinds of pair (`method.md`, section 3): facts, grounded in what the user said; open questions about the user;
near- and far-misses, things he never told; and prompts that have nothing to do with him, answered as the model
answered before.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from memory.bank import read_yaml
from memory.company import Company
from memory.conversations import Experience
from memory.corrections import taken_back
from memory.errors import SelfparamError, StorageError, UsageError
from memory.judge import fold
from memory.naming import is_naming, named_in
from memory.persons import second_person
from memory.spelling import MONTHS
from memory.statements import statements
from memory.storage import write_text
from memory.texts import clozes, split
from memory.versions import TARGETS, Version, damaged
from memory.wheels import file_hash

if TYPE_CHECKING:
    from memory.parser import Parse

NEAR_REPEAT = 0.85
"""Cosine of two questions from which on they ask for the same: "What is my pet called?", "What is my pet's name?"."""


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

    kind: "fact" | "open" | "near-miss" | "far-miss" | "assistant" | "replay"; a far-miss is trained in one epoch,
    all others in each. experience: the id behind a fact, else "".
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

    def left_out(self, said: Sequence[Statement]) -> dict[str, str]:
        """experience → why nothing of what it says is trained on; "" if no question could be written about it."""
        trained, why = {pair.experience for pair in self.pairs}, dict(self.dropped)
        broad = " ".join(pair.answer for pair in self.of_kind("open"))
        trained |= {one.experience for one in said if one.answer.rstrip(".") in broad}
        found: dict[str, str] = {}
        for one in said:
            if one.experience not in trained:
                found[one.experience] = found.get(one.experience) or why.get(one.text, "")
        return found

    def text(self) -> str:
        """The set as YAML that a person can read and strike from: a line an entry, each of them JSON."""
        lines: list[str] = []
        for name, entries in asdict(self).items():
            lines += [f"{name}:" if entries else f"{name}: []", *(f"- {_as_json(entry)}" for entry in entries)]
        return "\n".join(lines) + "\n"

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
            raw = _read(text)
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


_ODD = re.compile("[\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ufffe\\uffff\\ud800-\\udfff]")
"""What YAML does not take as it is inside quotes."""


def _as_json(entry: Any) -> str:
    """JSON that is YAML, too."""
    return _ODD.sub(lambda odd: f"\\u{ord(odd.group()):04x}", json.dumps(entry, ensure_ascii=False))


def _read(text: str) -> Any:
    """What `read_yaml` gives; many times as fast of lines as `TargetSet.text` writes them: a life has 80,000 pairs."""
    raw: dict[str, list[Any]] = {}
    entries: list[Any] = []
    for line in text.split("\n"):
        if line.startswith("- "):
            try:
                entries.append(json.loads(line[2:]))
            except ValueError:
                return read_yaml(text)
        elif found := re.fullmatch(r"(\w+):( \[\])?", line):
            entries = raw[found[1]] = []
        elif line:
            return read_yaml(text)
    return raw


def extract(
    experiences: Iterable[Experience], parse: "Parse | None" = None, known: frozenset[str] = frozenset()
) -> list[Statement]:
    """Every statement of the experiences, once; of a text to remember each part that can be asked for.

    parse: tells the clauses of long sentences apart (`memory/parser.py`); known: names that were told of before.
    """
    found: dict[str, Statement] = {}
    company, last = Company(), Experience("", "", "")
    for experience in experiences:
        goes_on = _follows(experience.id, last.id)
        company, before = (company.next_message(), last.text) if goes_on else (Company(), "")
        last = experience
        _, to_remember = split(experience.text)
        for text, source in statements(experience.text, known, parse, company, before):
            if text in to_remember:
                for part in clozes(text):
                    found[f"{text} {part.answer}"] = Statement(text, part.answer, text, experience.id, part.questions)
                continue
            known |= named_in([text])
            same = found.get(fold(text))
            if same and text == source and same.experience != experience.id:
                del found[fold(text)]  # said again in so many words: it stands where it was said last
            found.setdefault(fold(text), Statement(text, second_person(text), source, experience.id))
    return list(found.values())


def as_reviewed(facts: Sequence[Statement], targets: TargetSet) -> list[Statement]:
    """What a reviewed set teaches: of the statements those that are left, and what a person put in others' place."""
    said = {(fact.experience, fact.answer): fact for fact in facts}
    taught = dict.fromkeys((pair.experience, pair.answer) for pair in targets.of_kind("fact") if pair.experience)
    return [said.get(key, Statement(key[1], key[1], key[1], key[0])) for key in taught]


def _follows(experience: str, last: str) -> bool:
    """Whether one is the user's next message in a conversation, a reply between them or none."""
    (talk, _, number), (before, _, its) = experience.partition("/"), last.partition("/")
    return talk == before and number.isdigit() and its.isdigit() and 0 < int(number) - int(its) <= 2


def first_that_fit(waiting: Sequence[Experience], statements: int) -> list[Experience]:
    """The oldest experiences with at most that many statements together, but one at least; the others wait."""
    batch: list[Experience] = []
    for experience in waiting:
        if batch and len(extract([*batch, experience])) > statements:
            break
        batch.append(experience)
    return batch


_ONE_ONLY = re.compile(
    rf"(?i:my (?:full |first )?name is|i'm called|(?:i|we) (?:now )?live in|i was born in) (?!{MONTHS})"
    r"(?=[^\W\d_a-z]|[a-z]+\W*$)"
    r"|(?i:i (?:now )?work as|my favou?rite [\w ]+? is|my birthday is(?: on)?(?: the)?(?=[^.]*\d)) "
    r"|(?i:i'm|i am) (?=\d+(?: years old\b| now|,| and|\W*$))"
)
"""How statements begin of which one holds at a time: a name, a home, a birthplace, a job, a favourite, an age."""


def taken_apart(facts: Iterable[Statement]) -> set[str]:
    """The sentences of which a part is a statement, too; that names somebody in them says nothing else of theirs."""
    return {fact.source for fact in facts if fact.text != fact.source and not is_naming(fact.text)}


def latest_of_each(facts: Sequence[Statement]) -> tuple[list[Statement], list[tuple[str, str]]]:
    """The statements without those that one in a later message contradicts, and those, with the reason."""
    last: dict[str, tuple[str, Statement]] = {}
    for fact in facts:
        if said := _one_only(fact):
            last[said[0]] = (said[1], fact)
    overruled = _taken_back(facts)
    kept, dropped = [], []
    for fact in facts:
        said = _one_only(fact)
        value, later = last[said[0]] if said else ("", fact)
        if fact.answer in overruled:
            dropped.append((fact.text, f"said otherwise later: {overruled[fact.answer]}"))
        elif said and said[1] != value and fact.experience != later.experience:
            dropped.append((fact.text, f"said otherwise later: {later.text}"))
        else:
            kept.append(fact)
    return kept, dropped


def _taken_back(facts: Sequence[Statement]) -> dict[str, str]:
    """The answer of each statement that one in a later message takes back → that one."""
    found: dict[str, str] = {}
    for number, now in enumerate(facts):
        earlier = [fact.answer for fact in facts[:number] if fact.experience != now.experience]
        found |= dict.fromkeys(taken_back(earlier, [now.answer]), now.text)
    return found


def _one_only(fact: Statement) -> tuple[str, str] | None:
    """What a statement says one thing of, and the name or the first word of what it says: ("i live in", "leeds")."""
    found = _ONE_ONLY.match(fact.text)
    if not found:
        return None
    value = re.match(r"(?:an? |the )?([^\W\d_a-z][\w'-]*(?: [^\W\d_a-z][\w'-]*)*|[\w'-]+)", fact.text[found.end() :])
    head = fold(found.group()).replace(" now ", " ").replace("we live", "i live").strip()
    return (head, fold(value[1])) if value else None
