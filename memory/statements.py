"""What a user typed, as single statements. Rules of English, and a dependency parser where there is one; no model.

A statement is one first-person sentence ("My daughter Zoe plays the cello."). Turned to the second person it is the
answer to every question about it: grounded by construction, nothing to hallucinate (`method.md`, section 3).
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from memory.antecedents import of_one_before, of_whom
from memory.bank import words
from memory.clauses import (
    ALLERGIC,
    ELLIPTIC,
    FIRST_PERSON,
    HEADS,
    OF_IT,
    PLURAL,
    SENTENCE_END,
    THIRD_PERSON,
    clauses_of,
    is_only_somebody,
)
from memory.company import Company
from memory.coreference import with_names_for_pronouns
from memory.english import is_english
from memory.hearsay import SAID, only_what_is_so
from memory.judge import content_words
from memory.naming import named_in, names, names_twice, only_named, was_called, who_is_called
from memory.openings import here_is, in_turns, is_order, is_request, plain, with_subject, without_remark
from memory.orders import AND_ORDERED, INSTRUCTION, ORDERED
from memory.parts import parts_of
from memory.propositions import in_short, propositions
from memory.retelling import put_plainly
from memory.spelling import NAME, tidy
from memory.texts import clozes, split

if TYPE_CHECKING:
    from memory.parser import Parse

_WISH = re.compile(
    r"^(?:please,? )?(?:(?:never|don't|do not) (?:recommend|suggest|show)(?: me| us)?|(?<=please )no(?: more)?"
    r"|(?<=please, )no(?: more)?) (?P<what>(?:(?!your?\b)[\w'-]+ ){0,3}?[\w'-]+)(?:,? (?:to me|again|please))*[.!]*$",
    re.IGNORECASE,
)
_NO_PLEASE = re.compile(
    r"(?P<no>no|nothing) (?:more |too )?(?P<what>(?:[\w'-]+ ){0,2}[\w'-]+?),? please(?=[,.!]|$)", re.IGNORECASE
)
_RATHER = re.compile(
    r"(?:I'd (?:have|take)|give me) (?P<what>(?:[\w'-]+ ){0,4}?[\w'-]+) any (?:day|time)\b", re.IGNORECASE
)
""" "Give me mushroom risotto any day."."""
_OPINION = re.compile(
    r"(?:[A-Z0-9].* (?:is|are|was|were) (?:the|my) (?:best|worst|greatest|finest) [\w -]+ (?:ever|of all time|I know)\b"
    r"|[A-Z0-9]\S*,? (?:.* )?(?-i:[^\W\d_a-z])\S* (?:is|are|was|were) (?:[\w'-]+ ){0,3}?(?:great|brilliant|wonderful"
    r"|fantastic|amazing|awful|terrible|horrible|boring|dull|overrated|unbearable|disappointing)"
    r"(?: too| as well)?[.!]*$)"
)
"""What is said of something with a name: "John Wick and Heat are great."."""
_ADDRESSED = re.compile(r"\byou\b(?! (?:can|should|might|may) call\b)", re.IGNORECASE)
_PART_END = re.compile(
    r"(?:[,;]| [-–—]|(?= (?:so|and|but|which|because|although|though)\b))"
    r"(?: (?:so|and|but|which|because|although|though|as|if|in case|when|where|since|then|or))*(?= )",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"(?:and |but |so )?(?:if|when\w*|once|unless|until|since|as|al?though|even|while|because|like|provided|assuming"
    r"|given|(?:before|after) (?:I|we|you|he|she|they|it|my|our))\b",
    re.IGNORECASE,
)
""" "When people ask, you know …": without the rest it tells nothing."""
_QUOTED = re.compile(r"(?<!\w)'[^']+'(?!\w)|\"[^\"]+\"|“[^”]+”")
_ASKED = re.compile(
    r"\s*(?:[,;]|\s[-–—])\s*(?:so |and |but )?(?:of course |then |now |obviously )?"
    r"(?=(?:what|how|which|where|who|when|why|any|can|could|do|does|did|is|are"
    r"|should|would|will)\b[^,;]*\?$)",
    re.IGNORECASE,
)
""" "My wife is vegan, can you suggest a dish?": a fact, then a question."""
_ON_A_DAY = re.compile(
    r"(?:on|in|at) (?:the |next |this )?[\w'-]+(?: [\w'-]+){0,3}? (?:I|I'm|I've|my|we|we're|our)\b", re.IGNORECASE
)
""" "On the 21st of June my sister marries, and who bakes the cake?": so she does."""
_ONLY_A_VERB = re.compile(
    r"(?:I|we)(?:'\w+)?(?: (?:have|had|am|was|were|do|did|don't|didn't|can|can't|could|couldn't|will|would|used|been"
    r"|going|want|wanted|hope|hoped|plan|planned|need|needed|love|loved|like|liked|always|never|really|still|just|even"
    r"|also|to))* \w+ ",
    re.IGNORECASE,
)
"""What stands before an "it" that no word of its own sentence says."""
_OF_HIM = re.compile(r"(?:he|she|his|her)\b", re.IGNORECASE)
_NAMES_HIM = re.compile(rf"(?:I'm|My name is) {NAME}")
""" "I'm Will.", "My name is May.": words that mean little elsewhere."""
_MACHINE = re.compile(
    r"^#+ |^\[[A-Z]{3,}\]|\d (?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL)\b"
    r"|[{}<>|=\\`]|\w\(|::|//|\d{4}-\d\d-\d\d[ T]\d|\d\d:\d\d:\d\d"
)
"""What stands in code and logs and not in what people say of themselves."""
_PASTED = re.compile(r"```.*?(?:```|\Z)|^Traceback \(most recent call last\).*?(?:\n\n|\Z)", re.DOTALL | re.MULTILINE)
"""Code and crashes inside a message: what they say is said by no person."""
MAX_STATEMENT_WORDS = 60
"""Of a longer one only its clauses are statements."""
_PASTED_WORDS = 150
"""Words from which on what has no full stop is no sentence."""
MOST = 40
"""Statements in one turn from which on it is a pasted text, not something the user says of himself."""


def statements(
    turn: str,
    known: frozenset[str] = frozenset(),
    parse: "Parse | None" = None,
    company: Company | None = None,
    before: str = "",
) -> list[tuple[str, str]]:
    """The statements in what the user said in one turn, in order, without repeats, each with the sentence it is from.

    What he says of somebody in `known`, names he has introduced before, is a statement too ("Zoe is six.").

    A long sentence is there whole and in its parts ("My wife Galina, who paints icons, …": "My wife is called Galina.",
    "My wife Galina paints icons."): short answers, one relation each. With a parser each clause is a part; whether a
    turn states anything the rules alone decide. `company`: of whom the message before spoke; it learns of whom this
    one does. before: that message, whose one son a "he" at the beginning is.

    Questions, requests, greetings and remarks that say nothing of the user are left out; of a text that he asks to be
    remembered ("Remember this: …") every sentence that can be asked for is there.
    """
    own, text = _own_and_remembered(turn, parse)
    found = _heard(own, known, before)
    if parse and found:
        found = in_short(found, list(_clauses_told(own, known, parse, company or Company())))
    named = ((one, source) for one, source in found.items() if one[:-1] in own or not names_twice(one))
    told = ((was_called(one, source), source) for one, source in named)
    short = ((one, source) for one, source in told if len(one.split()) <= MAX_STATEMENT_WORDS)
    return [*short, *((sentence, sentence) for sentence in text if _tells(sentence) and any(clozes(sentence)))]


def stated(turn: str, known: frozenset[str] = frozenset(), before: str = "") -> int:
    """How many statements a turn makes to the rules, with those that are too long but for their clauses."""
    own, text = _own_and_remembered(turn, None)
    return len(_heard(own, known, before)) + sum(_tells(sentence) and any(clozes(sentence)) for sentence in text)


@lru_cache(maxsize=1024)
def introduced(turn: str) -> frozenset[str]:
    """Whom a message names as somebody's of the user."""
    found = _heard(_own_and_remembered(turn, None)[0], frozenset())
    return frozenset(name for statement in found for name in named_in([statement]))


def _own_and_remembered(turn: str, parse: "Parse | None") -> tuple[str, list[str]]:
    """What the user says himself, put plainly, and the sentences of a text that he asks to be remembered."""
    own, text = split(turn)
    return with_names_for_pronouns(put_plainly(only_what_is_so(own)), parse), text


def _heard(turn: str, known: frozenset[str], before: str = "") -> dict[str, str]:
    """Statements and their parts, each with the one that it is part of, by the rules."""
    found: dict[str, str] = {}
    said = _turn_statements(_own_and_remembered(before, None)[0], known) if before and _OF_HIM.match(turn) else ()
    for statement in _turn_statements(turn, known, [*said]):
        found.setdefault(statement, statement)
        for part in parts_of(statement):
            for one in (part, *parts_of(part)):  # "although I was raised in Lima and can't stand snow" is two
                if not _small_talk(one):
                    found.setdefault(one, statement)
    return found


def _tells(sentence: str) -> bool:
    """Whether a sentence of a text says something, instead of asking or ordering it."""
    ordered = INSTRUCTION.match(sentence) or ORDERED.search(sentence)
    ordering = ordered or is_request(sentence) or _ADDRESSED.search(_QUOTED.sub("", sentence))
    return not (ordering or sentence.endswith("?") or _MACHINE.search(sentence)) and len(content_words(sentence)) > 1


def _sentences(turn: str) -> Iterator[tuple[str, str]]:
    """The sentences of a turn as they are heard: without greeting, aside and question, with their subject.

    Each with the name that somebody gives himself at its beginning, or "". An order is the empty sentence.
    """
    turn = _PASTED.sub("\n", turn)
    if not is_english(turn):
        return
    for sentence in SENTENCE_END.split(tidy(turn)):
        name, sentence = here_is(plain(sentence))
        sentence = with_subject(_as_taste(without_remark(sentence)))
        sentence = _without_question(AND_ORDERED.sub(".", sentence))
        ordered = INSTRUCTION.match(_QUOTED.sub("", sentence)) or ORDERED.search(sentence)
        yield name, "" if ordered else sentence


def _turn_statements(turn: str, known: frozenset[str], behind: Sequence[str] = ()) -> Iterator[str]:
    """behind: the statements of the message before, if this one goes on with it."""
    last: str | None = None
    before: str | None = None  # what was the last one, until another came
    fresh = False  # whether it was said right before
    for name, sentence in _sentences(turn):
        if name:
            yield f"I'm {name}."
        if (here := _HERE_IN.search(sentence)) and not _AWAY.search(turn):
            yield f"I'm here in {here[1]}."
        if not sentence:
            last = None
            continue
        clauses = [clause for piece in in_turns(sentence) for clause in clauses_of(piece)]
        for clause in clauses[:-1] if _QUOTED.sub("", sentence).endswith("?") else clauses:
            if is_request(_QUOTED.sub("", clause)) or is_order(clause):
                last = None
                continue
            near, fresh = fresh, False
            statement = _as_statement(_unaddressed(clause))
            if statement is None or _ONLY_IF.fullmatch(statement):
                continue
            if behind and not last and (his := of_one_before(behind, statement, known)):
                last = statement = his
            elif last and THIRD_PERSON.match(statement):
                told = (of_whom(said, statement) for said in (last, before) if said)
                joined = f"{last} {statement}"
                statement = next((one for one in told if not one.endswith(f" {statement}")), joined)
            elif last and (_nothing_named_before_it(statement, near) or _of_what_was_said(statement, last)):
                statement, fresh = f"{last} {statement}", near
            elif FIRST_PERSON.search(statement):
                last, before, fresh = statement, last, True
            elif not _of_one_known(statement, known):
                continue
            if _small_talk(statement) or (is_only_somebody(statement) and len(statement.split()) < 3):
                yield from who_is_called(statement)  # "I just got home and Rex, our dog, was …"
                continue
            known |= named_in([statement])
            yield statement


def _clauses_told(turn: str, known: frozenset[str], parse: "Parse", company: Company) -> Iterator[str]:
    """What the clauses of a turn say of the user and his own, by the parser."""
    for number, (_, sentence) in enumerate(_sentences(turn)):
        if number == 0 and not _OF_HIM.match(sentence):
            company.earlier.clear()
        for said in propositions(parse(sentence), company) if len(sentence.split()) <= _PASTED_WORDS else ():
            told = f"{only_named(said.removesuffix('.'))}."
            known |= names(told)
            if (FIRST_PERSON.search(told) or _of_one_known(told, known)) and not _says_nothing(told):
                yield told


def _of_one_known(statement: str, known: frozenset[str]) -> bool:
    return any(statement.startswith((f"{name} ", f"{name}'s ")) for name in known)


def _says_nothing(told: str) -> bool:
    return bool(
        _small_talk(told) or is_request(told) or is_order(told) or _MACHINE.search(told) or ALLERGIC.match(told)
    )


def _unaddressed(clause: str) -> str:
    """ "I teach PE, so you'd think we're sporty": what stands before the part that is said to the assistant; or ""."""
    you = _ADDRESSED.search(_QUOTED.sub(lambda quoted: "_" * len(quoted[0]), clause))
    before = [end.start() for end in _PART_END.finditer(clause, 0, you.start())] if you else [len(clause)]
    told = clause[: before[-1]] if before else ""
    return "" if you and (_SUBORDINATE.match(told) or told.count('"') % 2) else told


def _without_question(sentence: str) -> str:
    """ "My wife is vegan, what can I cook?" → "My wife is vegan"; of "If she comes, …?" nothing is told."""
    told = _ASKED.split(sentence)[0]
    if told == sentence or not HEADS.match(told) or _ON_A_DAY.match(told):
        return told
    reason = re.match(r"(?:since|as|because|given that) (?=(?:I|I'm|I've|my|we|our)\b)", told, re.IGNORECASE)
    return told[reason.end() :] if reason else sentence


def _nothing_named_before_it(statement: str, near: bool = False) -> bool:
    """Whether a statement says "it" of something named before: "I have wanted to see it since I was a girl.".

    near: of what was said right before, for "I loved it." may be said of this talk, too.
    """
    it = OF_IT.search(statement)
    said = not _small_talk(statement) or (near and _LOVED.match(statement))
    return bool(it and said and _ONLY_A_VERB.fullmatch(statement[: it.start()]))


_HERE_IN = re.compile(rf"\bhere in ({NAME}(?: {NAME})*)(?!'s)")
""" "It's foggy again here in Molde.": it says where he is, whatever else."""
_AWAY = re.compile(
    r"\b(?:holidays?|trip|visit\w*|vacation|conference|hotel|airport|week|weekend|days|tour|flight|landed|arrived)\b",
    re.IGNORECASE,
)
_LOVED = re.compile(r"I (?:\w+ly |didn't |don't |just )?(?:love|like|enjoy|hate|adore)(?:d|s)? it\b", re.IGNORECASE)
_MEMBER = re.compile(
    r"(?:one|another|the other|the (?:old|young)(?:er|est)|the eldest|the (?:first|second|third))(?: one)? "
    r"(?:is|was|has|likes|loves|lives|works)\b",
    re.IGNORECASE,
)


def _of_what_was_said(statement: str, last: str) -> bool:
    """Whether a statement says nothing without the last: "My brother does.", "One is called Miso." of two cats."""
    return bool(ELLIPTIC.fullmatch(statement) or (_MEMBER.match(statement) and PLURAL.search(last)))


_ONLY_IF = re.compile(
    r"(?:If|Unless) (?:I|we)\b(?:(?!\b(?:I|I'\w+|we|my|our|he|she|they|it|please)\b)[^,])*", re.IGNORECASE
)
""" "If we ever talk about cooking:" says nothing without what follows."""
_MOMENT = re.compile(
    r"(?:I(?:'ve| have)? )?just "
    r"(?:sat|popped|woke|woken|(?:got|come|came) (?:home|back|in|up)|finished (?:work|dinner|lunch))\b|I (?:nearly "
    r"|almost )?forgot (?:about )?(?:the|my|to)\b|enough (?:from|about) me\b|(?:it's )?(?:my |the )?first time (?:I'm "
    r"|I've )?(?:trying|using|doing|tried|used|done) (?:one of )?(?:this|these|it)\b|I(?:'d better| (?:should|must"
    r"|have to|need to|better))(?: really)? "
    r"(?:be (?:getting ready|going|off)|get (?:ready|going)|go now|run now|dash)\b(?!.*\bbecause\b)"
    r"|(?:I'm|I am) (?:now )?(?:off|going|heading)(?: back)? to (?:bed|sleep)\b"
    r"(?! (?:at|around|every|by|early|late|before|after|each|when|without|with)\b)(?!.*\bbecause\b)",
    re.IGNORECASE,
)


def _small_talk(statement: str) -> bool:
    """Whether a statement is of this talk only: "I'm fine, thanks.", "I haven't seen that one.", "I just sat down."."""
    if _MOMENT.match(statement) or SAID in statement:
        return True
    named = re.search(r" (?!I\b)[^\W\d_a-z]", statement)
    return not named and not {*content_words(statement)} - {*words()["small_talk"]}


def _as_taste(sentence: str) -> str:
    """ "Please no crime films.": "I don't want crime films."; "Heat is the best film ever.": "I think Heat is …"."""
    if wish := _WISH.match(sentence):
        return f"I don't want {wish['what']}."
    if rather := _RATHER.match(sentence):
        return f"I love {rather['what']}{sentence[rather.end() :]}"
    if refused := _NO_PLEASE.match(sentence):
        what = f"anything {refused['what']}" if refused["no"].lower() == "nothing" else refused["what"]
        return f"I don't want {what}{sentence[refused.end() :]}"
    if _OPINION.match(sentence) and not FIRST_PERSON.search(sentence):
        return f"I think {sentence}"
    return sentence


_DANGLING = re.compile(
    r",? (?:and|but|so) (?:now|then|so far|today|since then|these days)(?:, (?:at|in|as) [^,]{1,30})?$"
)
""" "and now, at sixty-seven," belongs to the clause that was cut off behind it."""


def _as_statement(clause: str) -> str | None:
    quoted = re.search(r"(?<=\s)'", clause)  # closed at the end, perhaps
    clause = clause.strip(' \t.,;:!-–—"()' if quoted else " \t.,;:!-–—\"'()")
    clause = _DANGLING.sub("", re.sub(r", me$", "", clause)) + ")" * (clause.count("(") > clause.count(")"))
    clause += '"' * (len(re.findall(r'(?<!\d)"', clause)) % 2)
    told = content_words(clause) or _NAMES_HIM.fullmatch(clause)
    if _MACHINE.search(clause) or not told or not 2 <= len(clause.split()) <= _PASTED_WORDS:
        return None
    clause = only_named(clause)
    return clause[0].upper() + clause[1:] + "."
