"""What a sentence says, clause by clause, each as a short statement that says of whom it speaks: from its parse."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Any

from memory.clauses import refers_back
from memory.company import (
    Company,
    beside,
    equated,
    how_said,
    is_mine,
    is_somebody,
    name_at_the_head,
    other,
    who_that_is,
)
from memory.judge import fold
from memory.syntax import PLURAL, SUBJECTS, apart, is_clause, mark_of, subject_of, text_of, words_of

LONG = {7: 0.95, 10: 0.8, 16: 0.6}
"""Words from which on a statement is left out if shorter ones say that share of its words: few learn from long ones."""
_MOST_WORDS, _LONGEST_LEAD = 30, 8
"""Of a clause; and of what stands before its subject: of more the parser has mostly misread a sentence."""
_RELATIVE = ("who", "which", "that", "whom", "where")
_OF_THINGS = frozenset(
    "be have belong contain come cost open stand lie start begin end hold".split()  # noqa: SIM905  # words
)
"""Verbs with which "which" is a thing; with others it is the sentence as often: "which keeps me fit"."""
_THOUGHT = ("find", "regret", "do", "enjoy", "forget", "know", "hear", "see", "pick", "choose")
_WANTING = ("say", "get", "have", "do", "make", "take", "put", "give", "call", "leave", "live", "speak", "mean", "want")
"""Verbs that say nothing alone: "Now I've got.", "My gran only speaks.": the parser lost the rest."""
_NOBODY = ("you", "they", "what", "this", "these", "those", "there", "here", "such", "one", *_RELATIVE)
_NOTHING_NAMED = ("everything", "something", "anything", "nothing", "everywhere", "somewhere")
""" "beetroot in everything, which I can't abide" """
_COMPLEMENTS = frozenset(
    "dobj attr acomp ccomp xcomp prep oprd dative agent prt npadvmod advcl".split()  # noqa: SIM905  # words
)
_QUOTES = re.compile(r"[\"“”]|(?<!\w)'[^']+'(?!\w)")
_LEADING = re.compile(r"^(?:(?:so|and|but|then|or|plus),? )+(?=\w)", re.IGNORECASE)
_TRAILING = re.compile(
    r"(?:,? (?:and|but|or|so|because|when|even|if|that|which|who|as|than|to|since|though|of|at|with|the|an?|my|till?"
    r"|until|I|i))+$"
)
_YOU = re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_NO_NAME = re.compile(r"(?:My|Our|We|The|An?|This|That|His|Her|Their|They) ")
_LIGHT = frozenset("i i'm i've we my our me us the a an is are was were am and but so then too also".split())  # noqa: SIM905  # words
_IN_FULL = {"'re": "are", "'ve": "have", "'m": "am", "'ll": "will"}
_BEEN = ("go", "get", "be", "have", "come", "become")


def propositions(doc: Any, company: Company) -> list[str]:
    """The clauses of a sentence that are true by themselves, in order; `company` learns who is spoken of.

    doc: a spaCy Doc of one sentence as `spelling.tidy` leaves it. A question tells what its relative clauses say; of
    what is quoted nothing is taken.
    """
    if not doc.text.strip() or _QUOTES.search(doc.text):
        return []
    asked = doc.text.rstrip(") ").endswith("?")
    found = [who_that_is(doc, company.named)]
    company.named = name_at_the_head(doc)
    for token in doc:
        if is_clause(token) and (token.dep_ == "relcl" or not asked):
            found.append(_statement(token, company))
        if is_somebody(token):
            found += beside(token)
            if token.tag_ not in PLURAL:
                company.add(how_said(token), token.lower_)
        found.append(equated(token))
    if any(is_somebody(token) for token in doc):
        company.others = [one for token in doc if (one := other(token))]
    company.several = company.several or any(token.tag_ in PLURAL for token in doc)
    return list(dict.fromkeys(one for one in found if one))


def in_short(found: Mapping[str, str], told: Sequence[str]) -> dict[str, str]:
    """Statements, each with the one that it is part of, and what clauses tell beside them: of two that say the same
    the former, and no long one of which shorter ones say nearly all."""
    said = {one: _weighty(one) for one in (*found, *told)}
    new = [one for n, one in enumerate(told) if said[one] not in [said[other] for other in (*found, *told[:n])]]
    kept = [one for one in (*found, *new) if not (one in found and _is_said_by(one, [*found, *new], said))]
    whole_of = {one: next((whole for whole in found if said[one] < said[whole]), one) for one in new} | dict(found)
    return {one: whole_of[one] if whole_of[one] in kept else one for one in kept}


def _is_said_by(long: str, others: Sequence[str], said: Mapping[str, frozenset[str]]) -> bool:
    size = len(long.split())
    parts = (said[other] for other in others if len(other.split()) < size and said[other] <= said[long])
    share = len(frozenset[str]().union(*parts)) / max(1, len(said[long]))
    return any(size > words and share >= enough for words, enough in LONG.items())


def _weighty(text: str) -> frozenset[str]:
    """The words but those for the user and what links them: "Our cat is deaf." says what "My cat is deaf." does."""
    in_full = fold(text).replace("'ve ", " have ")
    return frozenset(re.findall(r"\w+(?:['-]\w+)*", in_full)) - _LIGHT


def _statement(head: Any, company: Company) -> str:
    """The clause as a sentence of its own, with its subject said; "" if it is none."""
    subject = subject_of(head)
    relative = next((t for t in head.subtree if t.lower_ in _RELATIVE and t.i <= head.i), None)
    if subject is None or (head.dep_ == "relcl" and not _says_something(head, relative)):
        return ""
    if subject.lower_ == "which" and not _says_something(head, subject):  # "which is kind but means I'm alone"
        return ""
    if any(c.lower_ == "please" for c in head.children):
        return ""
    if head.dep_ == "relcl" and head.head.lower_ in _NOTHING_NAMED:
        return ""
    who = _who(subject, company)
    pieces = _pieces(head, subject, who) if not _of_a_thing(subject) else []
    if head.dep_ == "relcl" and subject != relative:
        pieces = _filled(pieces, relative, *_antecedent(head))
    whole = head.lemma_ not in _WANTING or any(c.i > head.i and c.dep_ in _COMPLEMENTS for c in head.children)
    return _checked(pieces, subject) if who and pieces and (whole or head.dep_ == "relcl") else ""


def _says_something(head: Any, relative: Any) -> bool:
    """Whether a relative clause says something of the noun before it, and not of the whole sentence: "which is odd"."""
    if relative is None or any(c.tag_ == "MD" and c.lemma_ != "can" for c in head.children):
        return False
    if relative.lower_ != "which":
        return True
    if subject_of(head) != relative:
        return relative.head == head and head.lemma_ not in _THOUGHT and not _is_place(head.head)
    verbs = [head, *(c for c in head.children if c.dep_ in ("aux", "auxpass"))]
    if head.head.tag_ in PLURAL and any(t.tag_ == "VBZ" for t in verbs):
        return False  # "Gardening shows send me to sleep, which is awkward"
    odd = head.lemma_ == "be" and any(c.dep_ == "acomp" for c in head.children) and not is_mine(head.head)
    return not odd and (head.lemma_ in _OF_THINGS or any(c.dep_ == "auxpass" for c in head.children))


def _is_place(noun: Any) -> bool:
    """ "a shop in Guimarães, which I opened": not the town."""
    return bool(noun.pos_ == "PROPN" and noun.dep_ == "pobj")


def _who(subject: Any, company: Company) -> str:
    """The subject as text; "" if it is not said who it is."""
    low = subject.lower_
    if low in _RELATIVE and subject.head.dep_ == "relcl":
        return _antecedent(subject.head)[1]
    if low in ("he", "she", "it"):
        return "" if any(c.dep_ == "conj" for c in subject.children) else company.whom(low)
    if low == "they" and not company.several and not any(t.tag_ in PLURAL for t in subject.doc[: subject.i]):
        return "They"  # "they're operating on my knee"
    return "" if low in _NOBODY else text_of(words_of(subject))


def _of_a_thing(subject: Any) -> bool:
    """ "Rui, a friend from university, who …": the parser takes the nearest noun for whom it is said of."""
    of = subject.head.head
    said_which = any(c.dep_ in ("det", "poss", "nummod") for c in of.children)
    bare = of.tag_ in ("NN", "NNP") and of.text.islower() and not is_somebody(of) and not said_which
    return bool(subject.lower_ == "who" and subject.head.dep_ == "relcl" and bare)


def _antecedent(relative: Any) -> tuple[Any, str]:
    """What a relative clause is said of, and its words: "My mother Gwenllian" of "my mother, Gwenllian, who"."""
    of = relative.head
    while of.dep_ == "appos" and not is_somebody(of):
        of = of.head
    if is_somebody(of):
        return of, how_said(of)
    return of, text_of(words_of(of, [c for c in of.children if c.dep_ in ("relcl", "cc", "conj")]))


def _pieces(head: Any, subject: Any, who: str) -> list[Any]:
    """The clause's words in order, `who` in place of its subject or before it, short verbs in full behind a name."""
    tokens = words_of(head, _loose(head))
    if subject.head != head:
        return [who, *map(_in_full, [*_lent(head), *tokens])] if _shares(head, who) else []
    others = [c for c in head.children if c.dep_ in SUBJECTS and c.i < subject.i]
    before = [] if others else [t for t in tokens if t.i < subject.left_edge.i]
    if who in ("I", "We", "we"):
        return [*before, *(t for t in tokens if t.i >= subject.i)]
    if text_of(before).lower().startswith(who.lower()):
        before = []  # "My son Max, he is six", "My sister Una rang, she is a vet"
    inner = {t.i for t in subject.subtree}
    return [*before, who, *map(_in_full, (t for t in tokens if t.i > subject.left_edge.i and t.i not in inner))]


def _loose(head: Any) -> list[Any]:
    """What only links a clause to others: "because", "even though", an "and" at its end."""
    joins = any(c.dep_ == "conj" and not apart(c) for c in head.children)
    linking = [c for c in head.children if c.dep_ == "cc" and (c.i < head.i or not joins)]
    return [
        *linking,
        *(c for c in head.children if c.dep_ == "mark" or (c.lower_ in ("even", "ever") and mark_of(head))),
    ]


def _shares(head: Any, who: str) -> bool:
    """Whether a verb can have the subject of the one that it is joined to: no order, of one number, behind "and"."""
    objects = ("dobj", "dative")
    if any(
        (c.dep_ in objects and c.lower_ in ("me", "us")) or (c.dep_ == "aux" and c.lemma_ == "do")
        for c in head.children
    ):
        return False  # "I'm late, so forgive me", "I hate pink, so don't suggest it"
    if head.doc[head.i - 1].lower_ in ("so", "neither", "nor"):
        return False  # "so did his temper"
    between = list(reversed(head.doc[head.head.i + 1 : head.i]))
    skipped = len(list(takewhile(lambda t: t.pos_ in ("ADV", "AUX", "PART", "PUNCT"), between)))
    goes_on = any(c.dep_ == "cc" for c in head.children) and between[:1] and between[0].text == ","
    if not goes_on and (skipped == len(between) or between[skipped].dep_ != "cc"):
        return False  # "My aunt is a nurse and my sister, Ada, is a vet": misread; not "I sold, bought and built"
    if head.tag_ == "VB" and head.head.tag_ == "VBD" and not _lent(head):
        return False  # "we used to fish and eat sausages"
    verbs = [head, *(c for c in head.children if c.dep_ in ("aux", "auxpass"))]
    if who in ("I", "We", "we"):
        return all(t.tag_ != "VBZ" for t in verbs) and not (who == "I" and any(t.lower_ == "were" for t in verbs))
    return " and " in who or all(t.lower_ != "were" for t in verbs)


def _lent(head: Any) -> list[Any]:
    """The auxiliaries that a clause shares with the one that it is joined to: "is reading and [is] writing"."""
    first = head.head
    if head.tag_ not in ("VBG", "VBN", "VB") or any(c.dep_ in ("aux", "auxpass") for c in head.children):
        return []
    shared = [c for c in first.children if c.dep_ in ("aux", "auxpass", "neg") and c.i < first.i]
    if not shared and first.dep_ == "conj" and not any(c.dep_ in SUBJECTS for c in first.children):
        return _lent(first)
    if head.tag_ == "VB" and any(t.lemma_ == "be" for t in shared):
        return []
    return shared or ([first] if head.tag_ == "VBG" and first.lemma_ == "be" else [])


def _in_full(token: Any) -> Any:
    """The words of a short verb: "'s" is "has" before what was done, else "is"."""
    verb = token.head
    done = verb.tag_ == "VBN" or verb.lemma_ in ("get", "have")
    if token.text == "'d":
        return "had" if done else "would"
    if token.text == "'s" and token.dep_ != "case":
        of = verb.lemma_ not in ("call", "name") and any(c.dep_ in ("dobj", "ccomp") for c in verb.children)
        of = of or verb.lemma_ in _BEEN  # "she's asked me"
        return "has" if done and (token.dep_ == "aux" or (token.dep_ == "auxpass" and of)) else "is"
    return _IN_FULL.get(token.text, token)


def _filled(pieces: Sequence[Any], relative: Any, of: Any, what: str) -> list[Any]:
    """What "which" stands for in its place: "which I can't stand" → "I can't stand coriander"."""
    verb, at = relative.head, {} if of.pos_ in ("VERB", "AUX") else _places(pieces)
    what = what if of.pos_ == "PROPN" and not _NO_NAME.match(f"{what} ") else what[0].lower() + what[1:]
    if verb.i not in at or relative.i not in at:  # also "we foster teenagers, which we've done for years"
        return []
    rest = [*pieces[: at[relative.i]], *pieces[at[relative.i] + 1 :]]
    if relative.lower_ == "where":
        where = {"to": "at", "from": "in", "of": "in" if of.pos_ == "PROPN" else ""}.get(of.head.lower_, of.head.lower_)
        return [*rest, where, what] if of.dep_ == "pobj" and where in ("in", "at", "on", "near") else []
    at = _places(rest)
    if relative.dep_ == "pobj" and relative.i > verb.i:  # "with whom I live"
        return [*rest[: at[verb.i]], *rest[at[verb.i] + 1 :], verb.text, what]
    if relative.dep_ not in ("pobj", "dobj", "attr"):
        return []
    behind = next((at[c.i] for c in verb.children if c.dep_ == "prt" and c.i in at), at[verb.i]) + 1
    return [*rest[:behind], what, *rest[behind:]]


def _places(pieces: Sequence[Any]) -> dict[int, int]:
    """Where each token stands among the pieces, by its number: tokens do not compare with strings."""
    return {piece.i: place for place, piece in enumerate(pieces) if not isinstance(piece, str)}


def _checked(pieces: Sequence[Any], subject: Any) -> str:
    """The pieces as a sentence, if it says of whom and what it speaks; else ""."""
    tokens = [piece for piece in pieces if not isinstance(piece, str)]
    others = [t for t in tokens if t.dep_ in SUBJECTS and t.lower_ in ("he", "she", "they") and t != subject]
    lead = list(takewhile(lambda piece: not isinstance(piece, str) and piece.i < subject.left_edge.i, pieces))
    asked = any(t.dep_ in ("aux", "auxpass") for t in lead)  # "Should I get a dog", without its mark
    if (
        len(lead) > _LONGEST_LEAD
        or asked
        or _spliced(tokens, subject)
        or (others and not is_somebody(subject))
        or _misread(subject)
    ):
        return ""
    text = _TRAILING.sub("", _LEADING.sub("", text_of(_lowered(pieces, len(lead)))))
    if refers_back(text) or _YOU.search(text) or text.startswith("I are ") or not 3 <= len(text.split()) <= _MOST_WORDS:
        return ""
    return text[0].upper() + text[1:] + "."


def _spliced(tokens: Sequence[Any], subject: Any) -> bool:
    """Whether another sentence begins in the middle, behind a comma: "I'm skint till I'm paid, I'm a painter"."""
    words = [t for t in tokens if t.text != ","]
    starts = ((a, b) for a, b in pairwise(words) if b.dep_ in SUBJECTS and b != subject and b.lower_ not in _RELATIVE)
    return any(t.text in (",", ";") for a, b in starts for t in a.doc[a.i + 1 : b.i])


def _misread(subject: Any) -> bool:
    """ "season ticket since 1994, go with my pal": one thing does not go; but people write "my wife want"."""
    verb = subject.head
    if subject.tag_ not in ("NN", "NNP") or verb.tag_ not in ("VBP", "VB") or is_somebody(subject):
        return False
    return not any(c.dep_ in ("aux", "conj") for c in (*verb.children, *subject.children))


def _lowered(pieces: Sequence[Any], lead: int) -> list[Any]:
    """ "Last year" "My wife" …: a subject behind others begins in lower case, unless it is a name."""
    who = pieces[lead] if 0 < lead < len(pieces) else None
    if isinstance(who, str) and _NO_NAME.match(who):
        return [*pieces[:lead], who[0].lower() + who[1:], *pieces[lead + 1 :]]
    return list(pieces)
