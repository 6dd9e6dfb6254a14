"""What a sentence says beside its main point: names, relative and subordinate clauses, apposition, company.

Rules of English, no model. A part is a statement of its own only where it is true without the rest.
"""

import re
from collections.abc import Iterator

from memory.bank import roles_in, words
from memory.clauses import ELLIPTIC, refers_back
from memory.naming import bears_a_name, who_is_called
from memory.spelling import MONTHS, NAME

LONG = 10
"""Words from which on a sentence is also taken by its head: "I'm a roofer, been at it …" says "I'm a roofer." """


_SUBJECT_HEAD = re.compile(rf"(?:I'm|I am) {NAME}|(?:[Mm]y|[Oo]ur) (?:[a-z-]+ ){{1,2}}{NAME}")
_HEAD = re.compile(
    r"^((?:[A-Z][a-z]+ [a-z]+ )?(?:I|I'm|I've|We|We're|We've)\b [^,]+|(?:My|Our) [^,]+ (?:is|are|was|has|have) [^,]+), "
)
_LIMITS = re.compile(
    r"(?:except|but (?:not|only|if|when|never)|apart|not|unless|only (?:if|when|on|in|for|at)|if|as long|or|assuming"
    r"|provided|hopefully|at least|in theory)\b"
)
""" "I can eat anything, except nuts": what stands before is not so alone."""
_RELATIVE = re.compile(rf"({_SUBJECT_HEAD.pattern})(?:, an? [^,]+)?, who (?!(?:I|we|my|our)\b)([^,]+)(?:, (.+))?$")
_ALSO = re.compile(
    r"(I(?:'m|'ve)? .*?)(?:,|\s)\s*(?:(?:but|and|then|now|also) )+"
    r"((?:moved|live|work|worked|grew up|studied|study|teach|taught|drive|drove|run|ran|own|keep|kept|play|played|love"
    r"|hate|rent|manage|bought|sold|coach|sing|swim|bake|paint|grow|speak|collect|volunteer|married|trained|ride|breed"
    r"|restore) [^,]+)"
)
_UNSURE = re.compile(
    r"\b(?:to|can|could|will|would|should|might|must|if|when|who|that|not|never|\w+n't|\w+'(?:d|ll))\b"
)
"""What stands before a verb of which it cannot be said that he does it: "I want to retire and live in Spain"."""
_FROM = re.compile(r"I'm (?:an? [^,]+|\d[^,]*|[\w-]+), (orig\w+ )?from ([^,]+?)(?= (?:but|and)\b|,|$)", re.IGNORECASE)
_AND_NOT = re.compile(
    r"((I|We)(?:'m|'ve|'re)? [^,]+?) and (?:still |also |now )?((?:can't|don't|couldn't|never|won't|haven't) [^,]+)$"
)
_DOING = re.compile(
    r"(?:I|I'm|I've)\b.*, ((?:saving|learning|training|studying|working|living|planning|hoping|writing|typing) [^,]+)"
)
_COMPANY = re.compile(
    r"(I(?:'m)? (?:live|lived|work|worked|go|went|travel|travelled|play|sing|run|train|study|share|moved|cook|sail|hike"
    r"|walk|watch|swim|climb|row|ride|dance|paint)(?:ing)? (?:\S+ )+?)(?:together )?with my\b"
)
""" "I live in Leeds with my son", not "I fell out with my son": true without the company."""
_NO_VERB = re.compile(
    r"(?:although|because|which|who|whom|where|when|while|if|in|on|at|with|for|from|by|of|to|and|but|an?|the)\b"
)


_SUBJECT = r"(?:I|I'm|I've|my|we|we're|we've|our) "
_REASON = re.compile(
    r"(?:^|,? (?:mostly |mainly |partly |only |but |and )?)"
    r"(?P<head>(?<!as )(?:even )?though|although|because|since)\s+"
    rf"(?:before that |now |these days )?(?P<clause>{_SUBJECT}[^,;–—()]+)",
    re.IGNORECASE,
)
_BESIDE = re.compile(rf"(?:(?:even )?though|although|because|since) [^,]+, ({_SUBJECT}[^,;–—(]+)", re.IGNORECASE)
_LIKED = re.compile(
    r"(?:\bbecause|,(?: (?:but|and))?) ((?!(?:it|that|this|they|which|who|because|but|and)\b)[^,;]+? (?:is|are) "
    r"(?:my favourite|(?:the )?(?:thing|food|film|place|dish|drink|book|song|what) (?:that )?I (?:love|like|enjoy|hate"
    r"|miss))[^,;]*)"
)
_THAT = re.compile(
    r"(I(?:'ve got| have| own| drive| ride| keep| bought| adopted) an? [^,;]+?),? (?:that|which|who) "
    r"(?:my|I|we|our|is|has) "
)
_REPORTED = re.compile(
    r"(?:\b(?:doctors?|doc|GP|physio\w*|dentist|consultant|specialist|optician|nurse|tests?|scan)\b[^,;]*? (?:says?"
    r"|said|told me|tells me|found|showed|confirmed)|\b(?:found out|turns out|discovered|the truth is|the thing is))"
    rf"(?: \w+ \w+)?(?: that)? (?P<clause>{_SUBJECT}[^,;–—()]+)",
    re.IGNORECASE,
)
_APPOSED = re.compile(
    r"\b((?:[Mm]y|[Oo]ur) (?:late |ex-)?(?:[a-z-]+ )?)([a-z-]+),? "
    rf"({NAME}), (?:(an? [^,;.]+?)|who(?! (?:I|we|my|our)\b)((?:'s)? [^,;.]+?)|aged ([\w-]+))"
    r"(?=[,;.]|$| (?:but|so|because)\b)"
)
_SEVERAL_WHO = re.compile(
    rf"\b((?:[Mm]y|[Oo]ur) (?:[a-z-]+ )?)([a-z]+), {NAME}(?:, {NAME})*,? and {NAME}, who "
    r"(?!(?:I|we|my|our)\b)([^,;]+)"
)
_SIBLING = re.compile(
    r"(?P<before>\b[Mm]y (?:son|daughter|boy|girl)\b.*?\b)(?:his|her) "
    rf"(?:(?:little|big|older|elder|younger|baby|twin) )?(?P<role>sister|brother)(?=,? {NAME})"
)
_CHILD = {"sister": "daughter", "brother": "son"}
""" "my son Max and his little sister Ana": she is a daughter."""
_WHICH_IS = re.compile(
    r"\b((?:[Mm]y|[Oo]ur) (?:[\w'-]+ ){0,3}?[\w-]+), which ((?:is|are) (?:still |now )?(?:my|our) [^,;]+)"
)
""" "homesick for my mother's dumplings, which are still my favourite food"."""
_SHE_THEN = re.compile(
    r"((?:(?:My|Our) [a-z-]+ )?[^\W\d_a-z][\w-]+) (?:is|was) [^,;]+, s?he ((?:is|was|has|had|can|\w+ed|\w+s)\b[^,;]*)$"
)
""" "Lena is the little one, she turned seven"."""
_BECAUSE_MINE = re.compile(
    r"\bbecause ((?!(?:it|that|this|they)\b)[^,;]+? (?:is|are) (?:my|our) [^,;]+?)(?: and I\b|[,;]|$)"
)
""" "because Thursday is my pottery night and I never miss it"."""
_PREDICATE = re.compile(
    r", ((?:\w+ly |now |still )?(?:is|was|has|had|lives|works|teaches|plays|runs|left|\w+ed) [^,;]+)"
)
_EVENT = re.compile(
    r"\b(?P<what>(?:[Mm]y|[Oo]ur) (?:[a-z'-]+ )?(?:wedding|divorce|operation|graduation|retirement|honeymoon|engagement"
    rf"|accident|stroke)) (?P<when>in (?:(?:{MONTHS}) )?(?:19|20)\d\d"
    rf"|on (?:the )?\d+(?:st|nd|rd|th)?(?: of)? (?:{MONTHS}))\b"
)
""" "It was a present for our wedding in 1991.": when that was."""
_AHEAD = re.compile(r"\b(?:will|going|plan\w*|book(?:ed|ing)|sav(?:e|ing)|until|need)\b|'ll\b")
_CALLED_OFF = re.compile(
    r"\b(?:cancel\w*|postpon\w*|call(?:ed|ing)? off|mov(?:e|ed|ing)|instead|not|never|if|would|might|dream\w*|\w+n't)\b"
)
_AMOUNT = re.compile(r"\b(?:ago|week|month|year|day|hour|minute|few|couple|bit)\b")
_NOT_SO = re.compile(
    r"\b(?:not|never|if|whether|would|might|assumes?|believes?|claims?|thinks?|says?|said|pretend\w*|joke\w*|\w+n't)\b",
    re.IGNORECASE,
)
""" "They say I left because I'm lazy", "I didn't move because I was bored": perhaps he is not, perhaps he was not."""
_MAYBE = re.compile(r"\b(?:would|might|could|should|may|must|need|ought|if|whether|\w+'d)\b", re.IGNORECASE)
_SAYS = re.compile(
    r"\b(?:am|is|are|was|were|has|have|had|can|can't|will|won't|I'm|I've|we're|we've|do|don't|doesn't|didn't|got|went"
    r"|came|left|lost|\w+ed|(?:live|work|love|hate|like|want|take|go|own|keep|play|speak|teach|eat|drink"
    r"|prefer)s?|refuses?)\b",
    re.IGNORECASE,
)


def parts_of(statement: str) -> Iterator[str]:
    """What a sentence says beside its main point, each as a statement of its own."""
    statement = _SIBLING.sub(lambda said: f"{said['before']}my {_CHILD[said['role']]}", statement)
    body = statement.rstrip(".")
    yield from who_is_called(statement)
    if len(body.split()) > LONG and (head := _HEAD.match(body)) and _is_whole(head.group(1), body[head.end() :]):
        yield f"{head.group(1)}."
    subject = _SUBJECT_HEAD.match(body)
    if subject:
        trade = re.match(r", (an? [^,]+)(?:,|$)", body[subject.end() :])
        if trade and subject.group().startswith("I") and not _AMOUNT.search(trade[1]):
            yield f"{subject.group()}."
            yield f"I am {trade[1]}."
    relative = _RELATIVE.match(body)
    if relative:
        who, clause, rest = relative.group(1, 2, 3)
        who = "I" if re.match(r"I('m| am)\b", who) else who
        if not _MAYBE.search(clause):
            yield f"{who} {clause}."
        if rest and " " in rest and not _NO_VERB.match(rest):
            yield f"{who} {rest}."
    if (also := _ALSO.match(body)) and not _UNSURE.search(also[1]):
        if not refers_back(also[2]):
            yield f"I {also[2]}."
        if len(also[1].split()) > 2 and "," not in also[1] and not re.search(r"\b(?:both|between)\b", also[1]):
            yield f"{also[1]}."
    yield from _apposed(body)
    yield from _subordinate(body)
    for event in _EVENT.finditer(body) if not (body.startswith(("My ", "Our ")) or _CALLED_OFF.search(body)) else ():
        past = event["when"][-4:].isdigit() and not _AHEAD.search(body)
        yield _sentence(f"{event['what']} {'was' if past else 'is'} {event['when']}")
    if (both := _AND_NOT.match(body)) and not _UNSURE.search(both[1]):
        yield f"{both[1]}."
        yield f"{both[2]} {both[3]}."
    if origin := _FROM.match(body):
        yield f"I'm {'originally ' if origin[1] else ''}from {origin[2]}."
    if (doing := _DOING.match(body)) and not roles_in(body[: doing.start(1)]):
        if name := re.match(rf"I'm {NAME}(?: {NAME}){{0,2}}(?=,)", body):
            yield f"{name[0]}."
        yield f"I'm {doing[1]}."
    company = re.match(_COMPANY, body)
    if company and not re.search(r"\b(?:not|\w+n't|never|no longer|rarely|used to|still|split up)\b", company[1]):
        yield f"{company.group(1).strip().rstrip('.')}."


def _apposed(body: str) -> Iterator[str]:
    """What is said of somebody by name behind a comma: "…, from my uncle Festus, a retired postman": he is one."""
    for found in _APPOSED.finditer(body):
        whose, role, name, trade, clause, age = found.groups()
        if not bears_a_name(role):
            continue
        who = f"{whose[0].upper()}{whose[1:]}{role} {name}"
        be = "was" if "late " in whose else "is"
        if trade and not _AMOUNT.search(trade):
            yield f"{who} {be} {trade}."
        elif clause and not _MAYBE.search(clause):
            said = re.sub("^'s ", "is ", clause.strip())
            yield f"{who} {said}."
        elif age:
            yield f"{who} {be} {age}."
        rest = _PREDICATE.match(body[found.end() :])
        if rest and (trade or age) and found.start() == 0:
            yield f"{who} {rest[1]}."
    for whose, several, clause in _SEVERAL_WHO.findall(body):
        if bears_a_name(several) and not _MAYBE.search(clause):
            yield f"{whose[0].upper()}{whose[1:]}{several} {clause}."


def _subordinate(body: str) -> Iterator[str]:
    """Clauses that are true by themselves, and what they stand beside: "Although I was born in Lima, I …"."""
    for found in _REASON.finditer(body):
        before, clause = body[: found.start()], found["clause"].strip()
        sure = found["head"].lower().endswith("though") or not _NOT_SO.search(before)
        two = not before and found.end() == len(body)  # "Because I work nights I sleep all day"
        if sure and not two and _stands_alone(clause) and not (found["head"] == "since" and clause.startswith("I was")):
            yield _sentence(clause)
    if (main := _BESIDE.match(body)) and _stands_alone(main[1].strip()):
        yield _sentence(main[1].strip())
    if then := _SHE_THEN.match(body):
        yield f"{then[1]} {then[2]}."
    for what, is_mine in _WHICH_IS.findall(body):
        yield _sentence(f"{what} {is_mine}")
    for mine in _BECAUSE_MINE.findall(body):
        yield _sentence(mine)
    for liked in _LIKED.finditer(body):
        yield _sentence(liked[1])
    if has := _THAT.match(body):
        yield f"{has[1]}."
    for found in _REPORTED.finditer(body):
        clause = re.sub(r"(?: \w+){0,2} ago$", "", found["clause"].strip())
        if _stands_alone(clause):
            yield _sentence(clause)
    if (being := re.match(rf"(Being|Having) ([^,]+), (?={_SUBJECT})", body)) and not refers_back(being[2]):
        yield f"{'I am' if being[1] == 'Being' else 'I have'} {being[2]}."
        yield _sentence(re.split(r",| which ", body[being.end() :])[0])


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."


def _stands_alone(clause: str) -> bool:
    """Whether a clause says something without the sentence around it, and says it as a fact."""
    if ELLIPTIC.fullmatch(clause) or clause.endswith(" to"):
        return False
    says = _SAYS.search(clause) or not {*words()["past"]}.isdisjoint(clause.split())
    return len(clause.split()) > 2 and bool(says) and not (_MAYBE.search(clause) or refers_back(clause))


def _is_whole(head: str, behind: str) -> bool:
    """Whether the head of a long sentence is true without what stands behind it."""
    guessed = r":|\b(?:that|whether|because|hope|think|suppose|guess|reckon|if)\b"
    return not (_LIMITS.match(behind) or re.search(guessed, head))
