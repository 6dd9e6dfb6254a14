"""What stands in a turn and is not said of the user as so: others' words, what only seemed so, a slip put right.

"Translate this: I live in Berlin" says nothing of him, nor does "I thought I was allergic, but I'm not"; of "I live in
Leeds. No wait, Porto." only Porto. Rules of English over the text of a turn; they leave away or put right, never add.
"""

import re

from memory.spelling import MONTHS, NAME

_WRITING = (
    r"(?:message|e-?mail|letter|text|post|note|story|essay|poem|lyrics?|quote|speech|advert|ad|article|transcript"
    r"|sentence|paragraph|draft)"
)
_WORK = (
    r"translate\b|(?:re-?write|rephrase|paraphrase|proof-?read|summari[sz]e|correct|fix|edit|improve|shorten|polish"
    r"|continue|complete|analy[sz]e|review|explain|reply to|respond to|spell-?check|check(?! this out\b| it out\b))"
    rf"(?= (?:this|these|the following)\b|[^.!?:\n]{{0,40}}\b{_WRITING}\b)"
)
_TO_WORK_ON = re.compile(
    rf"(?:^|(?<=[.!?,] )|(?<=\n))(?:(?:hi|hey|hello|please|ok|okay|so|now|and|also|can you|could you|would you|will you"
    rf"|help me|I need you to|I want you to|I'd like you to),? )*(?:{_WORK})[^.!?:\n]{{0,80}}"
    r"(?::|\n)\s*(?=\S).*",
    re.IGNORECASE | re.DOTALL,
)
""" "Translate this into French: I live in Berlin." """
_MINE = rf"(?:\bmy (?:\w+ )?{_WRITING}|\b{_WRITING} (?:about|on|from) (?:me|myself|us))\b"
_WRITTEN = re.compile(
    r"(?:^|(?<=[.!?,] )|(?<=\n))"
    rf"(?:here(?:'s| is| are)|this is|(?:(?!{_MINE})[^.!?:\n]){{0,60}}?(?:'s|s'|sent me|sent us))"
    rf"(?: an?| the| this)?(?: my [a-z]+'s)? (?:[a-z]+ )?(?!{_MINE}){_WRITING}\b[^.!?:\n]{{0,30}}:\s*(?=\S).*"
    r"|(?:^|(?<=[.!?,] )|(?<=\n))[^.!?:\n]{0,60}?(?<!\bI )(?<!\bwe )\b(?:wrote|writes|texted|replied)"
    r"(?: to)?(?: me| us)?(?: (?:back|again|today|yesterday|this))?:\s*(?=\S).*",
    re.IGNORECASE | re.DOTALL,
)
""" "Here's my friend's message: I'm pregnant.", "My friend wrote: I'm divorced." """
_SAYS = r"(?:said|says|told (?:me|us)|tells (?:me|us)|asked(?: me| us)?|shouted|whispered|goes)"
_FIRST = r"(?=[^\"”]*\b(?:I|I'm|I've|my|we|our)\b)"
_SENTENCE = r"(?:^|(?<=[.!?] )|(?<=\n))[^.!?:\n]{0,200}?"
_SAID = re.compile(
    rf"{_SENTENCE}(?:(?<!\bI )(?<!\bwe )\b{_SAYS}:\s*(?=[^\s\"“])"
    rf"|\b(?!I\b|we\b)[\w'-]+ (?:{_SAYS}|wrote|writes|texted(?: me| us)?|replied)[,:]? "
    rf"(?:\"{_FIRST}[^\"]+(?:\"|$)|“{_FIRST}[^”]+(?:”|$)))"
    r"[^.!?\n]*[.!?]*",
    re.IGNORECASE,
)
""" "My dad said: work hard.", "My sister said "I hate my job" and left." """
_ONLY_SEEMED = re.compile(
    r"(?:^|(?<=[.!?,;] )|(?<=\n))[^.!?:,;\n]{0,80}?\b(?:thought|thinks?|assume[sd]?|believe[sd]?|says?|said|claims?"
    r"|guess(?:ed)?|suspect(?:ed)?|looks? like|looked like|(?:wants?|wanted|expects?) me to|pretend(?:s|ed)?|told"
    r"|joke[sd]?|dream(?:ed|t))\b[^.!?\n]{0,200}?(?:,? but|;|,? although|,? though)"
    r"(?: (?:actually|in fact|really|of course))? "
    r"(?:I|we|he|she|it|they|that|this)(?:'m| am|'s| is|'re| are|n't| do| does| did| was| were| have| has| had| can"
    r"| could)*(?:n't| not)(?: (?:true|so|right|really|at all|the case|any ?more|actually|one|like that))*[.!]*"
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
_SLIP = re.compile(
    rf"(?P<old>\b{_THING})(?:\s*[.,!;(…–—-]+\s*|\s+)(?i:{_OOPS})[,:]*"
    rf"(?: (?i:I mean|no|that's|it's|make that|it is|I meant)[,:]?)* (?P<new>{_THING})(?:, (?:sorry|I mean))?"
    r"(?:\)?,(?= )|\)?(?=[.!?;]| |$)(?! (?:too|as well|is|was|are|were|and|has|had|[a-z]+s)\b))"
)
""" "I live in Leeds. No wait, Porto.", "my sister, sorry, my cousin Ana" """
_SAID_ANEW = re.compile(
    r"(?P<head>\b(?:I|My|We|Our)(?:'\w+)? (?:[\w']+ ){0,4}?(?:in|at|called|as|on|from|to|an?) "
    rf"|\bI'm (?:an?|from|in|at|called) )[^.!?\n]{{0,200}}?[.!?,;–-]+\s+(?=(?i:{_OOPS}|actually)[,:.!]* (?P=head))"
)
""" "I live in Leeds. Actually, I live in Porto." """
_JOKE = re.compile(
    rf"{_SENTENCE}[.!,…–-]+ *(?:just |only )?(?:kidding|joking|jk)\b[.!]*"
    rf"|{_SENTENCE}[.!…]+ Well,? (?:had|was|did|used to)[.!]",
    re.IGNORECASE,
)
""" "I'm a pilot, just kidding!", "I have a cat. Well, had." """
_PLAYED = re.compile(
    r"(?:^|(?<=[.!?] )|(?<=\n))(?:ok,? |so,? )?(?:let's (?:play|pretend|role)|role-? ?play\b(?=[^.!?\n]*:)"
    r"|(?:imagine|pretend|suppose) (?:that |you |you're |we |we're )?(?:I|I'm|you)\b|riddle\b"
    r"|you are an? (?!(?:\w+ )?(?:good|great|real|nice|clever|lovely|true|big|star|genius|angel|legend)\b)).*",
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
    text = _SAID.sub("", text)
    text = _ONLY_SEEMED.sub("", text)
    text = _JOKE.sub("", text)
    text = _NOT_THAT_ONE.sub("", text)
    text = _SAID_ANEW.sub("", text)
    return _SLIP.sub(_put_right, text)


def _put_right(slip: re.Match[str]) -> str:
    """What was meant, where both are of a kind: a name for a name, a number for a number."""
    old, new = slip["old"], slip["new"]
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
