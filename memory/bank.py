"""What ships with the program: example statements with their questions, near-misses, held-out text; words for kin."""

import re
from collections import defaultdict
from functools import cache
from importlib import resources
from typing import Any

import yaml

from memory.judge import fold


@cache
def bank() -> dict[str, Any]:
    """The contents of `exemplars.yaml`."""
    return _read("exemplars.yaml")


@cache
def words() -> dict[str, Any]:
    """The contents of `words.yaml`: words for relatives and animals ("roles"), for "things", "classes", "nations"."""
    return _read("words.yaml")


def _read(name: str) -> dict[str, Any]:
    return dict(read_yaml(resources.files("memory").joinpath(name).read_text(encoding="utf-8")))


def read_yaml(text: str) -> Any:
    """What `yaml.safe_load` gives, several times as fast where libyaml was built in."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def kinds() -> dict[str, list[frozenset[str]]]:
    """Folded word for a relative, an animal or a kind of thing → the groups of words it stands with in the bank."""
    table: dict[str, list[frozenset[str]]] = defaultdict(list)
    breeds = [[kind, *names] for kind, names in words()["breeds"].items()]
    for group in [*words()["roles"], *words()["things"], *breeds]:
        members = frozenset(fold(word) for word in group)
        for word in members:
            table[word].append(members)
    return dict(table)


@cache
def somebody() -> frozenset[str]:
    """Words for relatives, friends and animals: of whom "she" may speak."""
    groups = [*words()["roles"], *words()["breeds"].values()]
    return frozenset(fold(word) for group in groups for word in group)


def kind_of(breed: str) -> str:
    """ "whippet" → "dog"; "" of what is no breed."""
    return next((str(kind) for kind, names in words()["breeds"].items() if fold(breed) in names), "")


def may_be(pronoun: str, role: str) -> bool:
    """Whether "he", "she" or "it" may be said of a relative or an animal."""
    if pronoun == "it":
        return bool(kind_of(role)) or fold(role) in words()["animals"]
    return fold(role) not in {fold(other) for other in words()["she" if pronoun == "he" else "he"]}


def roles_in(text: str) -> list[str]:
    """The words of `text` for relatives, friends and animals, as written, each once."""
    return list(dict.fromkeys(word for word in re.findall(r"[\w-]+", text) if fold(word) in somebody()))


_NOBODY_MEANT = re.compile(r"\bas (?:a )?child(?:ren)?\b|\bmother tongue\b|\b(?:did|have) (?:i|we) book(?:ed)?\b")


def stranger_role(question: str, said: set[str]) -> str:
    """A relative, animal or kind of thing that the question names and the (folded) words said do not; else ""."""
    said = said.union(thing for thing, others in words()["said_as"].items() if not said.isdisjoint(others))
    for word in re.findall(r"[\w-]+", _NOBODY_MEANT.sub("", fold(question))):
        groups = kinds().get(word, ())
        if groups and word not in said and not any(said & group for group in groups):
            return str(word)
    return ""
