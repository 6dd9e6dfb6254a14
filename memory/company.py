"""Who is spoken of, and what stands beside him: a name, an age, what he is; of parsed sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from memory.bank import may_be, somebody, words
from memory.judge import fold
from memory.syntax import PLURAL, comma_before, text_of, words_of

_AS_NAMES = ("mum", "mom", "mam", "mama", "dad", "papa", "gran", "nan", "grandma", "grandpa", "granny", "grandad")
""" "It made me think of gran.": his."""
_SAID_OF = ("that", "this", "he", "she", "it")
_PERSONS = ("man", "woman", "guy", "girl", "boy", "baby", "postman", "lady", "person")
_OF_PERSONS = ("with", "by", "to", "love", "like", "hate", "adore", "meet", "know", "marry", "date")
_OLDEST = 115
_NEAR = 6
"""Words between two that are one: a list of things has commas, too."""


@dataclass
class Company:
    """Who was spoken of so far: ("My wife Nerea", "wife"), the last one last; and whether several things were.

    others: of whom the sentence before speaks beside.
    earlier: who was spoken of in the message before, if this one begins with "he" or "she". named: a name that the
    sentence before begins with.
    """

    spoken_of: list[tuple[str, str]] = field(default_factory=list)
    earlier: list[tuple[str, str]] = field(default_factory=list)
    several: bool = False
    named: str = ""
    others: list[str] = field(default_factory=list)

    def add(self, who: str, role: str) -> None:
        """Remember somebody, by name once he was named."""
        same = [said for said, _ in self.spoken_of if said.startswith(who) or who.startswith(said)]
        others = [(said, kind) for said, kind in self.spoken_of if said not in same]
        self.spoken_of = [*others, (max((who, *same), key=len), role)]

    def whom(self, pronoun: str) -> str:
        """The only one of whom "he", "she" or "it" may be said; of the message before if of nobody in this; else ""."""
        for of in (self.spoken_of, self.earlier if pronoun != "it" else []):
            if may := [who for who, role in of if may_be(pronoun, role)]:
                return may[0] if len(may) == 1 and not self._beside(pronoun, may[0], of) else ""
        return ""

    def _beside(self, pronoun: str, who: str, spoken_of: list[tuple[str, str]]) -> bool:
        """Whether the pronoun may as well be said of another of the sentence before."""
        role = next(role for said, role in spoken_of if said == who)
        either = may_be("he", role) and may_be("she", role)  # a cousin; of a sister "she" is said, whomever she married
        return pronoun != "it" and any(
            (" " in other or either) if other[0].isupper() else may_be(pronoun, fold(other)) for other in self.others
        )

    def next_message(self) -> "Company":
        """What the message that follows may speak of."""
        return Company(earlier=self.spoken_of)


def is_somebody(token: Any) -> bool:
    """ "wife" of "my wife", "boy" of "my neighbour's boy"."""
    return fold(token.text) in somebody() and token.dep_ != "poss" and is_mine(token)


def other(token: Any) -> str:
    """ "Taylor Swift" of "my daughter loves Taylor Swift", "woman" of "met a Brazilian woman": of whom "she" may be;
    else ""."""
    if token.dep_ not in ("dobj", "pobj") or token.tag_ in PLURAL or is_mine(token):
        return ""
    beside = token.dep_ == "dobj" or token.head.lower_ in ("with", "by")
    beside = beside or (token.head.lower_ == "to" and token.head.head.lower_ in ("married", "engaged"))
    word = fold(token.text)
    a_person = (word in somebody() and word not in words()["animals"]) or word in _PERSONS
    named = token.pos_ == "PROPN" and token.head.lemma_ in _OF_PERSONS
    whole = " ".join(t.text for t in (*(c for c in token.children if c.dep_ == "compound"), token))
    return (whole if named else token.text) if beside and (a_person or named) else ""


def is_mine(noun: Any) -> bool:
    if noun.lower_ in _AS_NAMES and not any(c.dep_ in ("det", "poss") for c in noun.children):
        return True
    return any(c.dep_ == "poss" and any(t.lower_ in ("my", "our") for t in c.subtree) for c in _around(noun))


def _around(noun: Any) -> list[Any]:
    """What hangs on a noun, or on the name that it stands before: "my girlfriend Zuzana, a teacher"."""
    named = noun.dep_ in ("compound", "nmod") and noun.head.pos_ == "PROPN"
    return [*noun.children, *(c for c in noun.head.children if named and c != noun)]


def how_said(noun: Any) -> str:
    """ "My wife Nerea" of the noun "wife"."""
    before = [c for c in _around(noun) if c.dep_ in ("poss", "amod", "compound", "nummod") and c.i < noun.i]
    named = [c for c in noun.children if c.dep_ == "appos" and c.pos_ == "PROPN" and c.i - noun.i < 3]
    behind = noun.doc[noun.i + 1 : noun.i + 2]  # which the parser may take for a verb's
    name = named[0] if named else next((t for t in behind if t.pos_ == "PROPN" and t.is_title), None)
    listed = [] if name is None else [t for t in words_of(name) if t == name or t.dep_ != "appos"]
    called = [t for t in listed if t.pos_ in ("PROPN", "CCONJ") or t.text == ","]
    if called and called[0].is_title:  # "Gunnhild rang": the parser takes both for a name
        called = [t for t in called if not (t.pos_ == "PROPN" and t.text.islower())]
    whose = text_of([t for c in before for t in c.subtree]) or "my" * (noun.lower_ in _AS_NAMES)
    said = " ".join(filter(None, (whose, noun.text if whose != "my" else noun.lower_, text_of(called))))
    return said[0].upper() + said[1:]


def beside(noun: Any) -> Iterator[str]:
    """What stands beside somebody: "my uncle Festus, a retired postman", "our daughter, nine years old"."""
    if name := _named_before(noun):
        yield f"{how_said(noun)} is called {name}."
    of = (noun, *(c for c in _around(noun) if c.dep_ == "appos"))
    for child in (c for one in of for c in (_around(one) if one == noun else one.children) if c.i > noun.i):
        years = [c for c in child.children if c.lower_ in ("years", "months")] if child.lower_ == "old" else []
        if years:
            yield f"{how_said(noun)} is {text_of(words_of(years[0]))} old."
        elif _is_age(child):
            yield f"{how_said(noun)} is {child.text} years old."
        elif child.dep_ == "appos" and any(c.lower_ in ("a", "an") for c in child.children):
            yield f"{how_said(noun)} is {text_of(words_of(child))}."


def _named_before(noun: Any) -> str:
    """ "Hinemoa just rang, that's my wife": the name at the head of the sentence, of which the rest is said; ""."""
    subject = next((c for c in noun.head.children if c.dep_ == "nsubj"), None)
    if noun.dep_ != "attr" or noun.head.lemma_ != "be" or subject is None or subject.lower_ not in _SAID_OF:
        return ""
    return name_at_the_head(noun.doc) if noun.doc[0].head != noun.head else ""


def name_at_the_head(doc: Any) -> str:
    """The name that a sentence begins with, if it says what that one does; else ""."""
    first = doc[0]
    named = first.pos_ == "PROPN" and first.dep_ == "nsubj" and fold(first.text) not in somebody()
    return f"{first.text[0].upper()}{first.text[1:]}" if named else ""


def who_that_is(doc: Any, named: str) -> str:
    """ "Zarina rang. My big sister, she's …": whose name it was; ""."""
    role = next((t for t in doc[:4] if is_somebody(t)), None) if named and doc[0].lower_ in ("my", "our") else None
    behind = doc[role.i + 1 : role.i + 2] if role is not None else []
    apart = all(t.is_punct or t.lower_ in ("he", "she") for t in behind)
    return f"{how_said(role)} is called {named}." if role is not None and apart else ""


def _is_age(number: Any) -> bool:
    """ "my daughter, 9," and "my aunt (eighty)", no year and no day of a month."""
    before, behind = number.doc[max(0, number.i - 1)], number.doc[number.i + 1 : number.i + 2]
    alone = before.is_punct and all(t.is_punct for t in behind)
    return alone and number.like_num and not (number.text.isdecimal() and int(number.text) > _OLDEST)


def equated(noun: Any) -> str:
    """ "my employer, the county archive", "khachapuri, my favourite food": one is the other."""
    other = noun.head
    if noun.dep_ != "appos" or not comma_before(noun) or "NOUN" not in (noun.pos_, other.pos_):
        return ""
    if fold(noun.text) in somebody() or fold(other.text) in somebody() or is_mine(noun) == is_mine(other):
        return ""
    if _is_listed(noun) or noun.i - other.i > _NEAR or (noun.tag_ in PLURAL) != (other.tag_ in PLURAL):
        return ""
    said = "(" if is_mine(noun) else "det"  # not "jam jars (my gran's words)", "my employer, Tuesdays"
    if noun.doc[noun.left_edge.i - 1].text == said or (
        said == "det" and not any(c.dep_ == said for c in noun.children)
    ):
        return ""
    what = text_of(words_of(other, [c for c in other.children if c.dep_ in ("relcl", "cc", "conj", "appos")]))
    return f"{what[0].upper()}{what[1:]} {'are' if other.tag_ in PLURAL else 'is'} {text_of(words_of(noun))}."


def _is_listed(noun: Any) -> bool:
    """ "my dress, the cot, somebody's skis": one of several things."""
    behind = noun.doc[noun.right_edge.i + 1 : noun.right_edge.i + 3]
    goes_on = len(behind) > 1 and behind[0].text == "," and behind[1].pos_ in ("NOUN", "PROPN", "DET", "PRON", "NUM")
    return goes_on or any(t.dep_ in ("appos", "conj") for t in (*noun.head.children, *noun.children) if t != noun)
