"""Which clauses of a parsed sentence are true by themselves, and which words are of which clause.

Clauses are told apart as in ClausIE (Del Corro and Gemulla 2013, WWW), for a parser that takes of two sentences joined
by a comma the first for what the second says. Knows nothing of users and statements.

Tokens are spaCy's, with its labels for English (ClearNLP's dependencies, Penn Treebank tags).
"""

from collections.abc import Sequence
from typing import Any

SUBJECTS = ("nsubj", "nsubjpass", "expl", "csubj")
PLURAL = ("NNS", "NNPS")
CONDITIONS = ("if", "unless", "whether", "lest")
_VERBS = ("VERB", "AUX")
_SUPPOSING = ("suppose", "guess", "think", "reckon", "believe")
_SAYING = (*_SUPPOSING, "say", "tell", "claim", "hear", "feel", "hope", "wish", "ask", "swear", "joke", "insist")
_REASONS = ("because", "although", "though", "while", "whereas", "since", "so")
_KNOWN = frozenset(
    "know warn remind mention explain admit realise realize discover forget show prove reveal betray".split()  # noqa: SIM905  # words
)
""" "I must warn her that nuts make me ill", "she doesn't know that I smoke": what follows is so."""
_FACTS = ("version", "answer", "truth", "thing", "fact", "point", "trouble", "problem", "news", "reason")
_CONCEDED = ("although", "though", "whereas")


def is_clause(token: Any) -> bool:
    """Whether a token heads a clause that is true without the rest: not behind "if", not what somebody says."""
    subject = subject_of(token)
    if subject is None or (token.pos_ not in _VERBS and subject.head != token):
        return bool(token.dep_ == "relcl" and comma_before(token))
    if token.dep_ == "ROOT":
        return not (_announces(token) or _supposes(token) or mark_of(token) in CONDITIONS)
    if token.dep_ == "conj":
        joins = subject.head == token or (_near(token) and subject.lemma_ not in _FACTS)
        return is_clause(token.head) and not _conditional(token.head) and joins
    if token.dep_ == "relcl":
        return comma_before(token)
    if token.dep_ == "ccomp" and token.head.dep_ == "relcl" and token.head.lemma_ == "mean":
        return is_clause(token.head)  # "a night baker, which means that I sleep by day"
    if token.dep_ == "ccomp" and mark_of(token) == "that":
        if token.head.lemma_ in _KNOWN or _gives_away(token.head):
            return subject.head == token and not any(map(_conditional, (token.head, token.head.head)))
        return _announces(token.head) or (_is_the_fact(token.head) and is_clause(token.head))
    governor = _governor(token) if token.dep_ == "parataxis" else token.head
    own = subject.head == token and (is_clause(governor) or governor.dep_ == "ROOT")
    return bool(own and (token.dep_ == "parataxis" or _is_reason(token) or _is_spliced(token)))


def subject_of(head: Any) -> Any:
    """The token that is the subject of a clause, its own or the one that it shares; None."""
    own = [c for c in head.children if c.dep_ in SUBJECTS]
    before = [c for c in own if c.i < head.i]
    if own:  # of "beef, my wife won't eat it" the nearer one
        return before[-1] if before else own[0]
    return subject_of(head.head) if head.dep_ == "conj" and head.head.pos_ in _VERBS else None


def _announces(head: Any) -> bool:
    """ "What I love is that she sings.": it says nothing but what follows."""
    what = subject_of(head)
    return bool(head.dep_ == "ROOT" and what is not None and what.dep_ == "csubj" and _is_the_fact(head))


def _gives_away(head: Any) -> bool:
    return head.lemma_ == "give" and any(c.dep_ == "prt" and c.lower_ == "away" for c in head.children)


def _is_the_fact(head: Any) -> bool:
    """ "The short version is that I left.", "What annoys me is that I left.": what is said so is so."""
    what = subject_of(head)
    if what is None or head.lemma_ != "be" or any(c.dep_ == "neg" for c in head.children):
        return False
    felt = what.dep_ == "csubj" and what.left_edge.lower_ == "what" and what.lemma_ not in _SAYING
    so = any(c.dep_ == "ccomp" and mark_of(c) == "that" for c in head.children)
    return what.lemma_ in _FACTS or (felt and so)


def _governor(token: Any) -> Any:
    """The verb over a bracket: "insists" of "my mother (she is eighty) insists"."""
    above = token.head
    while above.pos_ not in _VERBS and above.dep_ != "ROOT":
        above = above.head
    return above


def mark_of(head: Any) -> str:
    """ "because" of a clause that begins with it; ""."""
    return next((str(c.lower_) for c in head.children if c.dep_ == "mark"), "")


def comma_before(token: Any) -> bool:
    """Whether a comma, dash or bracket stands before the words of a token."""
    edge = token.left_edge.i
    return bool(edge > 0 and token.doc[edge - 1].is_punct)


def words_of(token: Any, without: Sequence[Any] = ()) -> list[Any]:
    """The words of a token in order, without the clauses apart from its own."""
    inner = (words_of(c, without) for c in token.children if c not in without and not apart(c))
    return sorted([token, *(t for one in inner for t in one)], key=lambda t: t.i)


def apart(child: Any) -> bool:
    """Whether a child's words are no part of its head's clause."""
    dep, head = child.dep_, child.head
    if dep == "punct":
        return child.text not in (",", "-", "%")
    edge = child.left_edge.i
    if edge > head.i and child.doc[edge - 1].text in (":", ";"):
        return True
    if dep == "cc":
        joined = [c for c in head.children if c.dep_ == "conj"]
        return bool(joined) and all(map(apart, joined))
    if dep == "conj":
        return (child.pos_ in _VERBS and is_clause(head)) or _begins_another(child)
    if dep in ("relcl", "acl"):
        return comma_before(child)
    if dep == "appos":
        return comma_before(child) and child.pos_ != "PROPN"
    if dep == "advcl":
        alone = subject_of(child) is None
        return _is_reason(child) or (alone and (comma_before(child) or _is_without_subject(child)))
    return dep in ("parataxis", "intj", "dep", "discourse") or _is_before(child) or _is_spliced(child)


def _begins_another(noun: Any) -> bool:
    """ "is vegan and her dad Colm is a butcher": a noun joined to one clause of which the next one speaks."""
    behind, first = noun.doc[noun.right_edge.i + 1 : noun.right_edge.i + 2], noun
    while first.dep_ in ("conj", "appos"):
        first = first.head
    if first.dep_ in SUBJECTS:
        return False
    when = noun.lemma_ == "time" and any(c.dep_ == "relcl" for c in noun.children)  # "and the last time I ate some …"
    goes_on = any(t.pos_ in _VERBS and t.dep_ != "relcl" for t in behind)
    return noun.pos_ in ("NOUN", "PROPN", "PRON") and (goes_on or when)


def _is_without_subject(child: Any) -> bool:
    """What begins without a subject: "might have to stop for a bit, they're operating …", "sitting here, I wait"."""
    behind = child.doc[child.right_edge.i + 1 : child.right_edge.i + 2]
    begins = child.tag_ in ("VBP", "VBZ", "VBD", "VBG") or any(c.tag_ == "MD" for c in child.children)
    return begins and child.i < child.head.i and not mark_of(child) and any(t.text == "," for t in behind)


def _near(token: Any) -> bool:
    """Whether no clause stands between a verb and the one that it is joined to, whose subject it might be."""
    return not any(t.dep_ == "relcl" and comma_before(t) for t in token.doc[token.head.i + 1 : token.i])


def _conditional(head: Any) -> bool:
    return any(c.dep_ == "advcl" and mark_of(c) in CONDITIONS for c in head.children)


def _is_reason(token: Any) -> bool:
    """ "because I'm allergic": true unless it is denied ("I didn't move because I was bored", without a comma)."""
    mark = mark_of(token) if token.dep_ == "advcl" else ""
    if mark not in _REASONS or subject_of(token) is None or (mark == "since" and token.lemma_ == "be"):
        return False
    return mark in _CONCEDED or comma_before(token) or not any(c.dep_ == "neg" for c in token.head.children)


def _is_spliced(token: Any) -> bool:
    """One of two sentences joined by a comma, which the parser takes for what the other says."""
    behind = token.i > token.head.i and comma_before(token) and token.head.lemma_ not in _SAYING
    return (
        token.dep_ == "ccomp" and not mark_of(token) and subject_of(token) is not None and (behind or _is_before(token))
    )


def _is_before(token: Any) -> bool:
    """What stands before its head: the first of two sentences, or what one supposes: "It rains a lot, I suppose."."""
    said = token.dep_ == "ccomp" and token.i < token.head.i
    return said and (_supposes(token.head) or token.head.lemma_ not in _SAYING)


def _supposes(head: Any) -> bool:
    me = any(c.dep_ == "nsubj" and c.lower_ == "i" for c in head.children)
    return me and head.lemma_ in _SUPPOSING and any(c.dep_ == "ccomp" and c.i < head.i for c in head.children)


def text_of(pieces: Sequence[Any]) -> str:
    """Tokens and strings as text; a comma only where its neighbours stand beside it and it sets no name apart."""
    out, last = "", None
    for before, piece, behind in zip([None, *pieces], pieces, [*pieces[1:], None], strict=False):
        if isinstance(piece, str):
            out, last = f"{out} {piece}" if out else piece, None
        elif piece.text != "," or _keeps_comma(before, piece, behind):
            glued = last is not None and piece.i == last.i + 1 and not last.whitespace_
            out, last = f"{out}{piece.text}" if glued or not out else f"{out} {piece.text}", piece
    return out.strip(" ,;:-–—")


def _keeps_comma(before: Any, comma: Any, behind: Any) -> bool:
    if any(near is None or isinstance(near, str) for near in (before, behind)):
        return False
    beside = (before.i, behind.i) == (comma.i - 1, comma.i + 1)
    return beside and not any(near.dep_ == "appos" and near.pos_ == "PROPN" for near in (before, behind))
