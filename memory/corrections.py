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

_WHAT = r"(?P<what>[\w'-]+(?: [\w'-]+){0,3})"
_DOING = (
    r"(?: (?:being|doing|playing|eating|drinking|taking|wearing|driving|riding|working as|going to)"
    r"(?! (?:last|this|in|on)\b))?"
)
_GONE = (
    re.compile(  # a thing
        r"you(?:'ve| have| had to)?(?: just| finally| now)? (?:sold|sell|got rid of|gave away|given away|give away"
        rf"|scrapped|traded in|written off|wrote off|returned) (?:your|the) {_WHAT}",
        re.IGNORECASE,
    ),
    re.compile(  # a habit
        r"you(?:'ve| have| had to)?(?: just| finally| now)? (?:quit|gave up|given up|give up|dropped out of|stopped"
        rf"|stop|retired from){_DOING} (?:(?:your|the|an?) )?{_WHAT}",
        re.IGNORECASE,
    ),
    re.compile(rf"you(?:'re| are) (?:not|no longer) (?:an?|the) {_WHAT}", re.IGNORECASE),  # a state
    re.compile(
        r"you(?:'re| are) (?:not|no longer) (?P<what>[\w-]+)(?= any ?more| any longer| now|[.!]|$)", re.IGNORECASE
    ),
    re.compile(
        r"you (?:no longer (?:have|own|do|play|drive|ride|keep|eat|drink|smoke|take|wear)"
        r"|don't (?:have|own|do|play|drive|ride|keep|eat|drink|smoke|take|wear)"
        rf"(?=.*\b(?:any ?more|any longer|now)\b)) (?:(?:your|the|an?|any) )?{_WHAT}",
        re.IGNORECASE,
    ),
    re.compile(r"your (?P<what>[\w'-]+) (?:has been |was |got )stolen\b", re.IGNORECASE),
)
_BEHIND_IT = re.compile(
    r"(?:^| )(?:in|on|at|to|for|from|last|this|and|with|when|that|because|any|now|either|after|as|but|so|yet|again"
    r"|too|also|already)\b.*"
)
_OWN = re.compile(
    r"(?:(?:In|On|At) [^,.]{3,25}?,? )?"
    r"you(?:'re|'ve got| (?P<verb>are|have|own|drive|ride|play|keep|do|go|sing|eat|drink|smoke|take|wear|live with"
    r"|work as|get around on))(?P<what>(?: [\w'-]+){0,4})",
    re.IGNORECASE,
)
"""What somebody is, has or does, in the next few words."""
_SEVERAL = re.compile(r"\b(?:two|three|four|five|six|several|some|many|\d+)\b")
_PARTNERS = r"(?:boyfriend|girlfriend|partner|husband|wife|fianc\w+)"
_NOW = r"you(?:'ve| have)?(?: now| just| already)*"
_THING_NOW = re.compile(rf"{_NOW} (?:got|bought|have|own|drive|ride|picked up|taken in)\b", re.IGNORECASE)
_HABIT_NOW = re.compile(
    rf"{_NOW} (?:play|took up|taken up|do|go|started|switched)\b|now you\b|your (?:new )?hobby is\b|.*\binstead\b"
    r"|you(?:'re| are) .*\bnow\b",
    re.IGNORECASE,
)
_STATE_NOW = re.compile(
    r"you(?:'re| are) (?!not\b)|you got a (?:new )?job\b|(?:now )?you (?:now )?work\b", re.IGNORECASE
)
_HOME_NOW = re.compile(rf"{_NOW} (?:moved to|live in)\b|your (?:new )?home is\b", re.IGNORECASE)
_PARTNER_NOW = re.compile(rf"you(?:'re| are)(?: now)? with\b|your (?:new )?{_PARTNERS}\b", re.IGNORECASE)
"""What takes the place of a thing, a habit, a state, a home, a partner that is no more."""
_SOON_AFTER = 3
"""Statements behind in which that is said."""
_NAME = r"(?-i:[^\W\d_a-z])[\w'-]+(?: (?-i:[^\W\d_a-z])[\w'-]+){0,2}"
_LONG_AGO = (
    r"(?!.*\b(?:as an?|when|aged?|at (?:the age|\d)|years? old|years ago|before|after|first|then|back in|in the"
    r"|(?:19|20)\d\ds?|as (?:kids|children|teenagers)|(?:my|your) parents|came back"
    r"|for an? (?:week|month|year|while|term))\b)"
)
_NO_PLACE = (
    r"(?:Team|Excel|Windows|Linux|Android|Mac|Marketing|Sales|Finance|HR|IT|Accounts|Support|Engineering|Year|Grade"
    r"|Class|England|Scotland|Wales|Britain|Ireland|Yorkshire|Europe)\b"
)
"""Where one may move and live in Leeds as before."""
_LATELY = r"(?: just| now| recently| finally)?"
_MOVED = re.compile(
    rf"you(?P<now>'ve| have)?{_LATELY} (?:moved|relocated)(?: \w+)? to "
    rf"(?!{_NO_PLACE})(?P<place>{_NAME})\b(?! from\b)(?(now)|{_LONG_AGO})"
    rf"|you(?:'ve| have)?{_LATELY} left (?P<old>{_NAME}) for (?!Christmas|Easter|New Year)(?P<new>{_NAME}){_LONG_AGO}"
    r"|(?:you(?:'re| are)?(?P<by_now> now)? (?:live|living|based) in"
    r"|your (?:new )?home is(?: now)?(?: an? [a-z ]+?)? in) "
    rf"(?P<here>{_NAME})(?!.*\b(?:during|weekends?|week)\b)(?(by_now)|(?=.*\b(?:now|these days)\b))",
    re.IGNORECASE,
)
""" "You moved to Spain as a child" takes back nothing."""
_LEFT = re.compile(
    r"you (?:no longer live|don't live(?=.*\b(?:any ?more|any longer|now)\b)|(?:have )?moved(?: away)?(?: out)?) "
    rf"(?:in|from|out of) (?P<place>{_NAME})",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"(?:you(?:'re| are)?(?: and your [\w' -]+)? (?:both )?(?:live|living|based) in|your (?:home|flat|house) is in) "
    rf"(?P<place>{_NAME})",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:now|moved|no longer|any ?more|instead|these days|nowadays|chang\w+|actually|shifted|switched|rescheduled"
    r"|postponed|(?:put|pushed) back|brought forward)\b",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"your (?P<what>[\w' -]+?) (?:is|are|has|have|was|were|moved|takes|meets|starts|begins)\b", re.IGNORECASE
)
_DONE = re.compile(r"you(?:'re| are)? (?:now |also |actually )*(?P<verb>[a-z]+)", re.IGNORECASE)
_TIMES = (
    re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b", re.IGNORECASE),
    re.compile(rf"\b(?:{MONTHS})\b"),
)
_DEAD = re.compile(
    r"(?:your (?!(?:old|first|last|former|childhood) )(?P<role>(?-i:[a-z-]+(?: (?!has |have |sadly |just )[a-z-]+)?))"
    rf"(?:,? (?P<name>{_NAME}))?|(?P<only>{_NAME})),? "
    rf"(?:has |have |sadly |just |unfortunately )*(?:died|passed away)\b{_LONG_AGO}(?! on the\b)",
    re.IGNORECASE,
)
_ALIVE = r"(?:lives?|works?|plays?|has|loves?|likes?|teaches|studies|goes|is|are)\b(?! called\b| named\b)"
_PARTED = r"(?:split up|split(?=[.!,]|$)|broken? up|separated|(?:got )?divorced)\b"
_SPLIT = re.compile(
    rf"(?P<one>{_NAME}|your [a-z]+) and you (?:have |'ve )?{_PARTED}"
    rf"|you and (?P<other>{_NAME}|your [a-z]+) (?:have |'ve )?{_PARTED}"
    rf"|you(?:'ve| have)?{_LATELY} (?:split|broken?) up with (?P<third>{_NAME}|your [a-z]+)",
    re.IGNORECASE,
)
_PARTNER = re.compile(
    rf"your (?!business |dance |first |ex)(?:[a-z]+ )?(?P<role>{_PARTNERS})\b"
    rf"|you(?:'re| are) (?:with|(?:getting )?married to|engaged to) |you(?: have|'ve got) an? (?:{_PARTNERS})\b",
    re.IGNORECASE,
)
_ANIMAL = ("dog", "hound", "cat", "horse", "bird", "pony")
_STATES = tuple(
    (re.compile(new, re.IGNORECASE), re.compile(old, re.IGNORECASE))
    for new, old in (
        (
            r"you(?:'re| are|'ve| have| got)(?: now| just| got)* divorced\b(?!.*\b(?:\d{4}|once|first|ex|from)\b)",
            r"you(?:'re| are|'ve been) married\b",
        ),
        (
            r"you(?:'ve got| have| got|'re seeing|'re dating) an? (?:new )?"
            r"(?:boyfriend|girlfriend|partner(?! in)|fianc\w+)\b"
            r"|you(?:'re| are| got)(?: now)? (?:engaged|married)\b(?! to your)",
            r"you(?:'re| are) single\b",
        ),
        (r"you(?:'ve| have|'re| are)?(?: just| now)* retired\b(?! from)", r"you work (?:as|full[- ]time)\b"),
        (
            r"you(?:'ve| have|'ve been|'re| were| got)?(?: just| now)* (?:quit your job|left your job|fired"
            r"|made redundant)\b",
            r"you(?:'re| are)? work(?:ing)? (?:as|at|for|in)\b",
        ),
        (
            r"you(?:'ve| have)?(?: just| had to)* (?:called off|cancel\w*) (?:your|the) wedding",
            r"you(?:'re| are) getting married|your wedding is\b",
        ),
    )
)
"""What one thing said of somebody puts an end to."""
_CANCELLED = re.compile(
    rf"(?:you(?:'ve| have)?(?: just| had to)* (?:called off|cancel\w*) (?:your|the) [a-z]+ to"
    rf"|you(?:'re| are) not (?:going|flying|travell?ing) to) (?P<to>{_NAME})",
    re.IGNORECASE,
)
_IS_NOT = re.compile(
    rf"(?:your [a-z]+ )?(?P<name>{_NAME}) (?:isn't|is not|wasn't|was not|was never) (?P<what>[^,.;]+)", re.IGNORECASE
)
_LEAD = re.compile(r"(?:So|And|But|Oh|Well|Anyway|Sadly|Unfortunately),? (?=[\w'])")
"""What a statement begins with that says nothing."""
_GOING = re.compile(
    r"(?:In [A-Z][a-z]+,? )?(?:the two of )?you(?:'re| are) (?:going|flying|travell?ing|off|planning)\b", re.IGNORECASE
)
_AGE = re.compile(
    rf"(?P<who>You|Your [\w' ]+?|{_NAME})(?:'re| are|'s| is)(?: now)? (?P<age>\w+)(?: years old)?(?: now)?\.?"
)
_NOT_MY = re.compile(rf"your (?P<role>[\w -]+?) is called (?P<name>{_NAME}), not your (?P<was>[a-z-]+)", re.IGNORECASE)
_COLOURS = frozenset(
    "black white red blue green yellow orange purple pink brown grey gray silver gold beige".split()  # noqa: SIM905
)
_NO_THING = frozenset(
    "now new old last week month year day time ago still just also person people".split()  # noqa: SIM905  # words
)


def taken_back(earlier: Sequence[str], said: Sequence[str]) -> dict[str, str]:
    """Earlier answer → the one that takes its place, of those that what is said now, in its order, takes back."""
    found: dict[str, str] = {}
    for number, told in enumerate(said):
        now = _LEAD.sub("", told)
        gone = next((match for pattern in _GONE if (match := pattern.match(now))), None)
        behind = said[number + 1 : number + 1 + _SOON_AFTER]
        instead = next((one for one in behind if any(place.match(one) for place in _places_of(now, gone))), told)
        ended = [is_so for speaks_of_it, is_so in _ENDED if speaks_of_it(now)]  # few do
        for answer in earlier if gone or ended else ():
            taken = _is_own(answer, gone) or any(is_so(answer, now) for is_so in ended)
            if taken and answer not in said:
                found.setdefault(answer, instead)
    return found


def _places_of(now: str, gone: re.Match[str] | None) -> list[re.Pattern[str]]:
    """What may take the place of that which a statement puts an end to; nothing if it says so itself."""
    if _SPLIT.match(now):
        return [_PARTNER_NOW]
    if _MOVED.match(now) or _LEFT.match(now):
        return [_HOME_NOW]
    if not gone or re.search(r"\b(?:but|and) (?:an?|got|bought|now)\b", now):
        return []
    return [(_THING_NOW, _HABIT_NOW, _STATE_NOW, _STATE_NOW, _HABIT_NOW, _THING_NOW)[_GONE.index(gone.re)]]


def _is_own(answer: str, gone: re.Match[str] | None) -> bool:
    """Whether somebody is, has or does the thing that is gone: "You drive an old Hilux.", the Hilux."""
    own = _OWN.match(answer)
    if not gone or not own or bool(_SEVERAL.search(own["what"])) > bool(_SEVERAL.search(gone["what"])):
        return False
    thing = _head(gone["what"])
    did = thing.removesuffix("ing") if thing.endswith("ing") and len(thing) > len("being") else ""  # "quit smoking"
    does = bool(did) and any(word.startswith(did) for word in (own["verb"] or "", *stems(own["what"])))
    theirs = gone.string[gone.start("what") :]
    if re.search(r" for (?:an?|the|lent|now|some)\b| at (?:home|work)\b", theirs, re.IGNORECASE):
        return False  # for a while, or there only
    if thing == "drinking" and own["verb"] == "drink" and own["what"]:
        return False  # of alcohol that is said, not of tea
    what = (
        re.sub(r".*\b(?:fan|lover) of ", "", own[0].lower() + answer[own.end() :])
        if " fan of " in answer
        else own["what"]
    )
    same = does or bool((stems(thing) - _NO_THING) & stems(what))
    return same and not (_differ(theirs, answer, _colours) or _differ(theirs, answer, _places))


def _head(what: str) -> str:
    """ "big fan of golf" → "golf", "red sofa last week" → "sofa"."""
    what = re.sub(r".*\b(?:fan|lover) of ", "", what)
    return _BEHIND_IT.sub("", what.partition(" of ")[0]).rpartition(" ")[2]


def _differ(one: str, other: str, kind: Callable[[str], set[str]]) -> bool:
    """Whether both name one of a kind, and another: a blue car and a red one, a house in Rome and one in Turin."""
    mine, theirs = kind(one), kind(other)
    return bool(mine and theirs and not mine & theirs)


def _colours(text: str) -> set[str]:
    return stems(text) & _COLOURS


def _places(text: str) -> set[str]:
    return set(re.findall(r" in ([^\W\d_a-z][\w'-]+)", text))


def _is_of_the_dead(answer: str, now: str) -> bool:
    """Whether it says of somebody who died what he is or does; of a pet all, of a relative not his name."""
    dead = _DEAD.match(now)
    if not dead or re.search(r" (?:are called|is from|was|were)\b", answer):
        return False
    role, name = dead["role"] or "", dead["name"] or dead["only"] or ""
    pet = any(stem in _animals() or stem.endswith(_ANIMAL) for stem in stems(role or answer))
    own = _OWN.match(answer)
    has = own and (own["verb"] in ("have", "own", "keep") or "'ve got" in own[0])
    if pet and own and has and not _SEVERAL.search(own["what"]):
        return name in answer if name else bool(stems(role) & stems(own["what"]))
    if pet and name and name not in answer:
        return False
    if not (pet or roles_in(role) or dead["only"]):
        return False  # "Your car died on the motorway."
    whose = re.escape(role) if role else "[a-z' -]+"
    of_name = rf"Your {whose} {re.escape(name)} |{re.escape(name)} |" if name else ""
    of_role = rf"Your {re.escape(role)} {'' if name else f'(?:{_NAME} )?'}" if role else r"(?!)"
    who = re.match(f"(?:{of_name}{of_role})", answer)
    return bool(who and (pet or re.match(_ALIVE, answer[who.end() :]))) or bool(
        pet and name and re.match(rf"Your {whose}.*\b{re.escape(name)}\.", answer)
    )


@cache
def _animals() -> set[str]:
    breeds = (breed for breeds in words()["breeds"].values() for breed in breeds)
    return {stem for animal in (*words()["animals"], *breeds) for stem in stems(animal)}


def _is_of_the_one_left(answer: str, now: str) -> bool:
    """Whether it speaks of the partner from whom somebody has split up."""
    split, partner = _SPLIT.match(now), _PARTNER.match(answer)
    if not split or not partner:
        return False
    who = split["one"] or split["other"] or split["third"]
    return bool(re.search(rf"\b{re.escape(who)}\b", answer)) or (
        who.lower().startswith("your ") and partner["role"] == who[5:].lower()
    )


def _is_ended(answer: str, now: str) -> bool:
    """Whether what is said now puts an end to it: retired, who worked; called off, what was planned."""
    cancelled = _CANCELLED.match(now)
    if cancelled and _GOING.match(answer) and cancelled["to"] in answer:
        return True
    none = _IS_NOT.match(now)
    if none and re.search(rf"\b{re.escape(none['name'])} (?:is|was) {re.escape(none['what'])}\b", answer):
        return True
    return any(new.match(now) and old.match(answer) for new, old in _STATES)


def _is_younger(answer: str, now: str) -> bool:
    """Whether both say how old the same person is, and it has changed."""
    old, new = _AGE.fullmatch(answer), _AGE.fullmatch(now)
    if not old or not new:
        return False
    one, other = old["who"], new["who"]
    names = [
        set(re.findall(r"(?<=\s)[^\W\d_a-z][\w'-]+|^(?!You\b|Your\b)[^\W\d_a-z][\w'-]+", who)) for who in (one, other)
    ]
    ages = [stems(match["age"]) for match in (old, new)]
    counted = all(age and all(each.isdigit() for each in age) for age in ages)
    if not counted or not (one == other or names[0] & names[1]):
        return False
    years = int(next(iter(ages[1]))) - int(next(iter(ages[0])))
    roles = [set(roles_in(who)) for who in (one, other)]
    known = one == "You" or bool(roles[0] or roles[1] or not (one.startswith("Your") or other.startswith("Your")))
    return known and not (roles[0] and roles[1] and not roles[0] & roles[1]) and 0 < years <= 2


def _is_of_another_role(answer: str, now: str) -> bool:
    """ "Your brother is called Gethin." once "Your cousin is called Gethin, not your brother." was said."""
    told = _NOT_MY.match(now)
    return bool(
        told and told["name"] in answer and re.match(rf"your (?:[a-z]+ )?{told['was']}\b", answer, re.IGNORECASE)
    )


def _is_left(answer: str, now: str) -> bool:
    """Whether it says that somebody lives where he does no more."""
    home, moved, left = _LIVES.match(answer), _MOVED.match(now), _LEFT.match(now)
    if home and moved:
        where = moved["place"] or moved["new"] or moved["here"]
        if moved["old"] and not home["place"].startswith(moved["old"]):
            return False  # "You left Tesco for Aldi."
        return not (where.startswith(home["place"]) or home["place"].startswith(where))
    return bool(home and left and left["place"] == home["place"])


def _is_at_another_time(answer: str, now: str) -> bool:
    """Whether both say when the same is, and it has changed: a choir on Tuesdays, "Your choir is on Thursdays now." """
    held, done, did = _HELD.match(now), _DONE.match(now), _DONE.match(answer)
    for times in _TIMES if _CHANGED.search(now) else ():
        new, old = ({fold(one).removesuffix("s") for one in times.findall(text)} for text in (now, answer))
        if new and old and not new & old:
            who = {stem for role in roles_in(answer) for stem in stems(role)}  # a daughter is no event
            same = bool(done and did and done["verb"] == did["verb"])
            if held and answer.lower().startswith("your ") and _apart(held["what"], answer):
                return False
            what = held["what"] if held else now if same else ""
            return bool((stems(times.sub("", what)) & stems(times.sub("", answer))) - _NO_THING - who)
    return False


def _apart(what: str, answer: str) -> bool:
    """Whether they are another's, or another of a kind: his mum's birthday and his, a yoga class and a judo class."""
    held = _HELD.match(answer)
    mine, theirs = what.lower().split(), held["what"].lower().split() if held else []
    return bool(theirs) and mine[-1] == theirs[-1] and mine != theirs and bool(mine[:-1] or theirs[:-1])


_ENDED: tuple[tuple[Callable[[str], object], Callable[[str, str], bool]], ...] = (
    (lambda now: _MOVED.match(now) or _LEFT.match(now), _is_left),
    (lambda now: _CHANGED.search(now) and any(times.search(now) for times in _TIMES), _is_at_another_time),
    (_DEAD.match, _is_of_the_dead),
    (_SPLIT.match, _is_of_the_one_left),
    (lambda now: _CANCELLED.match(now) or _IS_NOT.match(now) or any(new.match(now) for new, _ in _STATES), _is_ended),
    (_AGE.fullmatch, _is_younger),
    (_NOT_MY.match, _is_of_another_role),
)
"""What a statement must say for it to be looked at what it ends, and whether it ends an answer."""
