"""An example's question asked of another statement of its form: its words give way to those that stand there."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache

from memory.bank import roles_in, somebody
from memory.judge import content_words, fold
from memory.slots import base_form
from memory.wording import names_in

STEM = 4
"""Letters in which words of one stem agree: "retire", "retirement"; "weave", "weaving"."""
_KIN_NAMED = re.compile(r"^((?:My|Our) (?:[a-z-]+ )?[a-z-]+) [^\W\d_a-z][\w'-]+(?= [a-z])")
_BE = frozenset(("is", "are", "was", "were", "am", "done"))
_DOUBLED = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)


@cache
def of_whom(statement: str) -> re.Match[str] | None:
    """The relative, friend or animal that a statement begins with: role "best friend", name "Zoe" or None."""
    return _whose().match(statement)


@cache
def _whose() -> re.Pattern[str]:
    known = "|".join(sorted(map(re.escape, somebody()), key=len, reverse=True))
    role = rf"(?P<role>(?:[a-z-]+ ){{0,2}}?(?i:{known}))\b"
    return re.compile(rf"(?i:my|our) {role}(?: (?P<name>[^\W\d_a-z][\w'-]+)(?= [a-z]))?")


def carry_over(question: str, example: str, statement: str) -> str | None:
    """The example's question asked of our statement; None if it uses a word of the example that ours lacks."""
    in_haste = question[:1].islower()
    for old, new in _replacements(example, statement):
        question = re.sub(rf"\b{re.escape(old)}\b", lambda _, new=new: new, question)  # type: ignore[misc]
    asked, theirs, ours = ({w.removesuffix("s") for w in content_words(t)} for t in (question, example, statement))
    borrowed = {word for word in asked if word[:STEM] in {w[:STEM] for w in theirs} - {w[:STEM] for w in ours}}
    doubled = _DOUBLED.search(question)  # "my twin sister" of "my sister": "my sister sister"
    return None if borrowed or doubled else question if in_haste else question[:1].upper() + question[1:]


@cache
def _replacements(example: str, statement: str) -> tuple[tuple[str, str], ...]:
    """Where two sentences of one form differ: (("manager", "husband"), ("Dagny", "Olav")), longest first.

    Names give way to names and other words to other words, else nothing is replaced. The one relative and the one name
    of a sentence give way to those of the other wherever they stand.
    """
    if not (_KIN_NAMED.match(statement) and _KIN_NAMED.match(example)):
        statement, example = (_KIN_NAMED.sub(r"\1", text) for text in (statement, example))
    ours, theirs = (re.findall(r"[\w'-]+", text) for text in (statement, example))
    hasty = sloppy(ours)
    swaps: dict[str, str] = {}
    for kind, a, b, c, d in SequenceMatcher(None, [fold(w) for w in theirs], [fold(w) for w in ours]).get_opcodes():
        old, new = theirs[a:b], ours[c:d]
        if kind != "replace" or max(len(old), len(new)) > 3 or _BE.isdisjoint(old) != _BE.isdisjoint(new):
            continue  # "birthday is" is no "left knee"
        pairs = [(" ".join(old), " ".join(new)), *(zip(old, new, strict=True) if len(old) == len(new) else ())]
        swaps |= {x: y for x, y in pairs if hasty or len({w[0].isupper() for w in f"{x} {y}".split()}) == 1}
    swaps |= {base_form(x): base_form(y) for x, y in swaps.items() if x[-1:] == y[-1:] == "s" and " " not in x + y}
    for found in (roles_in, names_in):
        (old, new) = (found(text) for text in (example, statement))
        if len(old) == len(new) == 1:
            swaps[old[0]] = new[0]
    if (they := of_whom(example)) and (we := of_whom(statement)):
        swaps |= {old: new for old, new in zip(they.groups(), we.groups(), strict=True) if old and new}
    return tuple(sorted(((x, y) for x, y in swaps.items() if content_words(x)), key=lambda swap: -len(swap[0])))


def sloppy(words: Sequence[str]) -> bool:
    """Whether someone types without capitals, so that names cannot be told from other words."""
    return not any(word[:1].isupper() and not re.match(r"I\b", word) for word in words[1:])
