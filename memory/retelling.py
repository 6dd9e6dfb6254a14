"""What is told in a manner of its own, put as others would say it: a habit, one of several children, a pet's name.

"I was out running at five, as I am every morning" says what he does every morning, "I have two sons. The elder one,
Festus, …" who that is. Rules of English over the text of a turn; what they leave alone is heard as it stands.
"""

import re
from functools import cache

from memory.bank import roles_in, words
from memory.judge import fold
from memory.spelling import NAME, tidy

_AS_EVERY = (
    r",? (?:just )?(?:as|like) (?:(?:I|we) (?:am|are|do|have|always (?:am|are|do|have))|always|usual|ever)"
    r" (?P<when>every (?:single )?[a-z]+|on [A-Z][a-z]+days|most [a-z]+s)\b"
)
_HABIT = re.compile(
    r"\b(?P<who>I|[Ww]e)(?P<is>'m| am|'re| are| was| were|'ll| will)"
    rf"(?P<what> (?!(?:not|never)\b)[^,.!?;:]{{3,60}}){_AS_EVERY}"
)
""" "I was out running at five, as I am every morning", "I will finish my tea now, as I do every evening"."""
_ON_THAT_DAY = re.compile(
    r"\b(?:[Yy]esterday|[Tt]oday|[Ii]t)(?: was|'s| is) (?P<day>[A-Z][a-z]+day),?(?: and)?(?: so)? "
    r"(?P<who>I|we)(?P<is>'m| am|'re| are| was| were)(?P<what> [^,.!?;:]{3,60}), (?:just )?as "
    r"(?:every week|always|usual|(?:I|we) always (?:am|are)|(?:I|we) (?:am|are) every week)\b"
)
""" "Yesterday was Wednesday so I was at the pool, as every week"."""
_NO_MORE = re.compile(
    r"(?P<what>\b[Mm]y|\b[Oo]ur)(?P<rest>(?: (?!(?:and|but|or|that|which|who|is|are)\b)[\w'-]+){1,6}?)"
    r"(?: isn't| is not|'s not| aren't| are not)(?: called| named)? [^,.!?;:]{1,50}?"
    r"(?P<more> any ?more| any longer| now)?, (?:but )?(?:it|she|he|they)(?P<is>'s| is|'re| are)(?: now)?"
    r" (?!(?:still|also|too|so|not|just|only|quite|very|really|always|been|got|gone)\b)(?P<new>[^,.!?;:]{1,60})"
)
""" "My favourite drink isn't mint tea any more, it's juice"."""
_HELD_NOW = re.compile(
    r"(?P<before>^|[.!?] )(?:Actually,? |Oh,? |And |But )?(?P<what>(?i:choir|practice|rehearsal|training|class|band"
    r"|yoga|football|swimming|pottery|chess|judo|karate|ballet)) (?P<when>(?:is|has moved|has changed|moved) "
    r"(?:now )?(?:on|to|at) (?:[A-Z][a-z]+days?\b|\d)[^.!?]{0,40})"
)
""" "Actually choir is on Thursdays now": his."""
_SEVERAL = re.compile(
    r"\b(?:I|we)(?:'ve| have| had)?(?: got)? (?:two|three|four|five|six|[2-6]) (?:grown[- ]up |little |small )?"
    r"(?P<kind>sons|daughters|brothers|sisters|boys|girls|children|kids|grandsons|granddaughters|nephews|nieces)\b",
    re.IGNORECASE,
)
_ONE_OF_THEM = re.compile(
    r"(?P<before>(?:[.!?;:,]|[-–—]) (?:and |but )?)(?P<whose>the |my )"
    r"(?P<which>elder|eldest|older|oldest|younger|youngest|middle)(?: one)?"
    rf"(?P<name>,? (?-i:{NAME}),?)? "
    r"(?=(?:is|was|has|works?|lives?|plays?|studies|goes|teaches|sings|wants|just|still)\b)",
    re.IGNORECASE,
)
""" "The elder one, Festus, is a pilot.", of two sons."""
_WHICH_WAS_NAMED = re.compile(
    r",? (?:that|which|who|whom) (?:I|we|he|she|they)(?:'ve|'s| have| has)? (?:named|called?|calls)"
    rf" (?={NAME}(?:[,.!;)]|$))"
)
""" "a rabbit that she named Clover": one called Clover."""
_OWN = ("son", "daughter", "boy", "girl", "child", "kid")
_AFTER = 240
"""Characters behind the two sons in which one of them is spoken of."""
_NO_NAME = (
    r"(?:after|back|over|in|out|off|up|down|again|names?|and|but|a|an|the|that|this|to|for|from|because|when|then|every"
    r"|my|our|his|her|it|so|inside|home|lazy|stupid|ugly|fat|bad|good)"
)


def put_plainly(turn: str) -> str:
    """The text of a turn with what it tells so in the words of statements, tidied then; else as it is."""
    text = as_typed = tidy(turn)
    text = _WHICH_WAS_NAMED.sub(" called ", text)
    text = _ON_THAT_DAY.sub(lambda told: f"{_now(told)} every {told['day']}", text)
    text = _NO_MORE.sub(_is_now, text)
    text = _HELD_NOW.sub(lambda told: f"{told['before']}My {told['what'].lower()} {told['when']}", text)
    text = _HABIT.sub(lambda told: f"{_now(told)} {told['when']}", text)
    several = _SEVERAL.search(text)
    if several and not roles_in(behind := text[several.end() : several.end() + _AFTER]):
        one = {"children": "child"}.get(several["kind"].lower(), several["kind"].lower().removesuffix("s"))
        ours = "Our" if several[0].lower().startswith("we") else "My"
        told = _ONE_OF_THEM.sub(lambda which: _that_one(which, ours, one), behind)
        text = f"{text[: several.end()]}{told}{text[several.end() + _AFTER :]}"
    text = _named_pet(text)
    return turn if text == as_typed else text


def _is_now(told: re.Match[str]) -> str:
    """ "My boss isn't Ann any more, it's Bo" → "My boss is now Bo": what was before answers no question."""
    verb = "is" if told["is"] in ("'s", " is") else "are"
    return f"{told['what']}{told['rest']} {verb}{' now' if told['more'] else ''} {told['new']}"


def _now(told: re.Match[str]) -> str:
    """ "I was out running" → "I'm out running", "I will finish my tea now" → "I finish my tea", "I will be" → "I'm"."""
    who, what = told["who"], re.sub(r" (?:now|just|then|again|today)\b", "", told["what"])
    am = "'m" if who == "I" else "'re"
    if told["is"].strip() in ("'ll", "will"):
        return f"{who}{am}{what.removeprefix(' be')}" if what.startswith(" be ") else f"{who}{what}"
    return f"{who}{am}{what}"


def _that_one(which: re.Match[str], ours: str, one: str) -> str:
    """ ". The elder one, Festus, " → ". My elder son Festus "; "my youngest" alone is a child, no brother."""
    if which["whose"].lower() == "my " and one not in _OWN:
        return which[0]
    name = f" {which['name'].strip(' ,')}" if which["name"] else ""
    before = which["before"] if which["before"][0] in ".!?" else ". "
    return f"{before.replace('and ', '').replace('but ', '')}{ours} {which['which'].lower()} {one}{name} "


def _named_pet(text: str) -> str:
    """With a sentence behind that says what a pet is called, of which that is told by the way."""
    found = _pet_called().search(text)
    if found is None:
        return text
    end = re.compile(r"[.!?]|$").search(text, found.end())
    behind = end.end() if end else len(text)
    stop = "" if text[behind - 1] in ".!?" else "."
    name = f"{found['name'][0].upper()}{found['name'][1:]}"
    return f"{text[:behind]}{stop} My {fold(found['kind'])} is called {name}.{text[behind:]}"


@cache
def _pet_called() -> re.Pattern[str]:
    """ "the cat pushed my charger off. called him minister"; not "they called him Rex"."""
    animals = "|".join(re.escape(str(animal)) for animal in words()["animals"])
    return re.compile(
        rf"\b(?:the|my|our) (?P<kind>{animals})\b[^!?]{{0,90}}?(?:[.,;] |\b(?:I|we|and|so) )"
        rf"(?:called|named) (?:him|her|it) (?!{_NO_NAME}\b)(?P<name>[^\W\d_][\w-]+)"
        r"(?=[.,!?;]| (?:because|cuz|cos|since|as|after|for|when|lol)\b|$)",
        re.IGNORECASE,
    )
