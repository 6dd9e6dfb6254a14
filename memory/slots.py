"""Questions made of a statement's own words: "I bake bread on Sundays." → "When do I bake bread?", "What do I bake?".

They ask for each part of a sentence that says several things at once. Rules of English, for statements about what the
user himself does; what they cannot take apart for certain is left to the examples.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memory.bank import roles_in, words

_TIMES = (
    r"\d|\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september|"
    r"october|november|december|(?:morning|afternoon|evening|night|weekend|day|week|month|year|spring|summer|autumn|"
    r"winter|holiday)s?|noon|midnight|christmas|easter)\b"
)
_TIME = re.compile(rf"(?:in|on|at|every|each|next|last|this|until)\b.*(?:{_TIMES})", re.IGNORECASE)
_OPENING = re.compile(
    rf"((?:in|on|at|every|each|next|this) (?:[\w'-]+ ){{0,2}}?[\w'-]*?(?:{_TIMES})),? (?=(?:I|we)\b)", re.IGNORECASE
)
_NOW = re.compile(r"(?:these days|nowadays|currently|now),? ", re.IGNORECASE)
_PLACE = re.compile(r"(?:(?:in|at|near|outside|around) |on (?:an?|the) )")
_HOW_LONG = re.compile(r"for (?:[\w-]+ ){0,2}(?:years|months|weeks|decades|hours)\b")
_PART = re.compile(r" (?=(?:in|on|at|with|near|until|every|each|next|last|this|for|from|since|outside|around) )")
_SEVERAL = re.compile(
    r"[,;:.\"“()]|\b(?:and|but|or|that|who|which|because|when|if|so|while|than|not|never|it|them|\w+n't)\b",
    re.IGNORECASE,
)
_DOING = re.compile(r"(?P<who>I|[Ww]e)(?:'m|'re| am| are) (?:now |currently )?(?P<verb>going to [a-z]+|[a-z]+ing)\b")
_WILL = re.compile(r"(?P<who>I|[Ww]e)(?:'ll| will) (?P<verb>[a-z]+)\b")
_HAVE = re.compile(r"(?P<who>I|[Ww]e)(?:'ve| have) (?P<verb>lived|worked|been [a-z]+ing)\b")
_DO = re.compile(r"(?P<who>I|[Ww]e) (?:(?:usually|often|always|also|still|now) )?(?P<verb>[a-z]+)\b")
_FORMS = {_DOING: "am", _WILL: "will", _HAVE: "have", _DO: "do"}
"""How he says what he does, and with which auxiliary it is asked."""
_NO_ACTION = frozenset(
    """am are was were is be have had got did think hope wish say said can could would should must might may will cannot
    used just never like love hate prefer want need""".split()  # noqa: SIM905  # readable
)
_PARTICLE = re.compile(r"(after|up|out|off|over) (?=(?:an?|the|my|our|some|two|three)\b)")
_NO_OBJECT = re.compile(r"(?:as|like|after|up|out|off|down|over|about|to|of|by|into|away|back|[a-z]+(?:ed|ing|ly))\b")


@dataclass(frozen=True)
class _Clause:
    """The asking auxiliary and its subject ("do I"), the verb, what it is done to, and the parts behind that."""

    asking: str
    verb: str
    object: str
    parts: tuple[str, ...]

    def without(self, part: str) -> str:
        return " ".join(w for w in (self.asking, self.verb, self.object, *(p for p in self.parts if p != part)) if w)

    @property
    def doing(self) -> str:
        """The verb that stands for any other: "do", "doing", "going to do"."""
        if self.verb.startswith("going to "):
            return "going to do"
        return "doing" if self.asking.startswith(("am ", "are ")) else "do"


def slot_questions(statement: str) -> list[str]:
    """What a statement's own words can be asked, each once; of many statements nothing."""
    clause = _taken_apart(statement.rstrip(".!"))
    return list(dict.fromkeys(f"{question}?" for question in _asked(clause))) if clause else []


def _asked(clause: _Clause) -> Iterator[str]:
    for part in clause.parts:
        if part.startswith("with ") and (roles_in(part) or re.search(r" [A-Z]", part)):
            yield f"Who {clause.without(part)} with"
        elif _HOW_LONG.match(part):
            yield f"How long {clause.without(part)}"
        elif _TIME.match(part):
            yield f"When {clause.without(part)}"
            yield f"What {clause.asking} {clause.doing} {part}"
        elif _PLACE.match(part):
            yield f"Where {clause.without(part)}"
    if re.match(r"to [A-Z]", clause.object):
        yield " ".join(("Where", clause.asking, clause.verb, *clause.parts))
    elif clause.object and not _NO_OBJECT.match(clause.object):
        yield f"What {clause.asking} {clause.verb}"
        yield " ".join(("What", clause.asking, clause.verb, *clause.parts))


def _taken_apart(body: str) -> _Clause | None:
    """The one clause of a statement; None where there may be more than one, or a verb in a form not known."""
    body = _NOW.sub("", body, count=1) if _NOW.match(body) else body
    opening = _OPENING.match(body)
    parts = [opening[1][0].lower() + opening[1][1:]] if opening else []
    body = body[opening.end() :] if opening else body
    if _SEVERAL.search(body):
        return None
    found = next((found for form in _FORMS if (found := form.match(body))), None)
    if not found or (
        found.re is _DO and (found["verb"] in _NO_ACTION | {*words()["past"]} or found["verb"].endswith("ed"))
    ):
        return None
    verb, subject = found["verb"], "I" if found["who"] == "I" else "we"
    thing, *behind = _PART.split(body[found.end() :])
    thing = thing.strip()
    if particle := _PARTICLE.match(thing):
        verb, thing = f"{verb} {particle[1]}", thing[particle.end() :]
    asking = "are we" if found.re is _DOING and subject == "we" else f"{_FORMS[found.re]} {subject}"
    return _Clause(asking, verb, thing, (*(part.strip() for part in behind), *parts))
