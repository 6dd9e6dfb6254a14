"""Questions made of a statement's own words: "I bake bread on Sundays." → "When do I bake bread?", "What do I bake?".

They ask for each part of a sentence that says several things at once. Rules of English, for statements about what the
user himself does; what they cannot take apart for certain is left to the examples.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from memory.bank import roles_in, words
from memory.judge import fold
from memory.naming import bears_a_name
from memory.spelling import NAME

_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+(?:[:.]\d\d)?)"
_TIMES = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september|"
    r"october|november|december|mornings?|afternoons?|evenings?|nights?|weekends?|days?|weeks?|months?|years?|spring|"
    r"summers?|autumn|fall|winters?|holidays|noon|midnight|midday|dawn|dusk|lunch(?:time)?|bedtime|christmas|easter|"
    r"thanksgiving|halloween|ramadan|diwali|(?:19|20)\d\ds?)"
)
_TIME = re.compile(
    r"(?:(?:in|on|at|every|each|next|last|this|until) (?!my day off)"
    rf"(?:the (?:middle|end|start|beginning|\d+\w\w|last \w+) of )?(?:[\w'-]+ ){{0,2}}?{_TIMES}"
    r"(?: \d+(?:st|nd|rd|th)?)?(?: (?:of|before|after) .*)?"
    rf"|(?:at|until) (?:about |around |half (?:past )?|quarter (?:to|past) )?{_NUMBER}(?: ?[ap]m| o'clock)?)$",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"((?:in|on|at|every|each|next|this) (?:[\w'-]+ ){{0,3}}?{_TIMES}),? (?=(?:I|we)\b)", re.IGNORECASE
)
_NOW = re.compile(r"^(?:these days|nowadays|currently|now),? ", re.IGNORECASE)
_NO_PLACE = (
    r"(?:an?|the|my|our) (?:\w+ ){0,2}?(?:time|sleep|hope|hurry|rush|way|style|field|media|language|hand|moment|level|"
    r"speed|basis|budget|diet|side(?! of)|phone|board|rocks|wing|team|group|hour|minutes?|opinion)\b"
)
_PLACE = re.compile(
    rf"(?:near|outside|around|in (?!(?:{'|'.join(words()['nations'])}|IT|HR|PR)\b)"
    r"(?=[^\W\d_a-z]|(?:an?|the|my|our|\w+'s?) |(?:bed|front of|hospital|town|church|school|college|prison|kindergarten"
    r"|nursery|court)\b)|at (?=[^\W\d_a-z]|(?:an?|the|my|our|\w+'s?) |(?:home|work|school|church|college|university|uni"
    r"|sea)\b)|"
    rf"on (?=an? |the )) ?(?!{_NO_PLACE})"
)
_GOVERNS = re.compile(
    r"(?:believ|invest|deal|major|minor|speciali[sz]|participat|engag|excel|laugh|look|shout|swear|point|rel[yi]"
    r"|depend|bet|concentrat|focus|wait)\w*$"
)
"""Verbs whose "in", "at" or "on" says no place."""
_HOW_LONG = re.compile(r"for (?:[\w-]+ ){0,2}(?:years|months|weeks|decades|hours)\b")
_PART = re.compile(
    r" (?=(?:in|on|at(?! least| most| all| first)|with|near|until|for|from|since|outside|around) )"
    r"|(?<! the)(?<! in)(?<! on)(?<! at)(?<! for)(?<! from)(?<! since)(?<! until)"
    r" (?=(?:every|each|next(?! to| door)|last|this) )"
)
_SOMEBODY = re.compile(r"with [^\W\d_a-z][^\W\d_A-Z]+(?: [^\W\d_a-z][^\W\d_A-Z]+)?(?: and [^\W\d_a-z]\w+)?$")
_PERSON = re.compile(
    r"(?:my|our) .*|.*\b(?:called|named|gu?ys?|girls?|bloke|m[ae]n|wom[ae]n|lad(?:y|ies)?|people|person)\b"
)
_MOTION = re.compile(
    r"(?:been )?(?:go|travel|fl[yi]|driv|mov|return|walk|cycl|commut|com|sail|head|relocat|emigrat|rid)\w*$"
)
_STATE = re.compile(
    r"(?:been )?(?:be|being|been|go|going|com(?:e|ing)|liv(?:e|ed|ing)|work(?:ed|ing)?|feel|feeling|fall|falling|look|"
    r"looking|stay|staying|arrive|sleep|sleeping|pray|worry|wait|turn|turning|become|get|getting|call|name|grow|tell|"
    r"meet|meeting|marry|marrying|date|dating|know)$"
)
"""Verbs of which it is not asked what is done to what."""
_ADVERB = re.compile(
    r"(?:me|us|here|there|home|alone|abroad|upstairs|downstairs|downtown|online|late|early|hard|fast|well|badly|right"
    r"|just|somewhere|nothing|everything|together|(?:part|full)[- ]time|a lot$|too much|less|more|little|once|twice"
    r"|nights|shifts|care|part|fit|place|turns|at least|at most|as|like|after|up|out|off|down|over|about|to|of|by|into"
    r"|away|back|[a-z]+(?:ed|ing|ly)|(?:\w+ ){1,2}(?:times?|days?|hours?|miles?|minutes?))\b"
)
"""What stands behind a verb and is not its object."""
_SEVERAL = re.compile(
    r"[,;:.\"“()]|\b(?:and|but|or|that|who|which|because|when|if|so|while|than|not|never|it|them|\w+n't)\b",
    re.IGNORECASE,
)
_DOING = re.compile(
    r"(?P<who>I|[Ww]e)(?:'m|'re| am| are) (?:now |currently )?(?P<verb>going to (?!(?:my|our|an?|the|bed|church|school|"
    r"college|university|uni|hospital|town|prison|work$)\b)[a-z]+|[a-z]+ing)\b"
)
_WILL = re.compile(r"(?P<who>I|[Ww]e)(?:'ll| will) (?:probably |definitely |soon |also )?(?P<verb>[a-z]+)\b")
_HAVE = re.compile(r"(?P<who>I|[Ww]e)(?:'ve| have) (?P<verb>lived|worked|been [a-z]+ing)\b")
_DO = re.compile(
    r"(?P<who>I|[Ww]e) (?:(?:usually|often|always|also|still|now|sometimes|currently|normally|generally|mostly|mainly|"
    r"regularly|occasionally) )*(?P<verb>[a-z]+)\b(?!.*\b(?:(?<!the )last (?!of)|in (?:19|20)\d\d|ago|yesterday)\b)"
)
_FORMS = {_DOING: "am", _WILL: "will", _HAVE: "have", _DO: "do"}
"""How he says what he does, and with which auxiliary it is asked."""
_NO_ACTION = frozenset(
    """am are was were is be have had got did think hope wish say said can could would should must might may will cannot
    used just never like love hate prefer want need no all both each too once only hardly barely rarely seldom really
    probably definitely soon also miss call""".split()  # noqa: SIM905  # readable
)
_IS_OR_HAS = re.compile(
    r"I(?:'m| am) (?P<be>(?:an?|in|at|on|[a-z]+ (?:to|of|with)) [\w' -]+|single|married|vegan|vegetarian)"
    r"|I(?:'ve got| have) (?P<have>an? [\w' -]+)"
)
_KIN_DOES = re.compile(
    rf"(?P<whose>My|Our) (?P<role>(?:[a-z-]+ ){{0,2}}?[a-z-]+)(?: (?P<name>{NAME}))? (?:still |now |also )?"
    r"(?:is (?:now |currently |still )?(?P<doing>(?!going\b)[a-z]+ing)|(?P<does>(?!(?:is|was|has|does|says|comes"
    r"|turns)\b)[a-z]+s))\b"
)
_PET_NAMED = re.compile(r"(?:My|Our) (?:[a-z-]+ )?([a-z-]+) (?:is|was) called ")
_PARTICLE = re.compile(r"(after|up|out|off|over) (?=(?:an?|the|my|our|some|two|three)\b)")


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
        if self.verb.startswith("been "):
            return "been doing"
        return "doing" if self.asking.startswith(("am ", "are ", "is ")) else "do"

    def has_place(self, before: str, part: str) -> bool:
        """Whether a part that may be a place says where: not in "with my aunt in Perth", "I believe in God"."""
        governed = _GOVERNS.match(self.verb) or (self.verb.startswith("work") and part.startswith("on my"))
        return not (before.startswith(("with ", "for ", "from ")) or (governed and not before and not self.object))

    @property
    def has_object(self) -> bool:
        """Whether it can be asked what he does it to: a thing, no person."""
        person = _PERSON.match(self.object) and (
            roles_in(self.object.split("'s")[-1]) or not self.object.startswith(("my ", "our "))
        )
        return bool(self.object and not person and not _ADVERB.match(self.object) and not _STATE.match(self.verb))


def slot_questions(statement: str) -> list[str]:
    """What a statement's own words can be asked, each once; of many statements nothing."""
    if (named := _PET_NAMED.match(statement)) and fold(named[1]) in words()["animals"]:
        return ["What is my pet called?", "What's the name of my pet?"]
    clauses = _taken_apart(statement.rstrip(".!"))
    return list(dict.fromkeys(f"{question}?" for clause in clauses for question in _asked(clause)))


def asked_if_still(statement: str) -> list[str]:
    """Whether that is still so: "I sing in a choir." → "Do I still sing in a choir?"; of many statements nothing."""
    body = _OPENING.sub("", statement.rstrip(".!"))
    if is_or_has := _IS_OR_HAS.fullmatch(body):
        return [f"Am I still {is_or_has['be']}?" if is_or_has["be"] else f"Do I still have {is_or_has['have']}?"]
    clauses = _taken_apart(statement.rstrip(".!"))
    asked = (clause.without("").replace(clause.asking, f"{clause.asking} still", 1) for clause in clauses)
    return [f"{question[0].upper()}{question[1:]}?" for question in asked]


def _asked(clause: _Clause) -> Iterator[str]:
    for before, part in pairwise(("", *clause.parts)):
        if part.startswith("with ") and (roles_in(part) or _SOMEBODY.match(part)):
            yield f"Who {clause.without(part)} with"
        elif _HOW_LONG.match(part):
            yield f"How long {clause.without(part)}"
        elif _TIME.match(part):
            yield f"When {clause.without(part)}"
            yield f"What {clause.asking} {clause.doing} {part}"
        elif _PLACE.match(part) and clause.has_place(before, part):
            yield f"Where {clause.without(part)}"
    if re.match(r"to [^\W\d_a-z]", clause.object) and _MOTION.match(clause.verb):
        yield " ".join(("Where", clause.asking, clause.verb, *clause.parts))
    elif clause.has_object:
        yield f"What {clause.asking} {clause.verb}"
        yield " ".join(("What", clause.asking, clause.verb, *clause.parts))


def _taken_apart(body: str) -> list[_Clause]:
    """The one clause of a statement, of a relative with a name once by either; nothing where there may be more than
    one, or a verb in a form not known."""
    body = _NOW.sub("", body)
    opening = _OPENING.match(body)
    parts = [opening[1][0].lower() + opening[1][1:]] if opening else []
    body = body[opening.end() :] if opening else body
    if _SEVERAL.search(body):
        return []
    if (kin := _KIN_DOES.match(body)) and bears_a_name(kin["role"].split()[-1]):
        return _of_kin(kin, body[kin.end() :], parts)
    found = next((found for form in _FORMS if (found := form.match(body))), None)
    if not found or (
        found.re is _DO and (found["verb"] in _NO_ACTION | {*words()["past"]} or found["verb"].endswith("ed"))
    ):
        return []
    verb, subject = found["verb"], "I" if found["who"] == "I" else "we"
    asking = "are we" if found.re is _DOING and subject == "we" else f"{_FORMS[found.re]} {subject}"
    return [_clause(asking, verb, body[found.end() :], parts)]


def _of_kin(kin: re.Match[str], rest: str, parts: Sequence[str]) -> list[_Clause]:
    """ "My wife Ida teaches in Rome.": "Where does my wife teach?", "Where does Ida teach?"."""
    who = [f"{kin['whose'].lower()} {kin['role']}", *([kin["name"]] if kin["name"] else [])]
    form, verb = ("is", kin["doing"]) if kin["doing"] else ("does", base_form(kin["does"]))
    return [_clause(f"{form} {one}", verb, rest, parts) for one in who]


def _clause(asking: str, verb: str, rest: str, parts: Sequence[str]) -> _Clause:
    """What stands behind a verb, taken apart. parts: what stands before its subject."""
    thing, *behind = _PART.split(rest)
    thing = thing.strip()
    if particle := _PARTICLE.match(thing):
        verb, thing = f"{verb} {particle[1]}", thing[particle.end() :]
    return _Clause(asking, verb, thing, (*(part.strip() for part in behind), *parts))


def base_form(verb: str) -> str:
    """ "paints" → "paint", "teaches" → "teach", "studies" → "study"."""
    if re.search(r"(?:ch|sh|ss|x|zz|^do|^go)es$", verb):
        return verb[:-2]
    return f"{verb[:-3]}y" if re.search(r"[^aeiou]ies$", verb) else verb[:-1]
