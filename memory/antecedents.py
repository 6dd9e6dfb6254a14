"""Whom "he", "she" or "it" at the beginning of a statement is: of whom one before it spoke. Rules of English."""

import re
from collections.abc import Sequence

from memory.bank import kind_of, may_be, roles_in
from memory.clauses import PLURAL
from memory.naming import bears_a_name, name_behind
from memory.spelling import NAME


def of_one_before(behind: Sequence[str], statement: str, known: frozenset[str]) -> str:
    """ "She plays the cello." of whom the message before spoke: "My daughter Zoe plays the cello."; or ""."""
    for said in reversed(behind):
        if _OF_ANOTHER.search(said):
            return ""
        whose = re.match(r"(?:his|her) (.+)", statement, re.IGNORECASE)
        told = of_whom(said, f"{'He' if statement[:3].lower() == 'his' else 'She'} {whose[1]}" if whose else statement)
        if not told.startswith(f"{said} "):
            subject = told.removesuffix(f" {whose[1]}") if whose else ""
            return f"{subject}'s {whose[1]}" if whose else told
        if named := of_the_named(said, statement, known):
            return named
    return ""


def of_the_named(said: str, statement: str, known: frozenset[str]) -> str:
    """ "He was a saddler." behind "I got it wrong about Hemi.": "Hemi was a saddler."; "" unless one is named there."""
    spoken_of = [name for name in known if re.search(rf"\b{re.escape(name)}\b", said)]
    of_him = re.match(r"(?:he|she|(his|her))('s)? (.+)", statement, re.IGNORECASE)
    if len(spoken_of) != 1 or not of_him or roles_in(said):
        return ""
    if of_him[1]:
        return f"{spoken_of[0]}'s {of_him[3]}"
    return f"{spoken_of[0]} {'is ' * bool(of_him[2])}{of_him[3]}"


def of_whom(last: str, statement: str) -> str:
    """ "She paints icons." behind "My wife is Galina." is "My wife Galina paints icons."; else both sentences."""
    they, several = re.match(r"they('re | are |'ve | )(.+)", statement, re.IGNORECASE), PLURAL.search(last)
    if they and several and bears_a_name(several[1]):
        verb = {"'re ": "are ", " are ": "are ", "'ve ": "have "}.get(they[1].lower(), "")
        return f"My {several[1]} {verb}{they[2]}"
    whose = r"(?:\b(?:my|our|an?|have|got|his|her|their)|'s) (?:[\w-]+ ){0,2}"
    roles = [role for role in roles_in(last) if re.search(rf"{whose}{re.escape(role)}\b", last, re.IGNORECASE)]
    roles = [role for role in roles if not (kind := kind_of(role)) or kind not in roles]  # of "my dog is a pug" the dog
    said = re.match(r"(he|she|it)('s| is\b|\b) (.+)", statement, re.IGNORECASE)
    if len(roles) != 1 or said is None or not may_be(said.group(1).lower(), roles[0]):
        return f"{last} {statement}"
    if _may_be_another(last, said.group(1).lower(), roles[0]):
        return f"{last} {statement}"
    subject = f"My {roles[0]} {name_behind(roles[0], last)}".strip()
    verb = "has " if said.group(2) == "'s" and _HAS.match(said.group(3)) else "is " if said.group(2) else ""
    return f"{subject} {verb}{said.group(3)}"


def _may_be_another(last: str, pronoun: str, role: str) -> bool:
    """Whether "she" may as well be somebody else whom the statement before speaks of."""
    beside = _BESIDE_ANOTHER.search(last)
    if not beside:
        return False
    if who := (beside["who"] or "").lower():
        return who not in (_MEN if pronoun == "she" else _WOMEN)
    return not beside["name"] or (may_be("he", role) and may_be("she", role))


_OF_ANOTHER = re.compile(
    r"\b(?:loves?|likes?|hates?|adores?|reads?|reading|watch\w*|about|met|knows?|supports?|with|follows"
    r"|(?:married|engaged|talks?|talked) to) (?!I\b)[^\W\d_a-z]"
)
""" "My brother loves Messi.": "He plays for Miami." of the next message may be said of either."""
_BESIDE_ANOTHER = re.compile(
    r"\b(?:(?:with|by|loves|likes|hates|adores|met|knows) (?P<both>(?-i:[^\W\d_a-z][\w'-]+ [^\W\d_a-z][\w'-]+))"
    rf"|(?:with|met|marrying|dating|(?:married|engaged) to) (?P<name>(?-i:{NAME}))"
    r"|(?:with|by|loves|likes|hates|met|knows|bit|marrying|dating|(?:married|engaged) to) (?:an?|the|his|her) "
    r"(?:[a-z]+ )?(?P<who>man|woman|guy|girl|boy|postman|friend|neighbour|colleague|doctor|teacher|boss)"
    r"|(?:has|got|having) an? (?:[a-z]+ )?(?P<baby>baby))\b",
    re.IGNORECASE,
)
_MEN, _WOMEN = ("man", "guy", "boy", "postman"), ("woman", "girl")
""" "My daughter loves Taylor Swift. She's 34.": who?"""
_HAS = re.compile(
    r"(?:(?:just|never|always|already|also|only|recently|finally|now|both|since|still) )*"
    r"(?:been|got|had|become|gone back|lived|worked|wanted|done|taken|started"
    r"|(?!(?:married|divorced|retired|tired|interested|excited|scared|engaged|bored|worried|called|named|obsessed"
    r"|qualified|disabled|adopted|gifted)\b)\w+ed (?:\w+ ){0,2}(?:for|since|there|here|my|the|an?|three|two|\d+)\b)"
)
""" "she's got three kids": has, not is."""
