"""What a pronoun stands for where its sentence tells nothing without that.

Who "that" is: "Solveig laughed. That's my wife." When something is: "The choir has moved. It's on Thursdays." And what
somebody thinks of a thing: "Mushrooms again. I can't stand them." Only a kind of thing is taken up, a noun without
article ("mushrooms", "wild mushrooms"): of "the trains were late, I hate it" nobody knows what is hated.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from memory.bank import somebody, words
from memory.clauses import SENTENCE_END
from memory.company import is_somebody
from memory.judge import fold
from memory.naming import bears_a_name
from memory.spelling import MONTHS, NAME, tidy
from memory.syntax import text_of

if TYPE_CHECKING:
    from memory.parser import Parse

_VERDICT = re.compile(
    r"\b(?:(?:(?:can't|cannot|can not|couldn't) (?:\w+ly )?(?:stand|bear|abide|stomach|eat|drink|have|touch)"
    r"|(?:don't|won't|never|doesn't) (?:\w+ly )?(?:eat|drink|touch|like)|hates?|loathes?|detests?|dislikes?|avoids?"
    r"|loves?|adores?|(?<!would )(?<!'d )likes?|(?:live|do) without)"
    r"|(?:all?ergic|addicted|intolerant) to|(?:scared|afraid|terrified|frightened|sick|fond) of) (?P<it>it|them)\b",
    re.IGNORECASE,
)
_EATEN = ("dobj", "attr", "ROOT", "nsubj")
_NEAR = 12
"""Words between the two at most: further back something else was spoken of."""
_FAR = 300
"""Characters of a sentence that are parsed for it."""
_SAID_WHICH = ("det", "poss", "nummod", "predet", "conj", "appos", "relcl")
_SO_MANY = ("many", "more", "few", "several", "other", "such", "same", "last", "next")
_NO_KIND = frozenset(
    "people guest visitor thing stuff time day morning evening weekend week hour minute year lunch dinner supper work"  # noqa: SIM905  # words
    " home bed school ticket bit lot kind sort today tonight tomorrow yesterday".split()
)


_IS_MINE = re.compile(
    r"(?:and |but |well,? |oh,? )?(?P<it>(?:that|this|he|she|it)(?:'s| is)) (?:my|our) "
    r"(?P<role>(?:[\w-]+ ){0,2}?[\w-]+)(?=[,.!;)]| and | who |$)",
    re.IGNORECASE,
)
_NAME_AT_HEAD = re.compile(
    r"(?:(?:oh|and|but|so|well|yesterday|today),? )?(?-i:([^\W\d_a-z][\w'-]+))\b(?!')", re.IGNORECASE
)
_IT_IS_WHEN = re.compile(
    r"(?:and |but |so )?(?:(?:actually|now|well|these days),? )?(?P<it>it(?:'s| is)(?: now)?)"
    r" (?=(?:now )?(?:on|at|in|every|from) )",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"(?:(?:oh|and|but|so|well|actually),? )?(?:the|my|our) (?P<what>(?:[\w'-]+ ){0,2}?(?:choir|class|lesson|course"
    r"|club|band|orchestra|practice|rehearsal|training|session|group|team|meeting|shift|appointment|wedding|exam|match|game|trip"
    r"|flight|holiday|party|night|day))(?:'s| is| has| was| got| will| had)? \w",
    re.IGNORECASE,
)
""" "The choir has changed its evening. Actually it's on Thursdays now."."""
_LIVED_THERE = re.compile(
    r"(?P<cut>, )?\b(?P<did>lived|grew up|(?:was )?(?:born|raised)|worked|studied|went to (?:school|uni|college))"
    r" there\b",
    re.IGNORECASE,
)
_LIVES_HERE = re.compile(
    r"\b(?P<did>(?:I|we)(?:'ve| have)? (?:still |now |always |only )?(?:lived?|work(?:ed)?)) (?:here|there)\b",
    re.IGNORECASE,
)
_CAME_TO = re.compile(
    r"\b(?:I|[Ww]e)(?:'ve| have)? (?:came|come|moved|emigrated|relocated)(?: (?:back|over|out|here|down|up|away))?"
    rf" to ({NAME})"
)
""" "I came to Halifax when I was twenty. I still live here."."""
_PLACE = re.compile(r"\b(?:in|at|to|of) ([^\W\d_a-z][\w'-]+(?: [^\W\d_a-z][\w'-]+)*|[a-z]{4,}(?=[,.!;]|$))")
_PET = re.compile(
    r"(?:(?:omg|ugh|aw+|oh|ha(?:ha)*|lol|and|so|well|home at last)[,!.]* )?(?!(?:I|I'm|we|my|our|the|this|that|these"
    r"|those|he|she|they|it|you|there|some|his|her|their|an?)\b)(?P<name>[^\W\d_][\w-]+) "
    r"(?:(?:just|has|is|was|keeps?) )?[\w-]+ [^.!?]{2,60}?[,.!;] (?:(?:the|you|such an?|what an?) )?"
    r"(?:worst|best|daft|silly(?: old)?|stupid|naughty|lazy|bloody|greedy|bad|crazy|mad|dumb|evil|cheeky|clumsy|dopey"
    r"|useless|spoilt|nosy|fat|soppy) "
    r"(?P<kind>cat|dog|puppy|kitten|rabbit|bunny|parrot|budgie|hamster|horse|pony|goat|ferret)(?=[.!,;]|$| lol)",
    re.IGNORECASE,
)
""" "pixel knocked my tea over. worst cat": whose name it is."""
_NO_NAME = frozenset(
    "i i'm i've we my our the this that these those it he she they you there here what when dinner lunch breakfast"  # noqa: SIM905  # words
    " supper work school today yesterday tonight tomorrow please thanks somebody someone everybody nobody".split()
)


def with_names_for_pronouns(turn: str, parse: "Parse | None") -> str:
    """The turn with a name for the "she" of "she's my wife", and a noun for the "them" of "I can't stand them".

    The name heads the sentence before; the noun stands in the same sentence or in the one before, in the number that
    the pronoun says. Without a parser only a pet and "there" are named.
    """
    text = tidy(turn)
    named, end, before = "", 0, ""
    for start, stop in _sentences(text):
        if start < end:  # taken with the one before
            continue
        if there := _LIVED_THERE.search(text, start, stop):
            if place := _place_before(text[start : there.start()], before):
                begins = f". I {there['did']}" if there["cut"] else there["did"]
                named, end = f"{named}{text[end : there.start()]}{begins} in {place}", there.end()
        elif (lives := _LIVES_HERE.search(text, start, stop)) and (place := _came_to(text[: lives.start()])):
            named, end = f"{named}{text[end : lives.start()]}{lives['did']} in {place}", lives.end()
        elif (pet := _PET.match(text, start)) and fold(pet["name"]) not in _NO_NAME:
            named = f"{named}{text[end : pet.end()]}. My {pet['kind']} is called {pet['name'].capitalize()}."
            end = pet.end()
        elif (when := _IT_IS_WHEN.match(text, start, stop)) and (held := _HELD.match(before)):
            named, end = f"{named}{text[end : when.start('it')]}my {held['what']} is", when.end("it")
        elif parse is None:
            pass
        elif (mine := _IS_MINE.match(text, start, stop)) and (name := _name_at_head(before, mine["role"], parse)):
            named, end = f"{named}{text[end : mine.start('it')]}{name} is", mine.end("it")
        elif said := _VERDICT.search(text, start, stop):
            near = (text[start : said.start()][-_FAR:], before[-_FAR:])
            kind = next((kind for one in near if (kind := _kind_of_thing(one, said["it"].lower(), parse))), "")
            if kind:
                named, end = f"{named}{text[end : said.start('it')]}{kind}", said.end()
        before = text[start:stop]
    return f"{named}{text[end:]}" if named else turn


def _name_at_head(sentence: str, role: str, parse: "Parse") -> str:
    """The name that a sentence begins with, if a relative or an animal may bear it; ""."""
    found = _NAME_AT_HEAD.match(sentence)
    if found is None or not bears_a_name(role.split()[-1]) or fold(found[1]) in _NO_NAME | somebody():
        return ""
    tokens = [token for token in parse(sentence[:_FAR]) if found[1].startswith(token.text)]
    return found[1] if tokens and (tokens[0].pos_ in ("PROPN", "NOUN") or tokens[0].dep_ == "nsubj") else ""


def _place_before(clause: str, sentence: str) -> str:
    """The place that was named last, in the clause or else in the sentence before; ""."""
    found = _PLACE.findall(f"{clause},") or _PLACE.findall(sentence)
    return f"{found[-1][0].upper()}{found[-1][1:]}" if found else ""


def _came_to(told: str) -> str:
    """The place that somebody says he came to, if no other was named since; ""."""
    came = _CAME_TO.findall(told)
    named = [place for place in _PLACE.findall(told) if place not in MONTHS.split("|")]
    return str(came[-1]) if came and came[-1:] == named[-1:] else ""


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends."""
    start = 0
    for between in SENTENCE_END.finditer(text):
        yield start, between.start()
        start = between.end()
    yield start, len(text)


def _kind_of_thing(text: str, pronoun: str, parse: "Parse") -> str:
    """The last noun of a kind of thing that a text speaks of, with what stands before it; ""."""
    found = [token for token in parse(text) if _is_kind(token, pronoun)] if text.strip() else []
    eaten = [token for token in found if token.dep_ != "nsubj"] or found
    if not eaten or len(eaten[-1].doc) - eaten[-1].i > _NEAR:
        return ""
    before = [c for c in eaten[-1].children if c.dep_ in ("amod", "compound", "nmod") and c.i < eaten[-1].i]
    kind = text_of([*(t for c in before for t in c.subtree), eaten[-1]])
    return kind[0].lower() + kind[1:]


def _is_kind(noun: Any, pronoun: str) -> bool:
    """ "mushrooms", no "the trains", "my kids", "Heat", no job ("I'm head of year"), none of several things."""
    of_whom = [c.lower_ for c in noun.head.children if c.dep_ == "nsubj" and c != noun]
    if noun.tag_ != ("NNS" if pronoun == "them" else "NN") or noun.dep_ not in _EATEN or noun.lemma_ in _NO_KIND:
        return False
    if noun.pos_ != "NOUN" or any(c.dep_ in _SAID_WHICH or c.lower_ in _SO_MANY for c in noun.children):
        return False  # "everyone raves about it" speaks of no kind of thing
    if is_somebody(noun) or {fold(noun.text), fold(noun.lemma_)} & somebody() - {*words()["animals"]}:
        return False
    return not (noun.dep_ == "attr" and {"i", "we"} & {*of_whom})
