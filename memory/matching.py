"""The titles that an answer in words names: by their normal form, then by edit distance, then by meaning.

What looks like a title and is none of the catalogue's is reported too: the paper scores with and without it.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.catalogue import Catalogue, normalised
from memory.judge import content_words

if TYPE_CHECKING:
    from memory.judge import Encoder

EDIT_RATIO = 0.88
"""Least `difflib` ratio of two normal forms that are one title misspelt."""

COSINE = 0.85
"""Least cosine of MiniLM at which a title in other words counts; from `examples/benchmarks/titles.py`."""

TELLING = 6
"""Letters from which on a word that begins a sentence may be a title: "Arrival is slow", but not "Heat the oven"."""

_QUOTED = re.compile(r"[\"“«„]([^\"”»“]{1,100})[\"”»“]|\*{1,2}([^*\n]{1,100})\*{1,2}")
_LISTED = re.compile(r"^[ \t]*(?:\d{1,3}[.)]|[-•*–])[ \t]+(.{1,140})$", re.MULTILINE)
_HEAD = re.compile(r"^(.+?)(?:\s+[-–—:]\s.*|:\s.*|\s+by\s.*|\s+\((?!(?:18|19|20)\d\d\)).*|[.;]\s.*)?$")
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*", re.UNICODE)
_NAMED = re.compile(r"[^\W\d_a-z][\w'’]*(?:[ :,&-]+(?:(?:of|the|a|an|and|in|on|to|for|at|from)\s+)*[^\W_a-z][\w'’]*)+")


@dataclass(frozen=True)
class Match:
    """What stands in the answer, and which title it is by which step: "name", "edit", "meaning"; "" for none."""

    said: str
    title: str
    step: str


def titles_by_name(text: str, catalogue: Catalogue) -> list[str]:
    """The titles that a text names in whole, in order, each once: `titles_in` without the steps that guess."""
    return list(dict.fromkeys(title for _, _, title in _by_name(text, catalogue, [*_marked(text)])))


def without_titles(text: str, catalogue: Catalogue) -> tuple[str, tuple[str, ...]]:
    """The text with the titles of several words that it names taken out, and all it names, as `titles_by_name`."""
    found = list(_by_name(text, catalogue, [*_marked(text)]))
    for start, said, _ in found:
        if " " in said:
            text = f"{text[:start]}{'_' * len(said)}{text[start + len(said) :]}"
    return text, tuple(dict.fromkeys(title for _, _, title in found))


def titles_in(answer: str, catalogue: Catalogue, encoder: "Encoder | None" = None) -> list[Match]:
    """The titles an answer names, in order, each once; without an encoder the step by meaning is left out.

    A title in running text has to begin with a capital or a digit, and one that is a plain word ("It", "Up") has to
    stand in the middle of a sentence; in quotes or as an entry of a list anything may be a title.
    """
    marked = [*_marked(answer)]
    found = {start: Match(said, title, "name") for start, said, title in _by_name(answer, catalogue, marked)}
    for start, said in marked:
        if not any(start <= at < start + len(said) for at in found):
            found[start] = _resolved(said, catalogue, encoder)
    for named in _NAMED.finditer(answer):
        near = [
            at for at in found if named.start() <= at < named.end() or at <= named.start() < at + len(found[at].said)
        ]
        if not near and (title := nearest_in_spelling(normalised(named[0]), catalogue)):
            found[named.start()] = Match(named[0], title, "edit")
    once: dict[str, Match] = {}
    for _, match in sorted(found.items()):
        once.setdefault(match.title or normalised(match.said), match)
    return list(once.values())


def _marked(answer: str) -> Iterator[tuple[int, str]]:
    """(place, text) of what is quoted or heads an entry of a list; of a quotation in an entry only the quotation."""
    quoted = [(m.start(m.lastindex or 1), (m[1] or m[2]).strip(" .,!")) for m in _QUOTED.finditer(answer)]
    yield from ((at, said) for at, said in quoted if normalised(said))
    for entry in _LISTED.finditer(answer):
        head = _HEAD.match(entry[1].strip())
        if head and normalised(head[1]) and not any(entry.start() <= at < entry.end() for at, _ in quoted):
            yield entry.start(1), head[1].strip(" .,*")


def _by_name(answer: str, catalogue: Catalogue, marked: list[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """(place, what is said, title) of whole titles, the longest first at each place, none inside another."""
    for start, said in marked:
        if title := catalogue.by_name.get(normalised(said)):
            yield start, said, title
    answer = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), answer)  # what is quoted is a title whole or not at all
    words = list(_WORD.finditer(answer))
    most = max((len(name.split()) for name in catalogue.by_name), default=0) + 2
    at = 0
    while at < len(words):
        for count in range(min(most, len(words) - at), 0, -1):
            said = answer[words[at].start() : words[at + count - 1].end()]
            title = catalogue.by_name.get(normalised(said))
            sequel = re.match(r" \d", answer[words[at + count - 1].end() :])
            if title and not sequel and _meant(said, answer[: words[at].start()]):
                yield words[at].start(), said, title
                at += count - 1
                break
        at += 1


def _meant(said: str, before: str) -> bool:
    """Whether words in running text are meant as a title: by capitals; one word also by its place in the sentence."""
    first, *others = said.split()
    if first[0].islower() or others:
        return len(others) > 1 or not (first[0].islower() or others[-1][0].islower())
    inside = re.search(r"[^\W_][,:;]? +$", before)
    return bool(inside) or (len(said) >= TELLING and bool(content_words(said)))


def _resolved(said: str, catalogue: Catalogue, encoder: "Encoder | None") -> Match:
    if title := nearest_in_spelling(normalised(said), catalogue):
        return Match(said, title, "edit")
    if encoder is not None:
        title, cosine = nearest_in_meaning(said, catalogue, encoder)
        if cosine >= COSINE:
            return Match(said, title, "meaning")
    return Match(said, "", "")


def nearest_in_spelling(name: str, catalogue: Catalogue) -> str:
    """The title whose normal form is nearest to `name`, "" if none is near; another number is another film."""
    near = difflib.get_close_matches(name, catalogue.by_name, n=3, cutoff=EDIT_RATIO)
    return next((catalogue.by_name[other] for other in near if _numbers(other) == _numbers(name)), "")


def nearest_in_meaning(said: str, catalogue: Catalogue, encoder: "Encoder") -> tuple[str, float]:
    """The title of the highest cosine, and that; 0 if it has other numbers."""
    likeness = encoder(catalogue.titles) @ encoder([said])[0]  # (titles,)
    title = catalogue.titles[int(likeness.argmax())]
    return title, float(likeness.max()) if _numbers(title) == _numbers(said) else 0.0


def _numbers(name: str) -> list[str]:
    return re.findall(r"\d+", name)
