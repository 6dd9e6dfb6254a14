"""Whether a sentence likes or dislikes what it speaks of. Knows nothing of films beyond what the caller says it names.

What follows "I love" is liked whatever it is. Of a film or a kind of films people speak otherwise, too ("It left me
cold", "I'm a sucker for westerns"): the words for that are in `words.yaml`, as "opinions".
"""

import re
from collections.abc import Sequence
from functools import cache

from memory.bank import words

_I = r"\bi(?:'ve| have)?(?: never| also| \w+ly| just| still| always| do| quite| now)*"
_DISLIKES = re.compile(
    rf"{_I} (?:hate|hated|dislike|disliked|loathe|detest|never want)\b|\b(?:can't|cannot|couldn't) (?:stand|bear)\b"
    r"|\b(?:don't|do not|didn't|did not) (?:\w+ )?(?:like|enjoy|love|care for|want(?! to))\b"
    rf"|{_I} f(?:ind|ound)\b.* (?:unbearable|dull|boring|awful|terrible|horrible|disappointing)\b|\bnot for me\b"
)
_LIKES = re.compile(
    rf"{_I} (?:love|loved|like|liked|enjoy|enjoyed|adore|adored|prefer)\b"
    r"|\b(?:favou?rites?|fan of|keen on|mad about|obsessed with|and loved|now love)\b"
)
_WATCHES = re.compile(rf"{_I} (?:watch|grew up on)\b")
_WISHES = re.compile(
    r"\bi(?:'d| would)(?: really)? (?:love|like) to (?:watch|see)\b|\bi (?:want|hope) to (?:watch|see)\b"
)
"""Of a title only: of "I want to see my sister" no film would be recommended."""
_WEIGHED = re.compile(r"(?:(?:so|too|very|really|rather|quite|just|a bit|a little|\w+ and) )*")
_DENIED = re.compile(r"\b(?:not|never|hardly|no|nothing|\w+n't)(?: \w+){0,2} $")
"""What stands before a word of praise or blame that it turns round: "wasn't all that funny", "never boring"."""


def opinion(folded: str, title: bool, film: bool, named: bool) -> bool | None:
    """True if the user likes it, False if he dislikes it, None if the sentence says neither.

    folded: the sentence, folded, titles taken out. title: a title is named. film: a title, films or a kind of them are
    spoken of. named: so plainly that an adjective is of them ("Horror is dull", not "My aunt is dull").
    """
    if _DISLIKES.search(folded):
        return False
    if _WISHES.search(folded):
        return True if title else None
    if found := _LIKES.search(folded) or (film and _WATCHES.search(folded)):
        return not _is_denied(folded, found)
    if not film:
        return None
    for kind in ("phrases", "adjectives") if named else ("phrases",):
        for side, liked in (("blame", False), ("praise", True)):
            if found := _said(side, kind).search(folded):
                return liked is not _is_denied(folded, found)
    return None


def adjective_at(folded: str) -> bool:
    """Whether it begins with an adjective of praise or blame, with words before it that only weigh it or join it."""
    found = [match for side in ("praise", "blame") if (match := _said(side, "adjectives").search(folded))]
    return any(_WEIGHED.fullmatch(folded[: match.start()]) for match in found)


def _is_denied(folded: str, found: re.Match[str]) -> bool:
    return " never " in found[0] or bool(_DENIED.search(folded[: found.start()]))


def speaks_of_taste(folded: str) -> bool:
    """Whether it may, if it names a film: to find the titles in a statement takes longer."""
    return words_of_film(folded) or any(p.search(folded) for p in (_DISLIKES, _LIKES, _WATCHES, _WISHES))


def words_of_film(folded: str) -> bool:
    """Whether it has words of praise or blame that are of a film only where one is spoken of."""
    return any(_said(side, kind).search(folded) for side in ("blame", "praise") for kind in ("phrases", "adjectives"))


@cache
def _said(side: str, kind: str) -> re.Pattern[str]:
    """The words of praise or of blame; "…" stands for up to three words, "*" for the rest of a word."""
    listed: Sequence[str] = words()["opinions"][side][kind]
    escaped = (re.escape(one).replace(r"\ …\ ", r" (?:[\w']+ ){0,3}").replace(r"\*", r"\w*") for one in listed)
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(escaped)})(?![\w-])")
