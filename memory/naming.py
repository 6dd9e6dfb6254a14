"""Names that a statement gives to somebody: "my daughter Zoe", "a cat called Mo", "our twins, Orla and Cillian".

Rules of English, no model. A name right behind a noun is taken for that one's only if the noun is a word for a
relative, a friend or an animal: "my wife wants Porto" names nobody, "my old Volvo" is a car.
"""

import re
from collections.abc import Iterable, Iterator

from memory.bank import kind_of, roles_in, somebody, words
from memory.judge import fold
from memory.spelling import NAME

_NOUN = r"(?!called\b|named\b)[a-z-]+"
_NAMED = re.compile(
    rf"\b((?:[Mm]y|[Oo]ur) (?:{_NOUN} ){{0,2}}{_NOUN})(,? (?:called|named) "
    rf"(?!{NAME} (?:yesterday|today|tonight|again|back|last|this|on|at|about|to|from)\b)|,? )({NAME})(?=[\s,.!)]|$)"
)
_NAMES = rf"{NAME}(?:, {NAME})*,? and {NAME}"
_SEVERAL = re.compile(
    rf"\b((?:[Mm]y|[Oo]ur) (?:[a-z-]+ )?|(?:have|got|are) (?:[a-z]+ ){{1,2}})([a-z-]+s|children)[,:]? "
    rf"(?:called |named )?({_NAMES})(?=[\s,.!)]|$)"
)
""" "my twins, Orla and Cillian", "we have three cats: Mo, Flo and Bo"."""
_HAS_NAMED = re.compile(
    r"(?<!\b[Ii]f )(?<!\b[Ww]hen )\b(?:I|[Ww]e)(?:'ve| have| had)? (?:also |still |now )?(?:have|got|own|keep"
    r"|look after|adopted|bought|rescued|raise|ride|ended up with|took in|foster|fostered|inherited"
    r"|gave up [^,;]+? and ended up with) (?:an?|one) "
    r"(?:(?!(?:in|on|at|from|with|by|of|for|to|near|off|as|about|and|whose|who)\b)[a-z-]+ ){0,4}?"
    r"(?:(?!(?:friend|neighbour|colleague|boss|flatmate|boyfriend|girlfriend)\b)[a-z-]+(?: now)?, an? "
    r"(?:[a-z-]+ ){0,2}?)?"
    rf"(?!one\b)([a-z-]+),? (?:called|named) ({NAME})(?! (?:(?:and|of|of the|&) )?[^\W\d_a-z])(?=[\s,.!)]|$)"
)
""" "I look after an elderly tortoise named Solomon": his tortoise is called Solomon."""
_NAME_FIRST = re.compile(
    r"\b([^\W\d_a-z](?:[\w-]|'(?!s\b))+)(?:'s [^,;]{2,30})?, "
    r"(?:(?:that|he|she|it)'s )?(my|our) (?:[a-z]+ ){0,3}?([a-z]+)(?=[,.!)])"
)
""" "with Pipoca, our noisy old parrot, who …", "Quim, that's our donkey, …", "Ada's back, she's our daughter, …"."""
_IS_MINE = re.compile(rf"({NAME}) is (my|our) ((?:[a-z-]+ ){{0,2}}?[a-z-]+)(?=[,.!;)]| and | who |$)")
""" "Solveig is my wife, a midwife"."""
_ONE_CALLED = re.compile(rf"(My|Our) (?:[a-z-]+ )*?([a-z-]+) is called ({NAME})\.")
_ONLY_NAMED = re.compile(rf"((?:[Mm]y|[Oo]ur) (?:{_NOUN} ){{0,2}}{_NOUN}) ({NAME})")
_NAMING = re.compile(rf"(?:My|Our) [^,]+ (?:is|are) called {NAME}(?:(?:,|,? and) {NAME})*\.")
_NOT_A_ROLE = frozenset(
    """be being gets will would
    is was are were name in on at to for from of with and or but the call calls me when where because since while
    every each next last this most other until till before after during about around near through via past like as by
    into over against online cut play""".split()  # noqa: SIM905  # words, not a list of strings
)
_DAYS = frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())  # noqa: SIM905  # words
_TITLES = frozenset("Dr Mr Mrs Ms Miss Prof St Sir Aunt Uncle".split())  # noqa: SIM905  # words
_FAITHS = frozenset("Catholic Muslim Hindu Buddhist Sikh Christian Jewish Protestant Anglican Vegan".split())  # noqa: SIM905
_SOMEBODY_ELSES = re.compile(
    r"\b(?:an?|one|some\w*|the|friend|any\w*)\b[^,.;]*\b(?:of|at|in|on|from|near|with) $", re.IGNORECASE
)
""" "a girl in my class called Zara": not the class."""
_PERHAPS_CALLED = re.compile(
    r"\bcall(?:s|ing)? $|\b(?:to|nearly|almost|'d have|might|would) (?:call|called|name|named) $"
)
""" "we might call our son Max", "my kids call my mother Nanny"."""
_CONTRACTED = re.compile(r"'(?:s|ll|d|ve|re)$")
_CALLED = re.compile(r" is called (?P<name>[^\W\d_a-z][\w'-]+)\.?$")
_ARE_CALLED = re.compile(rf" (?:is|are) called ({NAME}(?:(?:,|,? and) {NAME})*)\.$")
_TWO_NAMES = re.compile(r"(?:My|Our) [a-z][\w' -]* [^\W\d_a-z][\w'-]+ is (?:called|named) ")
""" "My friend Sunniva is called Gruff", of a dog that she gave away: unless it was said so."""


def names(statement: str) -> frozenset[str]:
    """Whom a statement introduces: "My daughter Zoe plays the cello." → {"Zoe"}."""
    behind = [name_behind(role, statement) for role in roles_in(statement)]
    listed = " and ".join(several for _, role, several in _SEVERAL.findall(statement) if bears_a_name(role))
    said = re.findall(rf"'s name is ({NAME})", statement)
    return frozenset(
        name
        for name in [*(name for _, name in _named(statement)), *behind, *said, *re.split(r", | and ", listed)]
        if name
    )


def named_in(answers: Iterable[str]) -> frozenset[str]:
    """Whom these answers name: "Your twins are called Orla and Cillian." → {"Orla", "Cillian"}."""
    told = list(answers)
    called = (found[1] for answer in told if (found := _ARE_CALLED.search(answer)))
    listed = (name for several in called for name in re.split(r",? and |, ", several))
    return frozenset(listed).union(*map(names, told))


def is_naming(statement: str) -> bool:
    """Whether a statement says a name and nothing else: "My sister is called Una." """
    return bool(_NAMING.fullmatch(statement))


def name_behind(role: str, text: str) -> str:
    """The name that stands behind a word for a relative or an animal: "my cat is called Tibbles", "a son, Ivo"."""
    found = re.search(
        rf"\b{re.escape(role)},? (?:(?:is |was )?(?:called |named )|is |was )?({NAME})(?=[\s,.!)]|$)", text
    )
    if found is None or found.group(1) in _TITLES:
        return ""
    is_it = re.search(r"\b(?:is|was) $", found[0].removesuffix(found[1]))
    ends = re.match(r"\s*(?:[.,!)]|and\b|$)", text[found.end() :])
    if is_it and (found[1] in {*_FAITHS, *words()["nations"]} or kind_of(found[1]) or not ends):
        return ""  # "my husband is Italian", "my sister is Head of Sales"
    return _CONTRACTED.sub("", found.group(1))


def who_is_called(statement: str) -> Iterator[str]:
    """The names that a statement gives beside its main point, each as a statement of its own."""
    body = statement.rstrip(".")
    if named := _called(_IS_MINE.match(statement)):
        yield f"{named}."
    if (only := _ONE_CALLED.fullmatch(statement)) and (kind := kind_of(only[2])):
        yield f"{only[1]} {kind} is called {only[3]}."  # of a terrier: a dog is
    for whose, role, named in _SEVERAL.findall(statement):
        if bears_a_name(role) and not _DAYS.intersection(re.findall(r"\w+", named)):
            yield f"{whose[0].upper() + whose[1:] if whose[0] in 'MmOo' else 'My '}{role} are called {named}."
    for whose, name in _named(_SEVERAL.sub("", statement)):
        if f"{whose} {name}".casefold() != body.casefold():
            yield f"{whose[0].upper()}{whose[1:]} is called {name}."
        if kind := kind_of(whose.split()[-1]):
            yield f"My {kind} is called {name}."
    for name, whose, role in _NAME_FIRST.findall(statement):
        if bears_a_name(role) and name not in _DAYS | _TITLES:
            yield f"{whose.capitalize()} {role} is called {name}."
            if kind := kind_of(role):
                yield f"{whose.capitalize()} {kind} is called {name}."
    for thing, name in _HAS_NAMED.findall(statement):
        yield f"My {thing} is called {name}."
        if kind := kind_of(thing):
            yield f"My {kind} is called {name}."


def only_named(clause: str) -> str:
    """ "My sister Una", "Una is my sister" → "My sister is called Una"; what says more stays as it is."""
    if named := _called(_IS_MINE.fullmatch(clause)):
        return named
    only = _ONLY_NAMED.fullmatch(clause)
    return f"{only.group(1)} is called {only.group(2)}" if only and bears_a_name(only.group(1).split()[-1]) else clause


def _called(mine: re.Match[str] | None) -> str:
    """ "My wife is called Solveig" of "Solveig is my wife"; ""."""
    if mine is None or not bears_a_name(mine[3].split()[-1]) or mine[1] in _DAYS | _TITLES:
        return ""
    return f"{mine[2].capitalize()} {mine[3]} is called {mine[1]}"


def bears_a_name(word: str) -> bool:
    """Whether a word is for a relative, a friend or an animal: of a name right behind it it is that one's."""
    plain = fold(word).removeprefix("step-").removeprefix("ex-").removeprefix("half-")
    return any(one in somebody() or one in words()["also_somebody"] for one in (plain, plain.removesuffix("s")))


def _named(text: str) -> Iterator[tuple[str, str]]:
    """("my old dog", "Rex") for each that is named."""
    for found in _NAMED.finditer(text):
        whose, how, name = found.groups()
        called, before = "called" in how or "named" in how, text[: found.start()]
        if _SOMEBODY_ELSES.search(before) if called else _PERHAPS_CALLED.search(before):
            continue
        bears = called or bears_a_name(whose.split()[-1])
        said = whose.removesuffix("other half").split()
        if bears and not _NOT_A_ROLE.intersection(said) and name not in _DAYS | _TITLES:
            yield whose, _CONTRACTED.sub("", name)


def names_twice(statement: str) -> bool:
    """Whether it gives a name to somebody who has one."""
    return bool(_TWO_NAMES.match(statement))


def was_called(one: str, source: str) -> str:
    """ "My dog was called Muri", of "my dog Muri died in May"."""
    called = _CALLED.search(one)
    died = called and re.search(
        rf"\b{called['name']},? (?:(?:my|our) [\w -]+, )?(?:has |sadly |just )*(?:died|passed away)\b"
        rf"|\blost (?:my|our) (?:[\w-]+ ){{1,3}}{called['name']}\b"
        rf"|\bput (?:down {called['name']}|{called['name']} down)\b",
        source,
    )
    back = re.search(r"\b(?:found|again|back)\b", source)
    return one.replace(" is called ", " was called ") if died and not back else one
