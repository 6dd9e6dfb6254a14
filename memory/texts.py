"""A text the user asks to be remembered ("Remember this: …"): its sentences, and what each can be asked. No model.

Of a sentence that is not about the user a weak model asks "What is Apollo?" as often as Apollo occurs. So each date,
number, name and definition in it is asked for, in the sentence's own words ("Project Mercury was followed by what?")
and, where it has an auxiliary verb, turned ("By what was Project Mercury followed?"). Answers are the text's own words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memory.spelling import MONTHS

_ASKED_TO = re.compile(
    r"^\s*(?:please )?(?:remember|learn|memori[sz]e|note)(?: (?:this|that|the following|this text))?\s*[:\n]\s*(?=\S)",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:I'm|I've|I'd|I'll|[Mm]y|[Oo]ur|mine|myself)\b"
    r"|(?:^|^(?:Then|Now|Today|And|But|So|When|Since) |\b[a-z]\w*,? )I [a-z]"
)
_SENTENCE_END = re.compile(
    r"(?<=[.!?…])(?<!\b[A-Z]\.)(?<!\b(?:St|Dr|Mr|Ms|vs|ca)\.)(?<!\bMrs\.)[\"”')\]]*\s+(?=[^a-z])|\n+"
)
_YEAR = r"(?:1\d|20)\d\d(?:s|[–-]\d{2,4})?"
_DAY = (
    rf"(?:\d{{1,2}} )?(?:{MONTHS}) (?:\d{{1,2}}, )?(?:\d{{4}}|\d{{1,2}}\b)|(?:the )?(?:(?:early|late|mid)[ -])?"
    rf"(?:\d\dth century|{_YEAR})"
)
_MANY = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
_NUMBER = (
    rf"(?:(?i:about|around|some|over|nearly|almost|more than|at least) )?"
    rf"(?:[$€£]?\d+(?:[.,]\d+)*%?(?: (?:million|billion|thousand|percent|per cent))?|(?:{_MANY}))"
)
_CAPITAL = r"[^\W\d_a-z](?:[\w-]|['’](?!s ))*(?:\.(?= [A-Z]))?"
_NAME = rf"(?:the )?{_CAPITAL}(?:(?: (?:of|of the|and|for|de|von))? {_CAPITAL})*"
_PARTS = (
    ("when", re.compile(rf"(?:\b(?:in|on|since|from|until|around|by|during) )?(?<![\w-])(?:{_DAY})(?![\w-])")),
    ("how many", re.compile(rf"(?<![\w.,:-]){_NUMBER}(?![\w:-])")),
    ("who", re.compile(rf"(?<![\w-]){_NAME}")),
    (
        "what",
        re.compile(
            r" (?:by|as|for|from|with|into|through|of) ([a-z][^,;:()\"“”]{4,50}?)(?=$|[,;:()\"“”]| [a-z]+ed\b| (?:"
            r"which|that|who|and|in|on|at|to|by|as|for|from|with|of|is|are|was|were|has|have)\b)"
        ),
    ),
)
_NO_SUBJECT = r"(?!(?:When|As|If|Had|While|That|There|It|They|He|She|We|Through|In|On|At|By|According)\b)"
_MAIN = re.compile(
    rf"{_NO_SUBJECT}((?:(?! that | who )[^,;:()\"“])+?) (is|are|was|were|has|have|had|can|may|will|would|must|should) "
    r"(.+)"
)
_PREDICATE = re.compile(r"(?:an?|the) [^,.;:()]+?(?=$|[,.;:()]| (?:which|that|who|where|while)\b)|[a-z]+ and [a-z]+$")
_FRONTED = re.compile(r"((?:In|On|At|By|During|Since|After|Before|Around|Until|For) [^,]{3,40}), (.+)")
_BREAK = re.compile(r"\s*(?:[,;:()]| (?:which|who|while|but|because|where|when|and (?:the|in|was|is|has|had|it))\b)")
_PRONOUN = re.compile(r"(He|She|It|They|His|Its|Their)\b(?! (?:is|was) (?:\w+ )?(?:that|to)\b) ")
_ASIDE = re.compile(r" ?\([^()]*\)")
_ARTICLE = re.compile(r"(?:The|An?|This|These|Those|Some|Most|Many|All)\b")
_NO_PERSON = re.compile(
    r"\b(?:University|Union|Church|Institute|Act|Council|Court|Empire|War|Party|Program|Project|College|Street|States|City)\b"
)
_LONGEST_SUBJECT = 10
_LONGEST_QUESTION = 140
MOST_PARTS = 6
"""Parts of one sentence that are asked for, first come."""


@dataclass(frozen=True)
class Cloze:
    """A part of a sentence, in its words, and the questions it answers."""

    answer: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class _Part:
    """A part between two places of the sentence; kind: "when" | "how many" | "who" | "what"."""

    kind: str
    start: int
    end: int


def split(turn: str) -> tuple[str, list[str]]:
    """What the user says of himself, and the sentences of a text that he asks to be remembered (mostly none)."""
    asked = _ASKED_TO.match(turn)
    if not asked:
        return turn, []
    own: list[str] = []
    others: list[str] = []
    for sentence in sentences(turn[asked.end() :]):
        (own if _OWN.search(sentence) else others).append(sentence)
    return " ".join(own), others


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order, a pronoun at the head of one replaced by the subject of the one before.

    Initials and titles ("John F. Kennedy", "St. George") end none.
    """
    found: list[str] = []
    subject = ""
    for sentence in filter(None, map(str.strip, _SENTENCE_END.split(text))):
        pronoun = _PRONOUN.match(sentence)
        if pronoun and subject:
            owner = "" if pronoun[1] in ("He", "She", "It", "They") else "'" if subject.endswith("s") else "'s"
            sentence = f"{subject}{owner} {sentence[pronoun.end() :]}"
        main = _MAIN.match(sentence)
        if main and len(main[1].split()) <= _LONGEST_SUBJECT:
            subject = main[1]
        found.append(sentence)
    return found


def clozes(sentence: str) -> Iterator[Cloze]:
    """What a sentence of a text can be asked for, in its order, each with its questions, the turned one first."""
    body = _unfronted(_ASIDE.sub("", sentence).rstrip('.!?"” '))
    for part in _parts(body)[:MOST_PARTS]:
        asked = dict.fromkeys(q for q in _questions(body, part) if len(q) <= _LONGEST_QUESTION and len(q.split()) > 2)
        if asked:
            answer = body[part.start : part.end]
            yield Cloze(f"{answer[0].upper()}{answer[1:]}.", tuple(asked))


def _unfronted(body: str) -> str:
    """ "In 1968, Apollo flew" → "Apollo flew in 1968"; one that has a second comma stays as it is."""
    found = _FRONTED.fullmatch(body)
    if not found or "," in found[2]:
        return body
    front, rest = found.groups()
    return f"{rest[0].upper()}{rest[1:]} {front[0].lower()}{front[1:]}"


def _parts(body: str) -> list[_Part]:
    found: list[_Part] = []
    if (main := _MAIN.fullmatch(body)) and len(main[1].split()) <= _LONGEST_SUBJECT:
        if not re.search(r"\d", main[1]):
            found.append(_Part("who", 0, main.end(1)))
        if predicate := _PREDICATE.match(body, main.start(3)):
            found.append(_Part("what", *predicate.span()))
    for kind, pattern in _PARTS:
        for match in pattern.finditer(body):
            start, end = match.span(match.lastindex or 0)
            opening = kind == "who" and start == 0  # of a subject only its verb says where it ends
            if not opening and end - start > 1 and not any(start < p.end and p.start < end for p in found):
                found.append(_Part(kind, start, end))
    return sorted(found, key=lambda part: part.start)


def _questions(body: str, part: _Part) -> Iterator[str]:
    before, after = body[: part.start], re.sub(r"^['’]s(?= )", "", body[part.end :])
    near = after[: found.start()] if (found := _BREAK.search(after)) else after
    wh = _question_word(body, part)
    if not before:
        yield f"{wh.capitalize()}{near}?"
        yield f"{wh.capitalize()}{after}?"
        return
    if turned := _turned(body, part, wh, near):
        yield turned
    yield f"{before}{wh}{near}?"
    yield f"{before}{wh}?"


def _turned(body: str, part: _Part, wh: str, near: str) -> str:
    """ "When was the congregation founded?" of "The congregation was founded in 1767"; "" without an auxiliary verb."""
    main = _MAIN.fullmatch(body)
    if not main or part.start < main.start(3) or len(main[1].split()) > _LONGEST_SUBJECT:
        return ""
    subject, verb = main[1], main[2]
    if _ARTICLE.match(subject) or not re.match(r"\S+ (?:[^\W\d_a-z]|of )|\S+$", subject):
        subject = subject[0].lower() + subject[1:]
    between = body[main.start(3) : part.start].strip()
    if _BREAK.search(between):
        return ""
    noun = ""
    if wh == "how many":
        noun = " ".join(near.split()[:1])
        near = near.strip().removeprefix(noun)
    preposition = re.search(r"(?:^| )(by|in|on|at|from|of|as|for|with|into|to|through)$", between)
    lead = ""
    if preposition and wh != "when":
        lead, between = preposition[1], between[: preposition.start()]
    words = [lead, wh, noun, verb, subject, between, near]
    question = " ".join(word.strip() for word in words if word.strip())
    return f"{question[0].upper()}{question[1:]}?"


def _question_word(body: str, part: _Part) -> str:
    said = body[part.start : part.end]
    if part.kind == "how many":
        if said.endswith(("%", "percent", "per cent")):
            return "what percentage"
        if re.search(r"[$€£]", said):
            return "how much"
        return "how many" if re.match(r" [a-z]", body[part.end :]) else "what number"
    if part.kind == "who":
        if body[part.end :].startswith(("'s ", "’s ")):
            return "whose"
        if _is_person(said) and (part.start == 0 or body[: part.start].endswith(" by ")):
            return "whom" if part.start else "who"
        return "what"
    return part.kind


def _is_person(name: str) -> bool:
    capitals = re.fullmatch(r"(?:[^\W\d_a-z][\w’'.-]+ ){1,2}[^\W\d_a-z][\w’'-]+", name)
    return bool(capitals) and not _NO_PERSON.search(name)
