"""What a sentence says beside its main point: names, relative clauses, trades in apposition, company.

Rules of English, no model. A part is a statement of its own only where it is true without the rest.
"""

import re
from collections.abc import Iterator

from memory.bank import roles_in
from memory.naming import who_is_called
from memory.spelling import NAME

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
    r"((?:moved|live|work|worked|grew up|studied|study|teach|drive|run|own|keep|play|love|hate) [^,]+)"
)
_UNSURE = re.compile(
    r"\b(?:to|can|could|will|would|should|might|must|if|when|who|that|not|never|\w+n't|\w+'(?:d|ll))\b"
)
"""What stands before a verb of which it cannot be said that he does it: "I want to retire and live in Spain"."""
_FROM = re.compile(r"I'm (?:an? [^,]+|\d[^,]*|[\w-]+), (orig\w+ )?from ([^,]+?)(?= (?:but|and)\b|,|$)", re.IGNORECASE)
_DOING = re.compile(r"(?:I|I'm|I've)\b.*, ((?:saving|learning|training|studying|working|living|planning|hoping) [^,]+)")
_COMPANY = re.compile(
    r"(I(?:'m)? (?:live|lived|work|worked|go|went|travel|travelled|play|sing|run|train|study|share|moved|cook|sail|hike"
    r"|walk|watch|swim|climb|row|ride|dance|paint)(?:ing)? (?:\S+ )+?)(?:together )?with my\b"
)
""" "I live in Leeds with my son", not "I fell out with my son": true without the company."""
_NO_VERB = re.compile(
    r"(?:although|because|which|who|whom|where|when|while|if|in|on|at|with|for|from|by|of|to|and|but|an?|the)\b"
)


def parts_of(statement: str) -> Iterator[str]:
    """What a sentence says beside its main point: names, relative clauses, trades in apposition, company."""
    body = statement.rstrip(".")
    yield from who_is_called(statement)
    if len(body.split()) > LONG and (head := _HEAD.match(body)) and _is_whole(head.group(1), body[head.end() :]):
        yield f"{head.group(1)}."
    subject = _SUBJECT_HEAD.match(body)
    if subject:
        trade = re.match(r", (an? [^,]+)(?:,|$)", body[subject.end() :])
        if trade and not re.search(r"\b(?:ago|week|month|year|day|hour|minute|few|couple|bit)\b", trade[1]):
            if subject.group().startswith("I"):
                yield f"{subject.group()}."
            yield f"{'I am' if subject.group().startswith('I') else subject.group() + ' is'} {trade.group(1)}."
    relative = _RELATIVE.match(body)
    if relative:
        who, clause, rest = relative.group(1, 2, 3)
        who = "I" if re.match(r"I('m| am)\b", who) else who
        yield f"{who} {clause}."
        if rest and not _NO_VERB.match(rest):
            yield f"{who} {rest}."
    if (also := _ALSO.match(body)) and not _UNSURE.search(also[1]):
        yield f"I {also[2]}."
    if origin := _FROM.match(body):
        yield f"I'm {'originally ' if origin[1] else ''}from {origin[2]}."
    if (doing := _DOING.match(body)) and not roles_in(body[: doing.start(1)]):
        yield f"I'm {doing[1]}."
    company = re.match(_COMPANY, body)
    if company and not re.search(r"\b(?:not|\w+n't|never|no longer|rarely|used to|still|split up)\b", company[1]):
        yield f"{company.group(1).strip().rstrip('.')}."


def _is_whole(head: str, behind: str) -> bool:
    """Whether the head of a long sentence is true without what stands behind it."""
    return not (_LIMITS.match(behind) or re.search(r":|\b(?:that|whether|because|hope|think|if)\b", head))
