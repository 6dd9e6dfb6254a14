"""What a user typed, as single statements. Rules of English, no model.

A statement is one first-person sentence ("My daughter Zoe plays the cello."). Turned to the second person it is the
answer to every question about it: grounded by construction, nothing to hallucinate (`method.md`, section 3).
"""

import re
from collections.abc import Iterator

from memory.bank import kinds, roles_in, words
from memory.judge import content_words, fold
from memory.spelling import NAME, tidy
from memory.texts import clozes, split

_FIRST_PERSON = re.compile(
    r"\b(?:I|I'm|I've|I'd|I'll|my|mine|(?<!^)me|myself|we|we're|we've|our|us)\b(?![./_-]\w)", re.IGNORECASE
)
_THIRD_PERSON = re.compile(r"^(?:he|she|they|it|his|her|hers|their|its|he's|she's|they're|it's)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:(?:(?:hi|hello|hey|hiya|yo)(?: (?:there|all|again|everyone))?|(?:good )?(?:morning|afternoon|evening)"
    r"|how's it going|how are you|well|so|oh|ah|ok|okay|n|yes|yeah|yep|no|nope|right|sure|thanks|thank you|haha|lol|btw"
    r"|by the way|anyway|actually|also|and|but|please note that|fyi|oh and"
    r"|I (?:nearly|almost) forgot(?: to (?:say|mention|tell you))?(?=\s*[,:;-])|I should (?:say|mention|add)(?: that)?"
    r")\b[\s,!.:;-]*)+",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r",?\s+(?:btw|by the way|lol|haha|though|(?:if )?you know(?: how it is| what I mean)?)(?=[\s.,!]|$)", re.IGNORECASE
)
_REMARK = re.compile(r", which (?:sounds?|seems?|feels?|means?|makes?)\b[^.]*", re.IGNORECASE)
""" "I bake cakes for a living, which sounds dreamy": what he thinks of it is not what it is."""
_HERE = re.compile(
    r"^(?!(?:right|over|out|in|up|from|back|still|down|it's|I'm|i)\b)([\w'-]+) here\b[\s,.!:;-]*", re.IGNORECASE
)
_TAG = re.compile(
    r",? (?:(?:can|would) you believe (?:it|that|this)|you know|right|eh|innit|\w+n't (?:it|he|she|they|we|I))\?$",
    re.IGNORECASE,
)
""" "They're six now, can you believe it?" asks nothing."""
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
_ORDER = re.compile(r"don't .*\b(?:me|us|your?)\b", re.IGNORECASE)
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
_SENTENCE_END = re.compile(rf"(?<=[.!?…])[\"')\]]*\s+{_GOES_ON}|\n+|:\s+(?={_SUBJECT})", re.IGNORECASE)
_WHEN = r"(?:(?:since|in|on|at|now|then|these days) (?:\S+ )?)?"
_CALLED = r"(?:she|he|it|they)(?:'s|'re| is| are| was) (?:called|named) "
_CLAUSE = re.compile(
    rf"(?:(?:,|;|\s[-–—])?\s+(?:and|but|so|plus)\s+(?={_WHEN}{_SUBJECT})|[;,]\s+(?={_SUBJECT})"
    rf"|\s*(?:[,;]|[-–—])\s+(?:and\s+)?(?=(?:she|he|they)(?:'s|'re)?\s)|,?\s+(?:and\s+)?(?={_CALLED}))",
    re.IGNORECASE,
)
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
_NOUN = r"(?!called\b|named\b)[a-z-]+"
_NAMED = re.compile(
    rf"\b((?:[Mm]y|[Oo]ur) (?:{_NOUN} ){{0,2}}{_NOUN}),? (?:(?:called|named) "
    rf"(?!{NAME} (?:yesterday|today|tonight|again|back|last|this|on|at|about|to|from)\b))?({NAME})(?=[\s,.!)]|$)"
)
_NAMES = rf"{NAME}(?:, {NAME})*,? and {NAME}"
_SEVERAL = re.compile(
    rf"\b((?:[Mm]y|[Oo]ur) (?:[a-z-]+ )?|(?:have|got|are) (?:[a-z]+ ){{1,2}})([a-z-]+s|children)[,:]? "
    rf"(?:called |named )?({_NAMES})(?=[\s,.!)]|$)"
)
""" "my twins, Orla and Cillian", "we have three cats: Mo, Flo and Bo"."""
_PLURAL = re.compile(
    r"\b(?:my|our|twin|two|three|four|five|six|some|\d+) (?:[a-z-]+ ){0,2}?([a-z-]+(?<!s)s|children)\b", re.IGNORECASE
)
"""Of whom "they" may speak."""
_HAS_NAMED = re.compile(
    r"(?<!\b[Ii]f )(?<!\b[Ww]hen )\b(?:I|[Ww]e)(?:'ve| have| had)? (?:have|got|own|keep|look after|adopted|bought|"
    r"rescued|raise|ride) (?:an?|one) "
    r"(?:(?!(?:in|on|at|from|with|by|of|for|to|near|off|as|about|and|whose|who)\b)[a-z-]+ ){0,4}?"
    rf"([a-z-]+),? (?:called|named) ({NAME})(?! (?:(?:and|of|of the|&) )?[A-Z])(?=[\s,.!)]|$)"
)
""" "I look after an elderly tortoise named Solomon": his tortoise is called Solomon."""
_ONLY_NAMED = re.compile(rf"((?:[Mm]y|[Oo]ur) (?:{_NOUN} ){{0,2}}{_NOUN}) ({NAME})")
_SUBJECT_HEAD = re.compile(rf"(?:I'm|I am) {NAME}|(?:[Mm]y|[Oo]ur) (?:[a-z-]+ ){{1,2}}{NAME}")
_HEAD = re.compile(
    r"^((?:[A-Z][a-z]+ [a-z]+ )?(?:I|I'm|I've|We|We're|We've)\b [^,]+|(?:My|Our) [^,]+ (?:is|are|was|has|have) [^,]+), "
)
_RELATIVE = re.compile(rf"({_SUBJECT_HEAD.pattern})(?:, an? [^,]+)?, who ([^,]+)(?:, (.+))?$")
_ALSO = re.compile(
    r"(I(?:'m|'ve)? .*?)(?:,|\s)\s*(?:(?:but|and|then|now|also) )+"
    r"((?:moved|live|work|worked|grew up|studied|study|teach|drive|run|own|keep|play|love|hate) [^,]+)"
)
_UNSURE = re.compile(
    r"\b(?:to|can|could|will|would|should|might|must|if|when|who|that|not|never|\w+n't|\w+'(?:d|ll))\b"
)
"""What stands before a verb of which it cannot be said that he does it: "I want to retire and live in Spain"."""
_FROM = re.compile(r"I'm [^,]+, (orig\w+ )?from ([^,]+?)(?= (?:but|and)\b|,|$)", re.IGNORECASE)
_DOING = re.compile(r"(?:I|I'm|I've)\b.*, ((?:saving|learning|training|studying|working|living|planning|hoping) [^,]+)")
_NO_VERB = re.compile(
    r"(?:although|because|which|who|whom|where|when|while|if|in|on|at|with|for|from|by|of|to|and|but|an?|the)\b"
)
_NOT_A_ROLE = frozenset(
    """is was are were name in on at to for from of with and or but the call calls me when where because since while
    every each next last this most other until till before after during about around near through via past like as by
    into over against online cut play""".split()  # noqa: SIM905  # words, not a list of strings
)
_PAST = frozenset(
    """ate became began bought broke brought built came chose cut did drank drove fell flew found gave got grew had
    heard held hit kept knew left lent let lost made met paid put ran read rode said sang sat saw sent set sold sought
    spoke spent swam taught thought threw told took went woke won wore wrote""".split()  # noqa: SIM905  # words
)
_UNSAID = {
    "got": "I've got", "have": "I have", "born": "I was born", "live": "I live", "living": "I'm living",
    "love": "I love", "hate": "I hate", "work": "I work", "working": "I'm working", "moved": "I moved",
    "married": "I'm married", "loved": "I loved", "liked": "I liked", "hated": "I hated", "enjoyed": "I enjoyed",
    "adore": "I adore", "adored": "I adored", "prefer": "I prefer", "watched": "I watched", "saw": "I saw",
    "bought": "I bought", "adopted": "I adopted", "studied": "I studied", "worked": "I worked", "lived": "I lived",
    "grew": "I grew", "retired": "I'm retired", "into": "I'm into", "keen": "I'm keen", "fond": "I'm fond",
    "allergic": "I'm allergic", "can't": "I can't", "don't": "I don't", "couldn't": "I couldn't",
}  # fmt: skip
"""How a statement begins whose subject goes without saying: "Got a ferret too."."""
_UNSAID_ALSO = (
    (
        r"(?:(?:not|really|so|very|quite|also|still) )*(?:into|keen on|fond of|mad about|obsessed with|allergic to) ",
        "I'm",
    ),
    (r"(?:not )?an? (?:\w+ )?fan of ", "I'm"),
    (r"(?:big|huge|massive|great|lifelong) fan of ", "I'm a"),
    (
        r"(?:just|never|always|really|finally|recently|also|once|still) (?:moved|got|started|finished|loved|liked|hated"
        r"|enjoyed|watched|saw|bought|adopted|love|hate|adore|studied|worked|lived|retired|became|wanted|cared) ",
        "I",
    ),
    (r"(?:used to|could watch|could listen to|haven't|wouldn't|won't) ", "I"),
)
""" "Never liked westerns.", "Not a fan of golf.", "Used to row."."""
_MACHINE = re.compile(r"^#+ |^\[[A-Z]{3,}\]|[{}<>|=\\`]|\w\(|::|//|\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d")
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
    sentences = (_OPENING.sub("", sentence.strip()) for sentence in _SENTENCE_END.split(tidy(turn)))
    return any(_INSTRUCTION.match(s) or _ORDERED.search(s) or _AND_ORDERED.search(s) for s in sentences)


def _tells(sentence: str) -> bool:
    """Whether a sentence of a text says something, instead of asking or ordering it."""
    ordering = _INSTRUCTION.match(sentence) or _REQUEST.match(sentence) or _ADDRESSED.search(_QUOTED.sub("", sentence))
    return not (ordering or sentence.endswith("?") or _MACHINE.search(sentence)) and len(content_words(sentence)) > 1


def names(statement: str) -> frozenset[str]:
    """Whom a statement introduces: "My daughter Zoe plays the cello." → {"Zoe"}."""
    named = [name for role, name in _NAMED.findall(statement) if _bears_a_name(role)]
    return frozenset(
        name for name in [*named, *(_name_behind(role, statement) for role in roles_in(statement))] if name
    )


def _bears_a_name(whose: str) -> bool:
    """Whether the name behind "my old dog" is that one's: "my wife wants Porto" gives her none."""
    _, *before, last = whose.split()
    if _NOT_A_ROLE.intersection(whose.split()):
        return False
    if not before or _is_somebody(last):
        return True
    return not any(map(_is_somebody, before)) and not last.endswith(("s", "ed")) and last not in _PAST


def _is_somebody(word: str) -> bool:
    """Whether a word is for a relative, an animal or a kind of thing."""
    return fold(word) in kinds()


def _name_behind(role: str, text: str) -> str:
    """The name that stands behind a word for a relative or an animal: "my cat is called Tibbles", "a son, Ivo"."""
    found = re.search(
        rf"\b{re.escape(role)},? (?:(?:is |was )?(?:called |named )|is |was )?({NAME})(?=[\s,.!)]|$)", text
    )
    return found.group(1) if found else ""


def _turn_statements(turn: str, known: frozenset[str]) -> Iterator[str]:
    last: str | None = None
    turn = _PASTED.sub("\n", turn)
    if (_AND_ABROAD.search(turn) or _ABROAD.search(turn)) and not _ENGLISH.search(turn):
        return  # "Mieszkam w Łodzi i mam psa." says "and", not "I"; "Me llamo Ana." is not said of "me"
    for sentence in _SENTENCE_END.split(tidy(turn)):
        sentence = _ASIDE.sub("", _OPENING.sub("", _TAG.sub(".", sentence.strip()))).strip()
        if here := _HERE.match(sentence):
            yield f"I'm {here.group(1)[0].upper()}{here.group(1)[1:]}."
            sentence = sentence[here.end() :]
        sentence = _as_taste(_REMARK.sub("", sentence))
        first, _, rest = sentence.partition(" ")
        if rest and first.lower() in _UNSAID and not _ORDER.match(sentence):
            sentence = f"{_UNSAID[first.lower()]} {rest}"
        elif subject := next((who for begins, who in _UNSAID_ALSO if re.match(begins, sentence, re.IGNORECASE)), ""):
            sentence = f"{subject} {sentence[0].lower()}{sentence[1:]}"
        sentence = _AND_ORDERED.sub(".", sentence)
        plain = _QUOTED.sub("", sentence)
        if _INSTRUCTION.match(plain) or _ORDERED.search(sentence):
            last = None
            continue
        clauses = list(_clauses(sentence))
        for clause in clauses[:-1] if plain.endswith("?") else clauses:
            if _REQUEST.match(_QUOTED.sub("", clause)) or _ORDER.match(clause):
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
            elif not any(statement.startswith(f"{name} ") for name in known):
                continue
            if _small_talk(statement):
                continue
            known |= names(statement)
            yield statement


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
    if they and several:
        verb = {"'re ": "are ", " are ": "are ", "'ve ": "have "}.get(they[1].lower(), "")
        return f"My {several[1]} {verb}{they[2]}"
    roles = [
        r
        for r in roles_in(last)
        if re.search(rf"\b(?:my|our|an?|have|got) (?:[\w-]+ ){{0,2}}{re.escape(r)}\b", last, re.I)
    ]
    said = re.match(r"(?:he|she|it)('s| is\b|\b) (.+)", statement, re.IGNORECASE)
    if len(roles) != 1 or said is None:
        return f"{last} {statement}"
    subject = f"My {roles[0]} {_name_behind(roles[0], last)}".strip()
    return f"{subject} {'is ' if said.group(1) else ''}{said.group(2)}"


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
        if _FIRST_PERSON.search(before):
            yield before
            start = cut.end()
    yield sentence[start:]


def _as_statement(clause: str) -> str | None:
    quoted = re.search(r"(?<=\s)'", clause)  # closed at the end, perhaps
    clause = clause.strip(' \t.,;:!-–—"()' if quoted else " \t.,;:!-–—\"'()")
    clause = re.sub(r", me$", "", clause)
    if _MACHINE.search(clause) or not content_words(clause) or not 2 <= len(clause.split()) <= MAX_STATEMENT_WORDS:
        return None
    only = _ONLY_NAMED.fullmatch(clause)
    if only and _bears_a_name(only.group(1)):
        clause = f"{only.group(1)} is called {only.group(2)}"
    return clause[0].upper() + clause[1:] + "."


def _parts(statement: str) -> Iterator[str]:
    """What a sentence says beside its main point: names, relative clauses, trades in apposition, company."""
    body = statement.rstrip(".")
    for whose, role, named in _SEVERAL.findall(statement):
        if whose[0] in "MmOo" and " " in whose.strip() and not _is_somebody(role):
            continue  # "my boss likes Tom and Ana"
        yield f"{whose[0].upper() + whose[1:] if whose[0] in 'MmOo' else 'My '}{role} are called {named}."
    for role, name in _NAMED.findall(_SEVERAL.sub("", statement)):
        if _bears_a_name(role) and f"{role} {name}".casefold() != body.casefold():
            yield f"{role[0].upper()}{role[1:]} is called {name}."
    for thing, name in _HAS_NAMED.findall(statement):
        yield f"My {thing} is called {name}."
    if len(body.split()) > LONG and (head := _HEAD.match(body)):
        yield f"{head.group(1)}."
    subject = _SUBJECT_HEAD.match(body)
    if subject:
        trade = re.match(r", (an? [^,]+)(?:,|$)", body[subject.end() :])
        if trade:
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
    if doing := _DOING.match(body):
        yield f"I'm {doing[1]}."
    company = re.match(r"(I (?:\S+ ){2,}?)(?:together )?with my\b", body)
    if company and not re.search(r"\b(?:not|\w+n't|never|no longer|rarely|used to|still|split up)\b", company[1]):
        yield f"{company.group(1).strip()}."
