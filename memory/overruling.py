"""Whether one of two answers to like questions can say that the other is so no more. Rules of English."""

import re

from memory.judge import stems
from memory.naming import bears_a_name

_NAME = r"(?-i:[^\W\d_a-z])[\w'-]+(?: (?-i:[^\W\d_a-z])[\w'-]+){0,2}"
_CUE = re.compile(
    r"\b(?:now|moved|no longer|any ?more|instead|these days|nowadays|chang\w+|switch\w+|actually|correct\w*|not|\w+n't|"
    r"became)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\b(?:too|also|as well|other|another|second|third|both|used to|'d love|would (?:love|like)|wants?|wanted|hopes?"
    r"|wish|wishes|might|as an? (?:child|kid|boy|girl|teenager)|when you were"
    r"|'d like|your (?:first|old|former|ex|late|previous|last)(?! name))\b",
    re.IGNORECASE,
)
_WAS = re.compile(
    rf"(?:You|Your [\w' ]+?|{_NAME}) (?:was|were|had|used|lived|worked|played|owned|drove|studied|taught)\b"
)
_ANOTHERS = re.compile(rf"(?P<whose>Your [a-z-]+)(?: {_NAME})?'s ")
_OF_ONE = re.compile(rf"Your (?:[a-z-]+ )*?(?P<role>[a-z-]+)(?: is called)? (?P<name>{_NAME})\b")
_ONLY_ONE = re.compile(
    r"husband|wife|boyfriend|girlfriend|partner|fianc\w+|mum|mom|mother|dad|father|boss|manager|name"
)


def speaks_of_change(answer: str) -> bool:
    """Whether it says that something was otherwise before: "You live in Porto now." """
    return bool(_CUE.search(answer))


def may_speak_of(now: str, earlier: str) -> bool:
    """Whether what is said now may be about the one of whom an earlier statement speaks by name: it has the name or the
    role ("your sister"); any other statement may be spoken of without one."""
    one = _OF_ONE.match(earlier)
    if not one or not bears_a_name(one["role"]):
        return True
    return one["name"] in now or bool(stems(one["role"]) & stems(now))


def may_overrule(new: str, old: str) -> bool:
    """Whether of two answers to like questions the new one can say that the old is so no more.

    Not what comes beside it ("allergic to cats, too"), what was or is wished for, what another does, or what is said of
    another friend.
    """
    anothers = _ANOTHERS.match(new)
    if anothers and not old.startswith(anothers["whose"]):
        return False
    if anothers and not re.match(r"(?:name|birthday|age|job)\b", new[anothers.end() :]) and not _ANOTHERS.match(old):
        return False
    one, other = _OF_ONE.match(new), _OF_ONE.match(old)
    of_others = one and other and one["name"] != other["name"] and bears_a_name(one["role"])
    of_others = of_others and one and not _ONLY_ONE.fullmatch(one["role"])
    if of_others and not (speaks_of_change(new) and " is called " in old):
        return False
    return speaks_of_change(new) or not (_BESIDE.search(new) or (_WAS.match(new) and not _WAS.match(old)))
