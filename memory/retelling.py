"""What is told in a manner of its own, put as others would say it: a habit, one of several children, a pet's name.

"I was out running at five, as I am every morning" says what he does every morning, "I have two sons. The elder one,
Festus, …" who that is. Rules of English over the text of a turn; what they leave alone is heard as it stands.
"""

import re
from functools import cache

from memory.bank import kind_of, roles_in, words
from memory.judge import fold
from memory.naming import bears_a_name
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
    r"(?P<before>^|[.!?] |,? and )(?:Actually,? |Oh,? |And |But )?"
    r"(?P<what>(?i:(?:choir|band|football|rugby|swimming|orchestra|dance) )?(?i:choir|practice|rehearsal|training"
    r"|class|band|yoga|football|swimming|pottery|chess|judo|karate|ballet)) (?P<when>(?:is|has moved|has changed|moved"
    r"|(?:has been|was|is) (?:moved|changed|shifted|switched|rescheduled)) "
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
_CALL_ME = re.compile(
    rf"(?P<before>^|[.!?] |, )(?:(?:but|and|so) )?(?:(?:you can|please|just|everyone can|do) )?call me "
    r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Tomorrow|Today|Tonight|Later|Back|Mum|Mom|Dad|Gran|Nan|Sir|Madam|Miss)"
    rf"(?P<name>(?-i:{NAME}))(?=[.!,]|$)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(rf"\b(?P<whose>(?i:my|our)) (?P<role>(?:[a-z-]+ )?[a-z-]+) \((?P<name>{NAME})\)")
""" "My girlfriend (Ines) is a vet." """
_WITH_AGE = rf"{NAME} \(\d\d?\)"
_WITH_AGES = re.compile(
    rf"\b(?P<whose>[Mm]y|[Oo]ur|[Ww]e have|I have)(?P<many>(?: [a-z]+)?) (?P<role>[a-z-]+s|children)[,:]? "
    rf"(?P<each>{_WITH_AGE}(?:, {_WITH_AGE})*,? and {_WITH_AGE})"
)
""" "My kids Tom (5) and Ana (3) love Lego." """
_PLEASE_REMEMBER = re.compile(
    r"\b(?:can|could|will|would) you (?:please )?(?:remember|note|keep in mind)(?: that)? "
    r"(?P<what>(?:I|I'm|I've|we|(?:my|our)\b(?=[^?]* (?:is|are|was|has|have|lives?|works?|died|loves?|hates?)\b))"
    r"\b[^?]*)\?",
    re.IGNORECASE,
)
_THE_EVENT = re.compile(
    r"(?P<before>^|[.!?] )(?:[Tt]he )(?P<what>concert|wedding|exam|appointment|party|trip|match|meeting|dentist"
    r"|operation|interview|test|class|course|game|show|recital) (?P<when>(?:is|has been|was|has|'s been) "
    r"(?:now |also )?(?:moved|changed|shifted|switched|rescheduled|postponed|put back|pushed back|brought forward)"
    r" (?:to|till|until) [^.!?]{2,40})"
)
""" "The concert has been put back to May.": his, if he says so."""
_BECAUSE = re.compile(
    r"(?P<all>(?:(?<=^)|(?<=[.!?] ))(?:I|[Ww]e)(?: can't| cannot| can not"
    r"| never(?= (?:eat|drink|drive|fly|smoke|swim|go out|cook|take)\b)"
    r"| don't (?:eat|drink|drive|smoke|have|take))\b[^.!?;,]{2,60}? because "
    r"(?P<why>I(?:'m| am|'ve| have) [^.!?,;]{3,60}))(?=[.!?]|$)"
)
""" "I can't drive because I have epilepsy.": he has."""
_ACTUALLY_MY = re.compile(
    rf"\b(?P<name>{NAME}) is (?:actually|really|in fact) (?:my|our) (?P<role>[a-z-]+),? (?:and )?"
    r"not (?:my|our) (?P<was>[a-z-]+)"
)
_HAS_ITS_NAME = re.compile(
    r"\b(?P<has>(?:I|[Ww]e)(?:'ve| have| also have| own| also own| keep| got|'ve got) an? "
    rf"(?:[a-z-]+ ){{0,3}}?(?P<what>[a-z-]+)),? (?:and )?(?:the|its|her|his) name is (?P<name>{NAME})"
)
""" "I have a small boat, the name is Yakamoz." """
_TURNED = re.compile(
    rf"\b(?!(?:My|Our|He|She|We|They|It|The|You)\b)(?<!\bin )(?<!\bat )(?<!\bwith )(?P<name>{NAME}) "
    r"(?P<what>(?:(?!\b(?:with|son|daughter|brother|sister|friend|baby)\b)[^.!?;]){3,60}?),? "
    r"(?:(?:so|and) )?(?:now )?(?:he|she)(?:'s| is) (?:now )?"
    r"(?P<age>\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen)(?: now| already| years old)\b(?: now)?"
)
""" "Kaan had his birthday on Saturday, so he's ten now." """
_MY_NOW = re.compile(
    rf"\b(?!(?:My|Our|He|She|We|They|It|The|You)\b)(?P<name>{NAME}) (?P<what>[^.!?]{{3,60}}[.!?]+ )"
    r"(?:So |And |Now )*(?i:he|she)(?:'s| is) (?:now )?my (?P<role>[a-zé]+) now\b"
)
""" "Obinna proposed on Sunday! So he's my fiancé now." """
_LINE = re.compile(
    r"^[ \t*-]*(?P<key>name|age|job|occupation|profession|location|city|town|hometown|lives in)[ \t]*:"
    r"[ \t]*(?P<value>[^\n]{1,60})$",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNS = frozenset(
    """Aries Taurus Gemini Cancer Leo Virgo Libra Scorpio Sagittarius Capricorn Aquarius Pisces Persian Siamese Tabby
    Alzheimer Catholic Muslim Jewish Hindu Buddhist Christian""".split()  # noqa: SIM905  # words
) - {"Leo"}
_SAYS = {
    "name": "My name is {}.", "age": "I'm {} years old.", "job": "My job is {}.", "occupation": "My job is {}.",
    "profession": "My job is {}.", "hometown": "My hometown is {}.",
}  # fmt: skip
""" "Age: 34", a profile's line; where somebody is, he lives."""
_OF_A_STORY = re.compile(
    r"\b(?:film|movie|book|novel|story|series|game|neighbou?rs?|friends?|sister|brother)\b", re.IGNORECASE
)
"""In which a dog may be another's."""
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
    if len(_LINE.findall(text)) > 1 and not _LINE.sub("", text).strip():  # else it may be a dog's, or a cake's
        text = _LINE.sub(_of_profile, text)
    text = _PLEASE_REMEMBER.sub(r"\g<what>.", text)
    text = _CALL_ME.sub(r"\g<before>I'm called \g<name>", text)
    text = _IN_BRACKETS.sub(lambda who: _by_name(who) if _is_a_name_of(who) else who[0], text)
    text = _WITH_AGES.sub(lambda all_: _each_with_age(all_) if bears_a_name(all_["role"]) else all_[0], text)
    text = _ACTUALLY_MY.sub(r"My \g<role> is called \g<name>, not my \g<was>", text)
    text = _HAS_ITS_NAME.sub(r"\g<has>. My \g<what> is called \g<name>", text)
    text = _MY_NOW.sub(r"\g<name> \g<what>My \g<role> is called \g<name>", text)
    text = _TURNED.sub(r"\g<name> \g<what>. \g<name> is \g<age> years old", text)
    text = _BECAUSE.sub(r"\g<all>. \g<why>", text)
    if not roles_in(text):  # else it may be theirs
        text = _THE_EVENT.sub(r"\g<before>My \g<what> \g<when>", text)
    text = _WHICH_WAS_NAMED.sub(" called ", text)
    text = _ON_THAT_DAY.sub(lambda told: f"{_now(told)} every {told['day']}", text)
    text = _NO_MORE.sub(_is_now, text)
    text = _HELD_NOW.sub(_held, text)
    text = _HABIT.sub(lambda told: f"{_now(told)} {told['when']}", text)
    several = _SEVERAL.search(text)
    if several and not roles_in(behind := text[several.end() : several.end() + _AFTER]):
        one = {"children": "child"}.get(several["kind"].lower(), several["kind"].lower().removesuffix("s"))
        ours = "Our" if several[0].lower().startswith("we") else "My"
        told = _ONE_OF_THEM.sub(lambda which: _that_one(which, ours, one), behind)
        text = f"{text[: several.end()]}{told}{text[several.end() + _AFTER :]}"
    if not _OF_A_STORY.search(text) and not roles_in(re.sub(r"[Tt]he \w+(?='s called| is called)", "", text)):
        text = _the_pet().sub(r"\g<before>My \g<kind> is called \g<name>", text)
    text = _named_pet(text)
    return turn if text == as_typed else text


def _is_now(told: re.Match[str]) -> str:
    """ "My boss isn't Ann any more, it's Bo" → "My boss is now Bo": what was before answers no question."""
    verb = "is" if told["is"] in ("'s", " is") else "are"
    return f"{told['what']}{told['rest']} {verb}{' now' if told['more'] else ''} {told['new']}"


def _held(told: re.Match[str]) -> str:
    """ "…, and choir is on Tuesdays": his, unless another was spoken of before."""
    clause = told["before"].strip(" ,") == "and"
    if clause and roles_in(re.split(r"[.!?] ", told.string[: told.start()])[-1]):
        return told[0]
    return f"{'. ' if clause else told['before']}My {told['what'].lower()} {told['when']}"


def _of_profile(line: re.Match[str]) -> str:
    """ "Age: 34" → "I'm 34 years old." """
    return _SAYS.get(line["key"].lower(), "I live in {}.").format(line["value"].strip(" .,"))


def _is_a_name_of(who: re.Match[str]) -> bool:
    """Whether what stands in brackets is a name: no Labrador, no Irish, no RIP."""
    name = who["name"]
    other = name.isupper() or kind_of(name) or name in words()["nations"] or name in _SIGNS
    return bears_a_name(who["role"].split()[-1]) and not other and not re.search(r"(?:ic|'s)$", name)


def _by_name(who: re.Match[str]) -> str:
    """ "My girlfriend (Ines)" → "My girlfriend Ines"."""
    return f"{who['whose']} {who['role']} {who['name']}"


def _each_with_age(several: re.Match[str]) -> str:
    """ "My kids Tom (5) and Ana (3)" → "Tom is 5 years old. Ana is 3 years old. My kids Tom and Ana"."""
    each = [found.rpartition(" (") for found in re.findall(_WITH_AGE, several["each"])]
    ages = " ".join(f"{name} is {age.rstrip(')')} years old." for name, _, age in each)
    names = " and ".join(filter(None, (", ".join(name for name, *_ in each[:-1]), each[-1][0])))
    whose = several["whose"] if several["whose"].lower() in ("my", "our") else "My"
    return f"{whose} {several['role']} are called {names}. {ages} {several['whose']}{several['many']} {several['role']}"


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
def _the_pet() -> re.Pattern[str]:
    """ "The dog is called Bruno.": his."""
    animals = "|".join(re.escape(str(animal)) for animal in words()["animals"])
    return re.compile(rf"(?P<before>^|[.!?] )[Tt]he (?P<kind>{animals})(?:'s| is) called (?P<name>{NAME})")


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
