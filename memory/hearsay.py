"""What stands in a turn and is not said of the user as so: others' words, what only seemed so, a slip put right.

"Translate this: I live in Berlin" says nothing of him, nor does "I thought I was allergic, but I'm not"; of "I live in
Leeds. No wait, Porto." only Porto. Rules of English over the text of a turn; they leave away or put right, never add.
"""

import re

from memory.spelling import MONTHS, NAME

SAID = "⁂"
"""What stands for others' words: of its sentence only who spoke is told."""
_WRITING = (
    r"(?:message|e-?mail|letter|text|post|note|story|essay|poem|lyrics?|quote|speech|advert|ad|article|transcript"
    r"|sentence|paragraph|draft)"
)
_WORK = (
    r"translate\b|(?:re-?write|rephrase|paraphrase|proof-?read|summari[sz]e|edit|shorten|polish|spell-?check)"
    r"(?= (?:this|these|the following)\b)|(?:re-?write|rephrase|paraphrase|proof-?read|summari[sz]e|correct|fix|edit"
    r"|improve|shorten|polish|continue|complete|analy[sz]e|review|explain|reply to|respond to|spell-?check|check)"
    rf"(?=[^.!?:\n]{{0,40}}\b{_WRITING}\b)"
)
_TO_WORK_ON = re.compile(
    rf"(?:^|(?<=[.!?,] )|(?<=\n))(?:(?:hi|hey|hello|please|ok|okay|so|now|and|also|can you|could you|would you|will you"
    rf"|help me|I need you to|I want you to|I'd like you to),? )*(?:{_WORK})[^.!?:\n]{{0,80}}"
    r"(?::|\n)\s*(?=\S).*",
    re.IGNORECASE | re.DOTALL,
)
""" "Translate this into French: I live in Berlin." """
_WRITTEN = re.compile(
    r"(?:^|(?<=[.!?,] )|(?<=\n))"
    rf"(?:here(?:'s| is)|this is|look at|read) [^.!?:\n]{{0,30}}(?:'s|s'|from [a-z]+ [a-z]+'s) (?:[a-z]+ )?{_WRITING}:"
    r"\s*(?=\S).*"
    rf"|(?:^|(?<=[.!?,] )|(?<=\n))[^.!?:\n]{{0,60}}?(?:sent|left) (?:me|us) this (?:[a-z]+ )?{_WRITING}:\s*(?=\S).*"
    r"|(?:^|(?<=[.!?,] )|(?<=\n))[^.!?:\n]{0,60}?(?<!\bI )(?<!\bwe )\b(?:wrote|writes|texted|replied)"
    r"(?: to)?(?: me| us)?(?: (?:back|again|today|yesterday|this))?:\s*(?=[^.!?\n]*\b(?:I|I'm|I've|my|we)\b).*",
    re.IGNORECASE | re.DOTALL,
)
""" "Here's my friend's message: I'm pregnant.", "My friend wrote: I'm divorced." """
_SAYS = r"(?:said|says|told (?:me|us)|tells (?:me|us)|asked(?: me| us)?|shouted|whispered|goes)"
_WRITES = r"(?:wrote|writes|texted(?: me| us)?|replied)"
_FIRST = r"(?=[^\"”]*\b(?:I|I'm|I've|my|we|our)\b)"
_SENTENCE = r"(?:^|(?<=[.!?] )|(?<=\n))[^.!?:\n]{0,200}?"
_SAID = re.compile(
    rf"(?P<who>(?<!\bI )(?<!\bwe )\b{_SAYS}):\s*(?=[^\s\"“])[^.!?\n]*"
    rf"|(?P<wrote>(?<!\bI )(?<!\bwe )\b(?:{_SAYS}|{_WRITES}))[,:]? "
    rf"(?:\"{_FIRST}[^\"]+(?:\"|$)|“{_FIRST}[^”]+(?:”|$))",
    re.IGNORECASE,
)
""" "My dad said: work hard.", "My sister said "I hate my job" and left.": that something was said."""
_ONLY_SEEMED = re.compile(
    r"(?:^|(?<=[.!?,;] )|,? (?:and|but) |(?<=\n))"
    r"(?:(?!\b(?:and|but|who|which|told|wants|wanted|(?:my|our) [a-z]+ (?-i:[A-Z])[\w'-]+)\b)[^.!?:,;\n]){0,80}?"
    r"\b(?:thought|thinks?|assume[sd]?|believe[sd]?(?! in\b)|says?|said|claims?"
    r"|guess(?:ed)?|suspect(?:ed)?|looks? like|looked like|pretend(?:s|ed)?"
    r"|(?:wants?|expects?) me to (?:say|be)|joke[sd]?|dream(?:ed|t))\b[^.!?\n]{0,200}?"
    r"(?:,? but|;|,? although|,? though)"
    r"(?: (?:actually|in fact|really|of course))? "
    r"(?:I|we|he|she|it|they|that|this)(?:'m| am|'s| is|'re| are|n't| do| does| did| was| were)*"
    r"(?:n't| not)(?: (?:true|so|right|really|at all|the case|any ?more|actually|one|like that))*[.!]*"
    r"(?=\s*(?:[?,;]|$)|(?<=[.!])\s)",
    re.IGNORECASE,
)
""" "People think I'm rich, but I'm not." """
_OOPS = (
    r"(?:no,? wait|wait,? no|no,? sorry|oh,? sorry|sorry|I mean|I meant"
    r"|that's (?:wrong|not right|not true)|or rather|scratch that|strike that|correction"
    r"|oops|whoops|no(?=, [^,.]+, (?:sorry|I mean))|wait|er,? no|um,? no)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?"
_DATE = rf"(?:(?:the )?\d\d?(?:st|nd|rd|th)? (?:of )?(?:{MONTHS})|(?:{MONTHS}) \d\d?(?:st|nd|rd|th)?)"
_THING = rf"(?:{_DATE}|{NAME}|(?:the )?\d[\d.:]*(?<=\d)(?:st|nd|rd|th)?|(?:[Mm]y|an?|the) [a-z-]+)"
_PUT = r"(?: (?i:I mean|no|that's|it's|make that|it is|I meant)[,:]?)*"
_SLIP = re.compile(
    rf"(?P<old>\b{_THING})(?:(?:\s*[,;(–—-]+\s*|\s+)(?i:{_OOPS})[,:]*{_PUT} (?P<new>{_THING})(?:, (?:sorry|I mean))?"
    r"(?P<end>\)?,(?= )|\)?(?=[.!?;]| |$)(?! (?:too|as well|is|was|are|were|and|has|had|ft|to|[a-z]+s|[A-Z]\w*)\b))"
    rf"|\s*[.!…]+\s*(?i:{_OOPS})[,:]*{_PUT} (?P<then>{_THING})(?=[.!?]|$))"
)
""" "I live in Leeds. No wait, Porto.", "my sister, sorry, my cousin Ana" """
_SAID_ANEW = re.compile(
    r"(?P<head>\b(?:I|My|We|Our)(?:'\w+)? (?:[\w']+ ){0,4}?(?:in|at|called|as|on|from|to) "
    rf"|\bI'm (?:from|in|at|called) )[^.!?\n]{{0,200}}?[.!?,;–-]+\s+"
    rf"(?=(?i:{_OOPS}|actually)[,:.!]* (?P=head)[A-Z\d][\w'-]*(?: [A-Z\d][\w'-]*)*[.!])"
)
""" "I live in Leeds. Actually, I live in Porto." """
_JOKE = re.compile(
    rf"{_SENTENCE}[.!,…–-]+ *(?:just |only )?(?:kidding|joking|jk)\b"
    r"(?! (?:around|aside|apart|as|with|about|is|all)\b)[.!]*"
    rf"|{_SENTENCE}[.!…]+ Well,? (?:had|was|did|used to)[.!]",
    re.IGNORECASE,
)
""" "I'm a pilot, just kidding!", "I have a cat. Well, had." """
_PLAYED = re.compile(
    r"(?:^|(?<=[.!?] )|(?<=\n))(?:ok,? |so,? )?(?:(?:let's play a (?:role|word)?[a-z -]*game|role-? ?play|riddle)\b"
    r"[^.!?\n]*[.!?:\n]+ ?(?=I'm an?\b|I am an?\b|I have\b|you)"
    r"|let's (?:pretend|role-?play)\b(?= (?:that )?I'm\b| you're\b)"
    r"|(?:imagine|pretend|suppose) (?:that )?(?:I'm|I am)\b"
    r"|you are an? (?:doctor|therapist|teacher|chef|lawyer|coach|pirate|wizard|travel agent|nurse|detective|shopkeeper"
    r"|waiter|king|queen|robot|judge|interviewer)[.,;] (?=I am an?\b|I'm an?\b)).*",
    re.IGNORECASE | re.DOTALL,
)
""" "Let's play a game. I'm a wizard.": no word of it is so."""
_NOT_THAT_ONE = re.compile(
    r"\b(?:she|he|it|that)(?:'s not| is not| isn't) (?:my|our) [\w-]+(?:,| but|;) ?(?:and )?"
    r"(?=(?:s?he|it)(?:'s| is)\b)",
    re.IGNORECASE,
)
""" "She's not my wife, she's my sister." """


def only_what_is_so(turn: str) -> str:
    """The text of a turn without what is not said of the user, or not as so; else as it is."""
    text = _PLAYED.sub("", turn)
    text = _TO_WORK_ON.sub("", text)
    text = _WRITTEN.sub("", text)
    text = _SAID.sub(lambda said: f"{said['who'] or said['wrote']} {SAID}", text)
    text = _ONLY_SEEMED.sub(_who_was_wrong, text)
    text = _JOKE.sub("", text)
    text = _NOT_THAT_ONE.sub("", text)
    text = _SAID_ANEW.sub("", text)
    return _SLIP.sub(_put_right, text)


def _who_was_wrong(seemed: re.Match[str]) -> str:
    """Of "My dad says he's retired but he isn't" who it was, for what follows may go on about him."""
    who = re.match(r"(?:my|our) [a-z]+(?= )", seemed[0].lstrip(), re.IGNORECASE)
    return f"{who[0]} said {SAID}{'.' * seemed[0].endswith('.')}" if who else ""


def _put_right(slip: re.Match[str]) -> str:
    """What was meant, where both are of a kind: a name for a name, a number for a number."""
    old, new = slip["old"], slip["new"] or slip["then"]
    if _kind(old) == _kind(new) == "my":
        return f"{old[0]}{new[1:]}"
    return new if _kind(old) == _kind(new) or (_kind(old), _kind(new)) == ("number", "date") else slip[0]


def _kind(said: str) -> str:
    """Whether it is a number, a day, a month, a name or a thing with its article."""
    if re.fullmatch(_DATE, said):
        return "date"
    if re.search(r"\d", said):
        return "number"
    if re.fullmatch(_DAY, said):
        return "day"
    if re.fullmatch(MONTHS, said):
        return "month"
    article = said.split()[0].lower()
    return article if article in ("my", "a", "an", "the") else "name"
