"""What a statement takes back without saying what is so instead: a thing sold, a habit given up, a home, a day moved.

"You've sold the Hilux." answers none of the questions that "You drive an old Hilux." does, and yet that is so no more.
Rules of English over answers; knows nothing of questions.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from memory.bank import roles_in, words
from memory.judge import fold, stems
from memory.spelling import MONTHS

_WHAT = r"(?P<what>[\w'-]+(?: [\w'-]+)?)"
_GONE = (
    re.compile(  # a thing
        r"you(?:'ve| have| had to)?(?: just| finally| now)? (?:sold|sell|got rid of|gave away|given away|give away"
        rf"|scrapped|traded in|written off|wrote off|returned) (?:your|the) {_WHAT}",
        re.IGNORECASE,
    ),
    re.compile(  # a habit
        r"you(?:'ve| have| had to)?(?: just| finally| now)? (?:quit|gave up|given up|give up|dropped out of|stopped"
        rf"|stop|retired from)(?: being| doing| playing| going to)? (?:(?:your|the|an?) )?{_WHAT}",
        re.IGNORECASE,
    ),
    re.compile(rf"you(?:'re| are) (?:not|no longer) (?:an?|the) {_WHAT}", re.IGNORECASE),
    re.compile(
        r"you(?:'re| are) (?:not|no longer) (?P<what>[\w-]+)(?= any ?more| any longer| now|[.!]|$)", re.IGNORECASE
    ),
    re.compile(
        r"you (?:no longer (?:have|own|do|play|drive|ride|keep)|don't (?:have|own|do|play|drive|ride|keep)"
        rf"(?=.*\b(?:any ?more|any longer|now)\b)) (?:(?:your|the|an?|any) )?{_WHAT}",
        re.IGNORECASE,
    ),
    re.compile(
        r"your (?P<what>[\w'-]+)(?: (?P<name>(?-i:[^\W\d_a-z])[\w'-]+))? (?:has |have |was )?"
        r"(?:died|passed away|stolen)\b",
        re.IGNORECASE,
    ),
)
_DEAD = re.compile(r"\b(?:died|passed away)\b")
_OWN = re.compile(
    r"you(?:'re|'ve got| are| have| own| drive| ride| play| keep| do| go| sing| live with| work as| get around on)"
    r"((?: [\w'-]+){1,4})",
    re.IGNORECASE,
)
"""What somebody is, has or does, in the next few words."""
_IN_ITS_PLACE = re.compile(
    r"you(?:'ve| have)?(?: now)? (?:got|bought|have|own|drive|ride|play|moved to|live in)\b|you(?:'re| are) .*\bnow\b",
    re.IGNORECASE,
)
_NAME = r"(?-i:[^\W\d_a-z])[\w'-]+(?: (?-i:[^\W\d_a-z])[\w'-]+){0,2}"
_LONG_AGO = (
    r"(?!.*\b(?:as an?|when|aged?|at (?:the age|\d)|years? old|years ago|before|first|then|back in|in the"
    r"|(?:19|20)\d\ds?|as (?:kids|children|teenagers)|(?:my|your) parents)\b)"
)
_LATELY = r"(?: just| now| recently| finally)?"
_MOVED = re.compile(
    rf"you(?P<now>'ve| have)?{_LATELY} (?:moved|relocated)(?: \w+)? to "
    rf"(?P<place>{_NAME})(?(now)|{_LONG_AGO})"
    rf"|you(?:'ve| have)?{_LATELY} left (?P<old>{_NAME}) for (?P<new>{_NAME})"
    r"|(?:you(?:'re| are)?(?P<by_now> now)? (?:live|living|based) in|your (?:new )?home is(?: now)? in) "
    rf"(?P<here>{_NAME})(?(by_now)|(?=.*\b(?:now|these days)\b))",
    re.IGNORECASE,
)
""" "You moved to Spain as a child" takes back nothing."""
_LEFT = re.compile(
    r"you (?:no longer live|don't live(?=.*\b(?:any ?more|any longer|now)\b)|(?:have )?moved(?: away)?(?: out)?) "
    rf"(?:in|from|out of) (?P<place>{_NAME})",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"(?:you(?:'re| are)?(?: and your [\w' -]+)? (?:both )?(?:live|living|based) in|your home is in) "
    rf"(?P<place>{_NAME})",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:now|moved|no longer|any ?more|instead|these days|nowadays|chang\w+|actually)\b", re.IGNORECASE
)
_TIMES = (
    re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b", re.IGNORECASE),
    re.compile(rf"\b(?:{MONTHS})\b"),
)
_COLOURS = frozenset(
    "black white red blue green yellow orange purple pink brown grey gray silver gold beige".split()  # noqa: SIM905
)
_NO_THING = frozenset("now new old last week month year day time ago still just also".split())  # noqa: SIM905  # words


def taken_back(earlier: Sequence[str], said: Sequence[str]) -> dict[str, str]:
    """Earlier answer → the one that takes its place, of those that what is said now, in its order, takes back."""
    found: dict[str, str] = {}
    for number, now in enumerate(said):
        gone = next((match for pattern in _GONE if (match := pattern.match(now))), None)
        moves = bool(_MOVED.match(now) or _LEFT.match(now))
        behind = said[number + 1] if (gone or moves) and number + 1 < len(said) else ""
        instead = behind if _IN_ITS_PLACE.match(behind) else now
        for answer in earlier:
            taken = _is_own(answer, gone) or _is_left(answer, now) or _is_at_another_time(answer, now)
            if taken and answer not in said:
                found.setdefault(answer, instead)
    return found


def _is_own(answer: str, gone: re.Match[str] | None) -> bool:
    """Whether somebody is, has or does the thing that is gone: "You drive an old Hilux.", the Hilux.

    Of a pet that is named: whether it is that one; of a relative who died his name stays.
    """
    own = _OWN.match(answer)
    if not gone or not own or (gone.groupdict().get("name") or "") not in answer:
        return False
    what = stems(gone["what"]) - _NO_THING
    if _DEAD.search(gone[0]) and (" called " in answer or " named " in answer) and not what & _animals():
        return False
    theirs = gone.string[gone.start("what") :]
    return bool(what & stems(own[1])) and not (_differ(theirs, answer, _colours) or _differ(theirs, answer, _places))


def _differ(one: str, other: str, kind: Callable[[str], set[str]]) -> bool:
    """Whether both name one of a kind, and another: a blue car and a red one, a house in Rome and one in Turin."""
    mine, theirs = kind(one), kind(other)
    return bool(mine and theirs and not mine & theirs)


def _colours(text: str) -> set[str]:
    return stems(text) & _COLOURS


def _places(text: str) -> set[str]:
    return set(re.findall(r" in ([^\W\d_a-z][\w'-]+)", text))


@cache
def _animals() -> set[str]:
    return {stem for animal in words()["animals"] for stem in stems(animal)}


def _is_left(answer: str, now: str) -> bool:
    """Whether it says that somebody lives where he does no more."""
    home, moved, left = _LIVES.match(answer), _MOVED.match(now), _LEFT.match(now)
    if home and moved:
        where = moved["place"] or moved["new"] or moved["here"]
        return not (where.startswith(home["place"]) or home["place"].startswith(where))
    return bool(home and left and left["place"] == home["place"])


def _is_at_another_time(answer: str, now: str) -> bool:
    """Whether both say when the same is, and it has changed: a choir on Tuesdays, "Your choir is on Thursdays now." """
    for times in _TIMES if _CHANGED.search(now) else ():
        new, old = ({fold(one).removesuffix("s") for one in times.findall(text)} for text in (now, answer))
        if new and old and not new & old:
            who = {stem for role in roles_in(answer) for stem in stems(role)}  # a daughter is no event
            return bool((stems(times.sub("", now)) & stems(times.sub("", answer))) - _NO_THING - who)
    return False
