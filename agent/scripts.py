"""Scripted demos: YAML files of sessions and probes (`design.md`, The script format), read strictly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from memory.catalogue import Catalogue, normalised, shipped
from memory.conversations import Experience
from memory.errors import UsageError
from memory.judge import contains_any
from memory.targets import extract
from memory.tastes import tastes_now

_LIKING = re.compile(r"\b(?:like[ds]?|love[ds]?|adored?|enjoy(?:ed)?|favou?rites?|prefer)\b")
_DISLIKING = re.compile(r"\b(?:hate[ds]?|dislike[ds]?|can't stand|(?:don't|didn't|never) (?:\w+ )?like|nightmares?)\b")


@dataclass(frozen=True)
class Probe:
    """A question asked in a fresh conversation after `session` consolidations; a hit has any `expect`, no `forbid`.

    recommends: both are titles of the script's catalogue.
    """

    ask: str
    expect: tuple[str, ...]
    forbid: tuple[str, ...]
    session: int
    recommends: bool = False

    def hit(self, answer: str) -> bool:
        return contains_any(answer, self.expect) and not contains_any(answer, self.forbid)


@dataclass(frozen=True)
class NeverTold:
    """A question whose answer was never told; an answer with any `forbid` is a false recall."""

    ask: str
    forbid: tuple[str, ...]

    def false_recall(self, answer: str) -> bool:
        return contains_any(answer, self.forbid)


@dataclass(frozen=True)
class Preferences:
    """Stated preferences, said back to the user ("You love musicals.")."""

    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """User turns by session, what is asked afterwards, and what was never told; for recommendations also of what."""

    name: str
    title: str
    sessions: tuple[tuple[str, ...], ...]
    probes: tuple[Probe, ...]
    never_told: tuple[NeverTold, ...]
    preferences: Preferences = Preferences()
    catalogue: Catalogue | None = None

    @property
    def foreign(self) -> tuple[str, ...]:
        """Titles that a probe wants and the catalogue lacks: rank can never give them."""
        wanted = [title for probe in self.probes if probe.recommends for title in probe.expect]
        names = self.catalogue.by_name if self.catalogue else {}
        return tuple(title for title in dict.fromkeys(wanted) if normalised(title) not in names)


def read_script(path: Path) -> Script:
    """The script in a file.

    Raises:
        UsageError: no such file, not YAML, or not of the format; the message names the place.
    """
    import yaml

    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: name a script file (see examples/memory)") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{path} is not YAML ({' '.join(str(error).split())[:120]}): mend it") from error
    if not isinstance(raw, dict):
        raise UsageError(f"{path}: a script has the keys sessions and probes (see examples/memory)")
    sessions = tuple(_texts(path, f"sessions[{i}]", turns) for i, turns in enumerate(_list(path, "sessions", raw)))
    if not sessions:
        raise UsageError(f"{path}: sessions is empty: give at least one list of user turns")
    probes = tuple(_probe(path, i, entry, len(sessions)) for i, entry in enumerate(_list(path, "probes", raw)))
    never = tuple(_never(path, i, entry) for i, entry in enumerate(_list(path, "never_told", raw, needed=False)))
    recommends = any(probe.recommends for probe in probes)
    return Script(
        path.stem, str(raw.get("title", path.stem)), sessions, probes, never, _preferences(path, raw, sessions),
        _catalogue(path, raw) if recommends else None,
    )  # fmt: skip


def _catalogue(path: Path, raw: dict[str, Any]) -> Catalogue:
    catalogue = Catalogue.of(_texts(path, "catalogue", raw["catalogue"])) if "catalogue" in raw else shipped()
    if not catalogue.titles:
        raise UsageError(f"{path}: catalogue is empty: list titles, or leave it out for the shipped films")
    return catalogue


def _preferences(path: Path, raw: dict[str, Any], sessions: Sequence[Sequence[str]]) -> Preferences:
    """Those that the script names; without the key, the statements of a recommendation script that speak of liking."""
    named = raw.get("preferences")
    if named is None:
        return _stated(sessions, _catalogue(path, raw)) if raw.get("kind") == "recommendation" else Preferences()
    if not isinstance(named, dict):
        raise UsageError(f"{path}: preferences has the keys likes and dislikes")
    return Preferences(*(_texts(path, f"preferences.{side}", named.get(side, [])) for side in ("likes", "dislikes")))


def _stated(sessions: Sequence[Sequence[str]], catalogue: Catalogue) -> Preferences:
    """Less those that a later one overturns."""
    turns = [Experience(str(number), text, "") for number, text in enumerate(chain.from_iterable(sessions))]
    facts = extract(turns)
    _, overturned = tastes_now(facts, (), catalogue)
    said = [fact.answer for fact in facts if fact.answer not in overturned]
    dislikes = tuple(text for text in said if _DISLIKING.search(text.casefold()))
    return Preferences(tuple(text for text in said if _LIKING.search(text) and text not in dislikes), dislikes)


def _probe(path: Path, number: int, entry: Any, sessions: int) -> Probe:
    where = f"probes[{number}]"
    ask = _ask(path, where, entry)
    expect = _texts(path, f"{where}.expect", entry.get("expect", entry.get("targets")))
    forbid = _texts(path, f"{where}.forbid", entry.get("forbid", entry.get("avoid", [])))
    session = entry.get("session", sessions)
    if not isinstance(session, int) or not 1 <= session <= sessions:
        raise UsageError(f"{path}: {where}.session must be a number from 1 to {sessions}")
    if not expect:
        raise UsageError(f"{path}: {where}.expect is empty: name what a right answer contains")
    return Probe(ask, expect, forbid, session, recommends="targets" in entry)


def _never(path: Path, number: int, entry: Any) -> NeverTold:
    where = f"never_told[{number}]"
    return NeverTold(_ask(path, where, entry), _texts(path, f"{where}.forbid", entry.get("forbid", [])))


def _ask(path: Path, where: str, entry: Any) -> str:
    if not isinstance(entry, dict) or not isinstance(entry.get("ask"), str) or not entry["ask"].strip():
        raise UsageError(f"{path}: {where} needs a question under ask")
    return str(entry["ask"])


def _list(path: Path, key: str, raw: dict[str, Any], needed: bool = True) -> list[Any]:
    value = raw.get(key, None if needed else [])
    if not isinstance(value, list):
        raise UsageError(f"{path}: {key} must be a list (see examples/memory)")
    return value


def _texts(path: Path, where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise UsageError(f"{path}: {where} must be a list of texts")
    return tuple(value)
