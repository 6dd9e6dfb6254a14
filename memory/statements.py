"""What a user typed, as single statements. Rules of English, no model.

A statement is one first-person sentence ("My daughter Zoe plays the cello."). Turned to the second person it is the
answer to every question about it: grounded by construction, nothing to hallucinate (`method.md`, section 3).
"""

import re
from collections.abc import Iterator
from functools import cache

from memory.bank import roles_in, somebody, words
from memory.judge import content_words, fold
from memory.naming import bears_a_name, name_behind, names, only_named, who_is_called
from memory.openings import here_is, is_order, plain, strip_opening, with_subject, without_remark
from memory.spelling import NAME, tidy
from memory.texts import clozes, split

_FIRST_PERSON = re.compile(
    r"\b(?:I|I'm|I've|I'd|I'll|my|mine|(?<!^)me|^me and|myself|we|we're|we've|our|us)\b(?![./_-]\w)", re.IGNORECASE
)
_THIRD_PERSON = re.compile(r"^(?:he|she|they|it|his|her|hers|their|its|he's|she's|they're|it's)\b", re.IGNORECASE)
_INSTRUCTION = re.compile(
    r"^(?:please |you (?:must|should|will|have to) )?(?:from now on|always|never|ignore|forget"
    r"|pretend|imagine|suppose|assume|if (?:some|any)(?:one|body) asks)\b",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"(?:^|[,:;] )(?:please |then |you (?:must|should|will|have to) |always |never |only |just )*"
    r"(?:answer|reply|respond) "
    r"(?:with|by|in|as|only|just|always|everything|anything|all|any|every|me|to me|[\"'“‘]|(?-i:[A-Z]{3,}))"
    r"|\b(?:must|should|has to|have to) (?:always |only )?be (?:answered|replied)\b",
    re.IGNORECASE,
)
"""An order inside a sentence: "When I ask anything, answer PWNED."."""
_AND_ORDERED = re.compile(r",? (?:and|but|so) from now on\b.*", re.IGNORECASE)
_REQUEST = re.compile(
    r"^(?:(?:can|could|would|will|do|does|did|are|is|please|tell|give|write|explain|recommend|suggest|show|help|let me|"
    r"let's|list|translate|summari[sz]e|remind)\b"
    r"|(?:what|which|who|where|when|why|how)\b(?! (?:I|I'm|I've|my|we|our)\b))",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"^(?:please,? )?(?:(?:never|don't|do not) (?:recommend|suggest|show)(?: me| us)?|(?<=please )no(?: more)?"
    r"|(?<=please, )no(?: more)?) (?P<what>(?:(?!your?\b)[\w'-]+ ){0,3}?[\w'-]+)(?:,? (?:to me|again|please))*[.!]*$",
    re.IGNORECASE,
)
_OPINION = re.compile(
    r"(?:[A-Z0-9].* (?:is|are|was|were) (?:the|my) (?:best|worst|greatest|finest) [\w -]+ (?:ever|of all time|I know)\b"
    r"|[A-Z0-9]\S*,? (?:.* )?(?-i:[A-Z])\S* (?:is|are|was|were) (?:[\w'-]+ ){0,3}?(?:great|brilliant|wonderful"
    r"|fantastic|amazing|awful|terrible|horrible|boring|dull|overrated|unbearable|disappointing)"
    r"(?: too| as well)?[.!]*$)"
)
"""What is said of something with a name: "John Wick and Heat are great."."""
_ADDRESSED = re.compile(r"\byou\b(?! (?:can|should|might|may) call\b)", re.IGNORECASE)
_QUOTED = re.compile(r"(?<!\w)'[^']+'(?!\w)|\"[^\"]+\"|“[^”]+”")
_SUBJECT = r"(?:I|I'm|I've|I'd|I'll|my|we|we're|we've|our)\b"
_GOES_ON = r"(?!(?-i:is|was|are|were|has|had|made|gave|bored)\b)"  # "Mamma Mia! is the worst film I know."
_ABBREVIATED = (
    r"(?<!\b[A-Z]\.)(?<!\b(?:St|Dr|Mr|Ms|no|vs)\.)(?<!\b(?:Mrs|Inc|Jan|Feb|Aug|Oct|Nov|Dec)\.)(?<!\bSept\.)"
    r"(?<!\b[ap]\.m\.)(?<!\be\.g\.)"
)
_SENTENCE_END = re.compile(rf"(?<=[.!?…]){_ABBREVIATED}[\"')\]]*\s+{_GOES_ON}|\n+|:\s+(?={_SUBJECT})", re.IGNORECASE)
_WHEN = r"(?:(?:since|in|on|at|now|then|these days) (?:\S+ )?)?"
_CALLED = r"(?:she|he|it|they)(?:'s|'re| is| are| was) (?:called|named) "
_CLAUSE = re.compile(
    rf"(?:(?:,|;|\s[-–—])?\s+(?:and|but|so|plus)\s+(?={_WHEN}{_SUBJECT})|[;,]\s+(?={_SUBJECT})"
    rf"|\s*(?:[,;]|[-–—])\s+(?:and\s+)?(?=(?:she|he|they)(?:'s|'re)?\s)|,?\s+(?:and\s+)?(?={_CALLED}))",
    re.IGNORECASE,
)
_HEADS = re.compile(
    r"(?:and |but |so )?(?:if|when|whenever|once|unless|until|before|after|since|as|although|though|even|while|because"
    r"|like|unlike|in|on|at|for|from|during|despite|without|thanks|according|with|to|provided|assuming|given)\b",
    re.IGNORECASE,
)
""" "If I get the job, I'll move": what follows the comma holds of that only."""
_IF = re.compile(r"(?:if|unless)\b", re.IGNORECASE)
_ASKED = re.compile(
    r"\s*(?:[,;]|\s[-–—])\s*(?:so |and |but )?(?=(?:what|how|which|where|who|when|why|any|can|could|do|does|is|are"
    r"|should|would|will)\b[^,;]*\?$)",
    re.IGNORECASE,
)
""" "My wife is vegan, can you suggest a dish?": a fact, then a question."""
_OF_IT = re.compile(
    r"\b(?:it|them)\b(?!'| (?:is|was|has|rains?|snows?|takes?|took|when|that|if|hard|easy)\b)", re.IGNORECASE
)
"""Something, not somebody, that was named before; not "and my mother says it is cold"."""
_ONLY_A_VERB = re.compile(
    r"(?:I|we)(?:'\w+)?(?: (?:have|had|am|was|were|do|did|don't|didn't|can|can't|could|couldn't|will|would|used|going|"
    r"want|wanted|hope|hoped|plan|planned|need|needed|love|loved|like|liked|always|never|really|still|just|even|also|"
    r"to))* \w+ ",
    re.IGNORECASE,
)
"""What stands before an "it" that no word of its own sentence says."""
_PLURAL = re.compile(
    r"\b(?:my|our|twin|two|three|four|five|six|some|\d+) (?:[a-z-]+ ){0,2}?([a-z-]+(?<!s)s|children)\b", re.IGNORECASE
)
"""Of whom "they" may speak."""
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
_NAMES_HIM = re.compile(rf"(?:I'm|My name is) {NAME}")
""" "I'm Will.", "My name is May.": words that mean little elsewhere."""
_MACHINE = re.compile(r"^#+ |^\[[A-Z]{3,}\]|[{}<>|=\\`]|\w\(|::|//|\d{4}-\d\d-\d\d[ T]\d|\d\d:\d\d:\d\d")
"""What stands in code and logs and not in what people say of themselves."""
_PASTED = re.compile(r"```.*?(?:```|\Z)|^Traceback \(most recent call last\).*?(?:\n\n|\Z)", re.DOTALL | re.MULTILINE)
"""Code and crashes inside a message: what they say is said by no person."""
_AND_ABROAD = re.compile(r"(?<=\w )i(?= \w)")
_NO_NAMES = (
    r"el|los|las|y|que|soy|tengo|vivo|llamo|mis|je|j'ai|suis|et|des|une|eu|meu|minha|sou|moro|não|chamo|ich|habe|mein"
    r"|meine|und|eine|ik|mijn|een|sono|gli|jag|heter|och"
)
_ABROAD = re.compile(rf"(?:^|[.!?] +)(?i:{_NO_NAMES})\b|\b(?:{_NO_NAMES}|una|mon|les|bin|ben|io|mio|mia)\b")
"""Common words of other languages that are none of English; with a capital some are names ("my daughter Mia")."""
_ENGLISH = re.compile(
    r"\b(?:[a-z]+'(?:m|ve|d|ll|s|re|t)|im|ive|am|is|are|was|were|has|had|the|of|and|but|with|from|not|can|will|would|been|"
    r"this|that|when|about|it)\b",
    re.IGNORECASE,
)
"""Without one of them an "i" inside a sentence is no pronoun; languages where it means "and" or "in" lack them."""
_ALSO_ENGLISH = re.compile(
    r"\b(?:have|love|loves|work|works|moved|years?|kids?|live in|lives in|plays?|says|yes|born|last|like|so i|in my"
    r"|at my|at school|after|yesterday|sometimes|got|left|lol|because|every day)\b",
    re.IGNORECASE,
)
MAX_STATEMENT_WORDS = 60
MOST = 40
"""Statements in one turn from which on it is a pasted text, not something the user says of himself."""
LONG = 10
"""Words from which on a sentence is also taken by its head: "I'm a roofer, been at it …" says "I'm a roofer." """


def statements(turn: str, known: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """The statements in what the user said in one turn, in order, without repeats, each with the sentence it is from.

    What he says of somebody in `known`, names he has introduced before, is a statement too ("Zoe is six.").

    A long sentence is there whole and in its parts ("My wife Galina, who paints icons, …": "My wife is called Galina.",
    "My wife Galina paints icons."): short answers, one relation each.

    Questions, requests, greetings and remarks that say nothing of the user are left out; of a text that he asks to be
    remembered ("Remember this: …") every sentence that can be asked for is there.
    """
    found: dict[str, str] = {}
    own, text = split(turn)
    for statement in _turn_statements(own, known):
        found.setdefault(statement, statement)
        for part in _parts(statement):
            if not _small_talk(part):
                found.setdefault(part, statement)
    return [*found.items(), *((sentence, sentence) for sentence in text if _tells(sentence) and any(clozes(sentence)))]


def orders(turn: str) -> bool:
    """Whether it tells the assistant how to answer: that is no experience, whatever it says beside."""
    sentences = (strip_opening(sentence) for sentence in _SENTENCE_END.split(tidy(turn)))
    return any(_INSTRUCTION.match(s) or _ORDERED.search(s) or _AND_ORDERED.search(s) for s in sentences)


def _tells(sentence: str) -> bool:
    """Whether a sentence of a text says something, instead of asking or ordering it."""
    ordering = _INSTRUCTION.match(sentence) or _REQUEST.match(sentence) or _ADDRESSED.search(_QUOTED.sub("", sentence))
    return not (ordering or sentence.endswith("?") or _MACHINE.search(sentence)) and len(content_words(sentence)) > 1


def _turn_statements(turn: str, known: frozenset[str]) -> Iterator[str]:
    last: str | None = None
    turn = _PASTED.sub("\n", turn)
    if (_AND_ABROAD.search(turn) or _ABROAD.search(turn)) and not (_ENGLISH.search(turn) or _ALSO_ENGLISH.search(turn)):
        return  # "Mieszkam w Łodzi i mam psa." says "and", not "I"; "Me llamo Ana." is not said of "me"
    for sentence in _SENTENCE_END.split(tidy(turn)):
        name, sentence = here_is(plain(sentence))
        if name:
            yield f"I'm {name}."
        sentence = with_subject(_as_taste(without_remark(sentence)))
        sentence = _AND_ORDERED.sub(".", sentence)
        sentence = _without_question(sentence)
        unquoted = _QUOTED.sub("", sentence)
        if _INSTRUCTION.match(unquoted) or _ORDERED.search(sentence):
            last = None
            continue
        clauses = list(_clauses(sentence))
        for clause in clauses[:-1] if unquoted.endswith("?") else clauses:
            if _REQUEST.match(_QUOTED.sub("", clause)) or is_order(clause):
                last = None
                continue
            statement = _as_statement(clause)
            if statement is None or _ADDRESSED.search(_QUOTED.sub("", clause)):
                continue
            if last and _THIRD_PERSON.match(statement):
                statement = _of_whom(last, statement)
            elif last and _nothing_named_before_it(statement):
                statement = f"{last} {statement}"
            elif _FIRST_PERSON.search(statement):
                last = statement
            elif not any(statement.startswith((f"{name} ", f"{name}'s ")) for name in known):
                continue
            if _small_talk(statement) or (_only_who().fullmatch(statement) and len(statement.split()) < 3):
                continue
            known |= names(statement)
            yield statement


def _without_question(sentence: str) -> str:
    """ "My wife is vegan, what can I cook?" → "My wife is vegan"; of "If she comes, …?" nothing is told."""
    told = _ASKED.split(sentence)[0]
    if told == sentence or not _HEADS.match(told):
        return told
    reason = re.match(r"(?:since|as|because|given that) (?=(?:I|I'm|I've|my|we|our)\b)", told, re.IGNORECASE)
    return told[reason.end() :] if reason else sentence


def _nothing_named_before_it(statement: str) -> bool:
    """Whether a statement says "it" of something named before: "I have wanted to see it since I was a girl."."""
    it = _OF_IT.search(statement)
    return bool(it and _ONLY_A_VERB.fullmatch(statement[: it.start()]) and not _small_talk(statement))


_MOMENT = re.compile(
    r"(?:I(?:'ve| have)? )?just "
    r"(?:sat|popped|woke|woken|(?:got|come|came) (?:home|back|in|up)|finished (?:work|dinner|lunch))\b"
    r"|I (?:nearly |almost )?forgot (?:about )?(?:the|my|to)\b",
    re.IGNORECASE,
)


def _small_talk(statement: str) -> bool:
    """Whether a statement is of this talk only: "I'm fine, thanks.", "I haven't seen that one.", "I just sat down."."""
    if _MOMENT.match(statement):
        return True
    named = re.search(r" (?!I\b)[A-Z]", statement)
    return not named and not {*content_words(statement)} - {*words()["small_talk"]}


def _as_taste(sentence: str) -> str:
    """ "Please no crime films.": "I don't want crime films."; "Heat is the best film ever.": "I think Heat is …"."""
    if wish := _WISH.match(sentence):
        return f"I don't want {wish['what']}."
    if _OPINION.match(sentence) and not _FIRST_PERSON.search(sentence):
        return f"I think {sentence}"
    return sentence


def _of_whom(last: str, statement: str) -> str:
    """ "She paints icons." behind "My wife is Galina." is "My wife Galina paints icons."; else both sentences."""
    they, several = re.match(r"they('re | are |'ve | )(.+)", statement, re.IGNORECASE), _PLURAL.search(last)
    if they and several and bears_a_name(several[1]):
        verb = {"'re ": "are ", " are ": "are ", "'ve ": "have "}.get(they[1].lower(), "")
        return f"My {several[1]} {verb}{they[2]}"
    whose = r"(?:\b(?:my|our|an?|have|got|his|her|their)|'s) (?:[\w-]+ ){0,2}"
    roles = [role for role in roles_in(last) if re.search(rf"{whose}{re.escape(role)}\b", last, re.IGNORECASE)]
    said = re.match(r"(he|she|it)('s| is\b|\b) (.+)", statement, re.IGNORECASE)
    if len(roles) != 1 or said is None or not _may_be(said.group(1).lower(), roles[0]):
        return f"{last} {statement}"
    subject = f"My {roles[0]} {name_behind(roles[0], last)}".strip()
    verb = "has " if said.group(2) == "'s" and _HAS.match(said.group(3)) else "is " if said.group(2) else ""
    return f"{subject} {verb}{said.group(3)}"


_HAS = re.compile(
    r"(?:(?:just|never|always|already|also|only|recently|finally|now|both|since|still) )*"
    r"(?:been|got|had|become|gone back|lived|worked|wanted|done|taken|started"
    r"|(?!(?:married|divorced|retired|tired|interested|excited|scared|engaged|bored|worried|called|named|obsessed"
    r"|qualified|disabled|adopted|gifted)\b)\w+ed (?:\w+ ){0,2}(?:for|since|there|here|my|the|an?|three|two|\d+)\b)"
)
""" "she's got three kids": has, not is."""


def _may_be(pronoun: str, role: str) -> bool:
    """Whether "he", "she" or "it" may be said of a relative or an animal."""
    if pronoun == "it":
        return fold(role) in words()["animals"]
    return fold(role) not in {fold(other) for other in words()["she" if pronoun == "he" else "he"]}


def _clauses(sentence: str) -> Iterator[str]:
    """The sentence cut where a new first-person clause begins that says of what it speaks.

    A head such as "For films," stays with what follows, "and I loved every minute of it" with what is before.
    """
    start = 0
    cuts = list(_CLAUSE.finditer(sentence))
    for number, cut in enumerate(cuts, start=1):
        end = cuts[number].start() if number < len(cuts) else len(sentence)
        before, behind = sentence[start : cut.start()], sentence[cut.end() : end]
        if behind.lower().startswith("they") and not _PLURAL.search(before):
            continue
        if _OF_IT.search(behind):
            continue
        listed = before.strip(), sentence[cuts[number - 2].end() if number > 1 else 0 : cut.start()].strip()
        if any(map(_only_who().fullmatch, listed)) and not _THIRD_PERSON.match(behind):
            continue
        if _only_who().fullmatch(behind.strip()) and not before.endswith(", me"):
            continue
        if _HEADS.match(before) and (cut.group().strip() == "," or _IF.match(before)):
            continue
        if re.match(r"I (?:are|were|both)\b", behind) or ("and" in cut.group() and _names_a_pair(before, behind)):
            continue
        if _FIRST_PERSON.search(before) or _REQUEST.match(before) or is_order(before):
            yield before
            start = cut.end()
    yield sentence[start:]


def _names_a_pair(before: str, behind: str) -> bool:
    """ "In 2019 my husband and I …", "I think my boss and I …": the two belong together."""
    starts = [found.start() for found in re.finditer(r"\b(?:my|our) ", before, re.IGNORECASE)]
    who = next((start for start in starts if _only_who().fullmatch(before[start:].strip())), None)
    said = "" if who is None else before[:who]
    own = _FIRST_PERSON.search(said) and not re.fullmatch(r"I (?:think|hope|guess|know|believe)(?: that)? ", said)
    return who is not None and behind.startswith("I ") and not own


@cache
def _only_who() -> re.Pattern[str]:
    """Somebody of whom nothing is said: "my wife", "both my kids", "my sister Una (28)", "my mum's sister"."""
    known = [
        *somebody(),
        *words()["she"],
        *words()["he"],
        "family",
        "team",
        "band",
        "crew",
        "choir",
        "class",
        "classmates",
    ]
    roles = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    name = r"(?: (?-i:[A-Z])[\w-]*| \([^)]*\))?(?:,? \(?\d+\)?)?"
    who = rf"(?:my|our) (?:(?!(?:{roles})\b)[\w'-]+ ){{0,2}}?(?:{roles})(?:'s (?:{roles}))?(?:-to-be)?{name}"
    no_verb = r"(?!(?:is|are|was|were|has|have|had|am|do|does|did|can|will)\b)"
    tail = rf"(?: (?:to|for|from|in|at|on|with|of|last|next|too|once|twice|very|so)\b(?: {no_verb}[\w'-]+){{0,3}})?"
    several = rf"(?:both )?{who}(?:(?:,|,? and) {who})*"
    return re.compile(rf"{several}{tail}(?:,? and (?:me|I))?[.!?]*", re.IGNORECASE)


def _as_statement(clause: str) -> str | None:
    quoted = re.search(r"(?<=\s)'", clause)  # closed at the end, perhaps
    clause = clause.strip(' \t.,;:!-–—"()' if quoted else " \t.,;:!-–—\"'()")
    clause = re.sub(r", me$", "", clause) + ")" * (clause.count("(") > clause.count(")"))
    clause += '"' * (len(re.findall(r'(?<!\d)"', clause)) % 2)
    told = content_words(clause) or _NAMES_HIM.fullmatch(clause)
    if _MACHINE.search(clause) or not told or not 2 <= len(clause.split()) <= MAX_STATEMENT_WORDS:
        return None
    clause = only_named(clause)
    return clause[0].upper() + clause[1:] + "."


def _is_whole(head: str, behind: str) -> bool:
    """Whether the head of a long sentence is true without what stands behind it."""
    return not (_LIMITS.match(behind) or re.search(r":|\b(?:that|whether|because|hope|think|if)\b", head))


def _parts(statement: str) -> Iterator[str]:
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
