"""Which statement a question is asked of, where it could be asked of several. Knows nothing of who wrote it."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from memory.bank import roles_in
from memory.judge import Encoder, fold
from memory.targets import Statement
from memory.wording import misworded, names_in

SAME = 0.9
"""Cosine from which on two questions for the same thing of the same people are one: below it "What kind of snake do I
have?" is "What is my snake called?"."""

_ASKING = re.compile(r"\b(?:who|whose|where|when|why|how (?:old|many|much|long|often)|how)\b", re.IGNORECASE)
_OUR = re.compile(r"\bour\b", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """A question for statement number `owner`, before it is checked.

    rank: how near its example is; among statements that are offered one question, the highest keeps it; None where the
    sentence transformer is to say whose it is. excuse: the fault which the question it was carried over from has
    beside its own example; a person wrote it there, so it is none. answered: how likely its statement answers it, if
    that was looked at; generated: whether the generator wrote it.
    """

    owner: int
    question: str
    rank: float | None = None
    excuse: str = ""
    answered: float = 1.0
    generated: bool = False


def settle(encoder: Encoder, facts: Sequence[Statement], drafts: Sequence[Draft]) -> list[Draft]:
    """Each question once, for the statement that is likest the examples that ask it, taken together; and what asks
    nearly the same for no other statement: what a cat is called is asked of its name, not of all that it did.

    Of statements that it belongs to and that likely answer it, if there is one; of two alike the shorter. First come
    those that most examples agree on: the plain wordings.
    """
    votes = Counter((draft.owner, fold(draft.question)) for draft in drafts)
    likeness: dict[tuple[int, str], float] = defaultdict(float)
    for draft in drafts:
        likeness[draft.owner, fold(draft.question)] += draft.rank or 0.0
    best: dict[str, Draft] = {}

    def claim(draft: Draft) -> tuple[bool, float, float, int]:
        text = facts[draft.owner].text
        fits = misworded(draft.question, text) in ("", draft.excuse)
        return fits, round(draft.answered, 1), round(likeness[draft.owner, fold(draft.question)], 2), -len(text)

    for draft in drafts:
        key = fold(draft.question)
        if key not in best or claim(draft) > claim(best[key]):
            best[key] = draft
    settled = [draft for draft in drafts if best[fold(draft.question)] is draft]
    first = sorted(range(len(settled)), key=lambda number: claim(settled[number]), reverse=True)
    taken = _taken_before(encoder, settled, first)
    kept = [draft for draft, gone in zip(settled, taken, strict=True) if not gone]
    return sorted(kept, key=lambda draft: -votes[draft.owner, fold(draft.question)])


def _taken_before(encoder: Encoder, drafts: Sequence[Draft], order: Sequence[int]) -> list[bool]:
    """Of each draft whether one that comes before it in `order` asks nearly the same of another statement."""
    import numpy

    gone = [False] * len(drafts)
    groups: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)  # in order
    for number in order:
        groups[_asked_for(drafts[number].question)].append(number)
    for group in groups.values():
        vectors = encoder([_OUR.sub("my", drafts[number].question) for number in group])
        owners = numpy.array([drafts[number].owner for number in group])
        kept = numpy.ones(len(group), bool)
        for place, number in enumerate(group):
            others = kept[:place] & (owners[:place] != owners[place])
            gone[number] = bool((others & (vectors[:place] @ vectors[place] >= SAME)).any())
            kept[place] = not gone[number]
    return gone


def _asked_for(question: str) -> tuple[str, frozenset[str]]:
    """What kind of thing a question asks for, and of whom: "who", {"sister"}."""
    asking = _ASKING.search(question)
    return fold(asking[0]) if asking else "what", frozenset(map(fold, [*roles_in(question), *names_in(question)]))
