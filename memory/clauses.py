"""Where a turn is cut into sentences, and a sentence into clauses that each say something of the user by themselves.

Rules of English, no model. What is left whole is true; so it is cut only between two clauses: not inside "my wife and
I", not behind "if I get the job,".
"""

import re
from collections.abc import Iterator
from functools import cache

from memory.bank import roles_in, somebody, words
from memory.openings import is_order, is_request

FIRST_PERSON = re.compile(
    r"\b(?:I|I'm|I've|I'd|I'll|my|mine|(?<!^)me|^me and|myself|we|we're|we've|our|us)\b(?![./_-]\w)", re.IGNORECASE
)
THIRD_PERSON = re.compile(r"^(?:he|she|they|it|his|her|hers|their|its|he's|she's|they're|it's)\b", re.IGNORECASE)
_SUBJECT = r"(?:I|I'm|I've|I'd|I'll|my|we|we're|we've|our)\b"
_GOES_ON = r"(?!(?-i:is|was|are|were|has|had|made|gave|bored)\b)"  # "Mamma Mia! is the worst film I know."
_ABBREVIATED = (
    r"(?<!\b[A-Z]\.)(?<!\b(?:St|Dr|Mr|Ms|no|vs)\.)(?<!\b(?:Mrs|Inc|Jan|Feb|Aug|Oct|Nov|Dec)\.)(?<!\b(?:Sept|Prof)\.)"
    r"(?<!\b[ap]\.m\.)(?<!\be\.g\.)"
)
SENTENCE_END = re.compile(rf"(?<=[.!?…]){_ABBREVIATED}[\"')\]]*\s+{_GOES_ON}|\n+|:\s+(?={_SUBJECT})", re.IGNORECASE)
_WORDS = r"(?:(?!(?:and|but|or|so|that|which|who|when|if)\b)[\w'-]+ ){0,6}?"
_WHEN = (
    rf"(?:(?:(?:since|in|on|at|for|each|every|last|this|after) {_WORDS}|now |then |these days |so far |as things stand "
    r"|in fact ))?"
)
_SOON = (
    r"(?:(?:in (?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"|(?:on|next|this|last) (?:mon|tues|wednes|thurs|fri|satur|sun)day|next (?:week|month|year|summer|winter)) )?"
)
_CALLED = r"(?:she|he|it|they)(?:'s|'re| is| are| was) (?:called|named) "
_CLAUSE = re.compile(
    rf"(?:(?:,|;|\s[-–—])?\s+(?:and|but|so|plus)\s+(?!I (?:are|were)\b)(?={_WHEN}{_SUBJECT})"
    rf"|[;,]\s+(?={_SOON}{_SUBJECT})"
    rf"|\s*(?:[,;]|[-–—])\s+(?:and\s+)?(?=(?:she|he|they)(?:'s|'re)?\s)|,?\s+(?:and\s+)?(?={_CALLED})"
    r"|\s+and\s+(?=(?:she|he)(?:'s)? )|\s+(?=(?:she|he)(?:'s| is| was| has| always| works| lives| loves)\b))",
    re.IGNORECASE,
)
HEADS = re.compile(
    r"(?:and |but |so )?(?:if|when|whenever|once|unless|until|before|after|since|as|although|though|even|while|because"
    r"|like|unlike|in|on|at|for|from|during|despite|without|thanks|according|with|to|provided|assuming|given)\b",
    re.IGNORECASE,
)
""" "If I get the job, I'll move": what follows the comma holds of that only."""
_BEFORE_ITS_MAIN = re.compile(
    r"(?:and |but |so )?(?:(?:ever )?since|as|because|while|when|whenever|if|although|though|unless) (?!well\b)",
    re.IGNORECASE,
)
_LONGEST = 200
"""Characters up to which it is looked whether a clause only names somebody."""
_IF = re.compile(r"(?:if|unless)\b", re.IGNORECASE)
_OF_SOMEBODY = re.compile(r"[^\W\d_a-z][\w-]+ (?:is|was|has|had) ")
""" "Zoe has asthma, so we keep no cats"."""
_ENDS_IN_A_NAME = re.compile(r"(?:called|named|is|my [a-z]+) [^\W\d_a-z][\w-]+$")
""" "My flatmate is called Tavita he's training …": no "the day Tom was born", no "when she's here"."""
_NAME_AT_END = re.compile(r" (?!I$)[^\W\d_a-z][\w'-]+$")
_FOR_NOW = re.compile(r"(?:for now|right now|now|at the moment|as things stand|in fact)\b", re.IGNORECASE)
OF_IT = re.compile(
    r"\b(?:it|them|him|her|there)\b(?!'| (?:is|are|was|were|has|rains?|snows?|takes?|took|when|that|if|hard|easy)\b)",
    re.IGNORECASE,
)
"""What was named before; not "and my mother says it is cold", "and there is a garden"."""
_HER = re.compile(r"her ", re.IGNORECASE)
_IT_OR_HER = re.compile(
    rf"\bher (?!(?:for|to|in|on|at|and|but|when|because|so|with|from|off|up|out)\b)(?=\w)|{OF_IT.pattern}",
    re.IGNORECASE,
)
ELLIPTIC = re.compile(
    r"(?:\S+ ){1,4}(?:do|does|did|can|could|will|would|might|should|am|is|are|was|were|have|has|had"
    r"|(?:have |has |had |\w+ )?to(?: be)?|\w+n't)"
    r"(?: too| either| instead| any ?more)?[.!]*",
    re.IGNORECASE,
)
""" "I can't swim, but my kids can": what they can stands before."""
ALLERGIC = re.compile(r"I(?:'m| am) (?:[\w-]+ ){0,2}allergic\b(?! to\b)", re.IGNORECASE)
""" "She put walnuts in it, and I'm allergic": to what stands before."""
_APPOSITION = re.compile(
    r"(?:my|our) (?:very )?(?:first|second|third|last|only|next|\w+est)(?: [\w-]+){1,3}? "
    r"(?:(?:in|for) (?:ages|years|months|weeks|decades|a while|a long time|\w+ (?:years|months|weeks))|ever)[.!, ]*",
    re.IGNORECASE,
)
""" "We've booked the Azores, our first holiday in ages": what it is, and no sentence."""
PLURAL = re.compile(
    r"\b(?:my|our|twin|two|three|four|five|six|some|\d+) (?:[a-z-]+ ){0,2}?([a-z-]+(?<!s)s|children)\b", re.IGNORECASE
)
"""Of whom "they" may speak."""


def clauses_of(sentence: str) -> Iterator[str]:
    """The sentence cut where a new first-person clause begins that says of what it speaks.

    A head such as "For films," stays with what follows, "and I loved every minute of it" with what is before.
    """
    start = last = 0
    cuts = list(_CLAUSE.finditer(sentence))
    for number, cut in enumerate(cuts, start=1):
        end = cuts[number].start() if number < len(cuts) else len(sentence)
        before, between, behind = sentence[start : cut.start()], sentence[last : cut.start()], sentence[cut.end() : end]
        last = cut.end()
        if not (cut.group().strip() or _ENDS_IN_A_NAME.search(between) or re.match(_CALLED, behind, re.IGNORECASE)):
            continue
        if _needs(before, behind) or _names_a_pair(before, between, behind) or _is_apposition(before, behind):
            continue
        if cut.group().strip() == "," and _BEFORE_ITS_MAIN.match(before.rpartition(",")[2].strip()):
            continue
        if HEADS.match(before) and (cut.group().strip() == "," or (_IF.match(before) and not _FOR_NOW.match(behind))):
            continue
        hence = cut.group().strip(" ,") == "so" and _OF_SOMEBODY.match(before)
        if FIRST_PERSON.search(before) or hence or is_request(before) or is_order(before):
            yield before
            start = cut.end()
    yield sentence[start:]


def _needs(before: str, behind: str) -> bool:
    """Whether a clause speaks of what the one before it names or says: "it", "they", "but I don't"."""
    them = behind.lower().startswith("they") and not PLURAL.search(before)
    return bool(them or refers_back(behind) or ELLIPTIC.fullmatch(behind) or ALLERGIC.match(behind))


def refers_back(clause: str) -> bool:
    """Whether it says "it", "them" or "her" of what was named before it: "my sister goes to her class" names her."""
    return any(
        not (_HER.match(found[0]) and roles_in(clause[: found.start()])) for found in _IT_OR_HER.finditer(clause)
    )


def _is_apposition(before: str, behind: str) -> bool:
    """Whether it says what stands before it: "Rex, our old dog, sleeps", "the Azores, our first holiday in ages"."""
    who, comma, rest = behind.partition(", ")
    named = bool(_NAME_AT_END.search(before)) and comma and rest[:1].islower() and is_only_somebody(who)
    return bool(named or _APPOSITION.fullmatch(behind))


def _names_a_pair(before: str, between: str, behind: str) -> bool:
    """Whether somebody is only named on one side of a cut: "my wife and I", "my son and our two cats".

    "My wife, she paints" says something of her. between: of `before` what stands behind the last place to cut.
    """
    if not THIRD_PERSON.match(behind) and (is_only_somebody(before) or is_only_somebody(between)):
        return True
    if is_only_somebody(behind) and not before.endswith(", me"):
        return True
    if not behind.startswith("I "):
        return False
    if re.match(r"I (?:are|were|both)\b", behind):
        return True
    named = re.search(r"\b(?:my|our) (?!.*\b(?:my|our) )[^,]*$", before[-_LONGEST:], re.IGNORECASE)
    said = before.removesuffix(named[0]) if named and is_only_somebody(named[0]) else "I"
    return not FIRST_PERSON.search(said) or bool(re.fullmatch(r"I (?:think|hope|guess|know|believe)(?: that)? ", said))


def is_only_somebody(text: str) -> bool:
    """Whether somebody is named and nothing said: "my wife", "both my kids", "my sister Una (28)"."""
    return len(text) < _LONGEST and bool(_only_somebody().fullmatch(text.strip()))


@cache
def _only_somebody() -> re.Pattern[str]:
    known = [*somebody(), *words()["she"], *words()["he"], *words()["together"]]
    roles = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    name = r"(?: (?-i:[^\W\d_a-z])[\w-]*| \([^)]*\))?(?:,? \(?\d+\)?)?"
    who = rf"(?:my|our) (?:(?!(?:{roles})\b)[\w'-]+ ){{0,2}}?(?:{roles})(?:'s (?:{roles}))?(?:-to-be)?{name}"
    no_verb = r"(?!(?:is|are|was|were|has|have|had|am|do|does|did|can|will)\b)"
    tail = rf"(?: (?:to|for|from|in|at|on|with|of|last|next|too|once|twice|very|so)\b(?: {no_verb}[\w'-]+){{0,3}})?"
    several = rf"(?:both )?{who}(?:(?:,|,? and) {who})*"
    return re.compile(rf"{several}{tail}(?:,? and (?:me|I))?[.!?]*", re.IGNORECASE)
