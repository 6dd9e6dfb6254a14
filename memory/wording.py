"""Whether a statement can be the answer to a question, by their words. Knows nothing of how either was written."""

import re
from collections.abc import Iterator

from memory.bank import roles_in, somebody, stranger_role, words
from memory.judge import fold

_DISLIKE = (
    r"\b(?:hate[sd]?|dislike[sd]?|bore[sd]?|boring|avoid\w*|(?:can't|couldn't|cannot) (?:stand|bear)|worst|refuse\w*|"
    r"afraid|fear\w*|scare\w*|terrif\w*|frighten\w*|phobi\w*|all?erg\w+|ill|gave up|fussy|against|"
    r"\w+n't (?:like|eat|drink|want))\b"
)
_NAME_ASKED = re.compile(r"\b(?:names?|named|called)\b")
_NAME_GIVEN = re.compile(r"\b(?:names?|named|calls?|called|I'm|I am|here|is|was)\b")
_AGAINST = rf"{_DISLIKE}|\b(?:never|not|no|stand|bear|without|\w+n't|no longer)\b"
_FOR = r"\b(?:love|like best|like most|favou?rite|enjoy|prefer|admire)\b"
_LATER = r"\b(?:will|\w+'ll|soon|next|plan\w*|going to|saving|tomorrow|upcoming|this (?:week|summer|winter|spring))\b"
_COMING = rf"{_LATER}|\b(?:moving|leaving|off to|getting|expecting|want|hope|dream|until|till|booked|from)\b"
_BEFORE = (
    r"\b(?:use to|used to|before(?! (?:I|we|\w+ing)\b)|previous\w*|former\w*"
    r"|(?:was my|old) (?:job|trade|profession|occupation))\b"
)
_EARLIER = (
    rf"{_BEFORE}|\b(?:retire\w*|was|were|had|once|ago|last|lost|late|ex|left|until|any ?more|no longer|moved|originally"
    r"|worked|lived|studied|played|taught|drove|grew|began|started|quit|became)\b"
)
_AGE = r"\b(?:how old|ages?|teenager)\b"
_YEARS = (
    r"\d|\b(?:old|older|young\w*|aged?|born|birthday|turn\w*|months?|years?|retired?|child|baby|teen\w*|one|two|three|four|five|six|"
    r"seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty[\w-]*)\b"
)
_WHEN = (
    r"^(?:when|what time|(?:(?:in|on|at|from|since) )?(?:which|what) (?:day|date|month|year|season)s?)\b|"
    r"\b(?:the|my|what|which) (?:date|day|month|year) (?:of|is|am|was|did|do)\b"
)
_A_TIME = (
    r"\d|\b(?:(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*|\w*(?:days?|nights?|times?|weekends?)|daily|mornings?|"
    r"evenings?|afternoons?|noon|dawn|dusk|sunrise|sunset|lunch\w*|breakfast|dinner|supper|bed\w*|weeks?|months?|years?|"
    r"spring|summer|autumn|fall|winter|seasons?|hot|cold|rain\w*|weather|christmas|xmas|easter|eve|tomorrow|ago|last|next|soon|"
    r"since|until|till|before|after|during|when\w*|while|once|every\w*|always|never|now|currently|already|recently|lately|"
    r"nowadays|this|again|child\w*|kid|boy|girl|teen\w*|young\w*|o'clock|past|early|earlier|late|later|first|second|"
    r"third|\w+th|(?:at|by|past|of|from) (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|"
    r"hours?|minutes?|moment|grew up|school|university|retire\w*|holiday\w*|shift\w*)\b"
)
_NATION = r"\b(?:nationality|nation|languages?|tongues?|citizen\w*|passport|travel document)\b"
_NATIONS = "|".join(words()["nations"])
_OF_A_NATION = (
    rf"\b(?:{_NATIONS})\b|\b(?:speak\w*|spoke\w*|languages?|tongue|national\w*|countr\w+|passport|"
    r"(?:learn\w*|stud\w+|taught|teach\w*|lessons?)(?= (?:in )?(?-i:[A-Z]))|translat\w*|from|born|grew up)\b"
)
_MARRIED = r"\bmarr(?:y|ied|iage)\b"
_A_COUPLE = (
    r"\b(?:marr\w*|wife|husband|hubby|wedding|spouse|partner|missus|bride|groom|widow\w*|divorc\w*|other half)\b"
)
_WHO_AM_I = (
    r"\bwho am I\b|\bmy (?:first |last |full |middle |real |proper )?name\b|\b(?:am I|I'm|I am) called\b|"
    r"\b(?:address|call|name) me\b|\bwho are you (?:talking|speaking) to\b"
)
_I_AM = (
    r"^(?:I'm|I am|you're|you are) |\b(?:my|your) (?:\w+ )?name\b|\b(?:call|called|name|named) (?:me|you)\b|"
    r"\b(?:I'm|I am|I was|you're|you are|you were) (?:called|named)\b"
)
_ONLY_A_NAME = re.compile(rf"(?:I'm|I am) (?!(?:{_NATIONS})\b)[^\W\d_a-z][\w'-]*(?: [^\W\d_a-z][\w'-]*)*\.")
""" "I'm Ned."; "I'm Norwegian." says something else."""
_BIRTHPLACE = (
    r"\bbirthplace\b|\b(?:place|town|city|country) of (?:my )?birth\b|"
    r"^(?:where|(?:in )?(?:which|what) (?:town|city|place|country))\b.*(?:\bborn|come into the world)\b"
)
_BORN_SOMEWHERE = (
    r"\bborn\b.* (?:in|at|near|outside|on|by|aboard|inside) "
    r"(?!\d|(?:the )?(?:(?:jan|febr)uary|march|april|may|june|july|"
    r"august|september|october|november|december|spring|summer|autumn|fall|winter|year|morning|night|evening|midnight|"
    r"noon|\w+ties|\d\w*|an? \w+day|\w+day)(?!\w)(?!, [A-Z]))|\b(?:from|abroad|overseas|birthplace is|native of)\b"
)
_SURNAME = r"\b(?:sur|(?:last|family|second|full|whole) )names?\b"
_TWO_NAMES = (
    rf"{_SURNAME}|\b(?:middle|dr|professor|mr|mrs|ms|miss)\b|\bname's [\w'-]+, |"
    r"\b(?:name is|name's|named|called|I'm|I am|you're|you are) (?!called\b|from\b|an?\b|the\b)"
    r"[\w'-]+ (?!from\b|and\b|in\b|by\b|here\b)[\w'-]+"
)
_ORIGIN = (
    r"\b(?:(?:I|we|he|she|they) comes? from"
    r"|(?:am|are|was|were|is) (?:I|we|he|she|they) (?:originally )?from)\b"
)
_A_HOME = (
    r"\b(?:my|our) new (?:home|house|flat|apartment)\b|\bgoing to live\b|\b(?:sort|kind) of home\b|\bdownstairs\b"
    r"|^(?:where|which|what)\b.*\b(?:do|am|are|will) (?:I|we) (?:now )?(?:live|living)\b(?! with)"
)
_SOMEWHERE = (
    r"\b(?:from|born|grew|raised|native|child\w*|originally|liv\w+|home\w*|house\w*|flat|apartment|cottage|caravan|farm\w*|"
    r"mov\w+|settl\w+|based|here|resid\w+|rent\w*|stay\w*|neighbo\w+|street|village|town|city|island|coast|came|come|local|"
    r"share[sd]?|outside|near|alone|together|upstairs|downstairs|door|garden|room\w*|bought|build|built|between)\b"
    r"|\b(?:I'm|I am|we're|we are|you're|you are) (?:\w+ ){0,2}(?:in|at|on)\b"
)
_FROM_THERE = (
    r"\b(?:from|born|grew|raised|brought up|native|child\w*|originally|home\w*|mov\w+|settl\w+|came|come|comes|hail\w*"
    r"|roots|village|local|left|family)\b"
)
_MOVE = r"\b(?:move|moving|moved|relocat\w+)\b"
_A_MOVE = r"\b(?:mov\w+|relocat\w+|leav\w+|left|emigrat\w+|new|settl\w+|for good|came|come|swap\w*|used to)\b"
_BIRTH = r"\b(?:due date|pregnan\w+|(?:be|become|becoming) (?:an? )?(?:parent|father|mother|dad|mum|mom)s?)\b"
_A_BIRTH = (
    r"\b(?:bab(?:y|ies)|child\w*|expecting|pregnan\w+|due|born|birth|twins?|father|mother|parent\w*|dad|mum|mom|son|daughter|"
    r"adopt\w*)\b"
)
_WORKPLACE = r"\b(?:workplace|where do I work|where is my (?:job|office))\b"
_A_WORKPLACE = (
    r"\b(?:work\w*|jobs?|employ\w*|teach\w*|stud\w+|run|own|office|shop|factory|hospital|school|company|station|ship|shift\w*"
    r"|(?:I'm|I am|you're|you are|I was|you were|as|be) (?:an?|the) [\w' -]+ (?:at|in|on|for|near|outside|over|with)"
    r"|\w+ (?:for a living|by trade))\b|^(?:I|you) \w+ (?:[\w'-]+ ){1,4}(?:at|in|on|for|outside|near)\b"
)
_HIS_OLD_JOB = (
    r"\b(?:did|was) I\b.*\b(?:jobs?|work|profession|occupation|trade|living|use to (?:be|do))\b"
    r"|\bwas my (?:job|work|profession|occupation|trade)\b"
    r"|\bwas I an?\b|\bmy (?:old|former|previous) (?:job|profession|occupation|trade)\b"
)
_AN_OLD_JOB = (
    r"\b(?:I|you|we)(?:'\w+)? (?:(?:\w+ly|once|then|also|first|just|never|always|have|had) )*"
    r"(?:used to|was|were|been|had|work\w*|\w+ed|"
    rf"{'|'.join(words()['past'])})\b|^(?:I'm|I am|you're|you are) .*\b(?:retired|former|ex)\b|\bjobs?\b"
)
_PARTNER = r"\b(?:relationship|love life|partner|seeing any(?:one|body)|dating|boyfriend|girlfriend)\b"
_A_PARTNER = (
    r"\b(?:relationship|single|partner|boyfriend|girlfriend|dating|seeing|wife|husband|fianc\w+|engaged|marr\w+|love|divorc\w*|"
    r"widow\w*|together|split|broke|missus|other half|gf|bf)\b"
)
_RELATIVE = r"\brelatives?\b"
_A_RELATIVE = rf"\b(?:{'|'.join(word for group in words()['roles'] for word in group)}|relatives?|family)\b"
_ONE_OF_MANY = re.compile(
    r"\bhow many \w*(?:[^s\W]|ss) (?:do|does|did|are|were|have|has|can)\b"
    r"|\bwhat are (?:my|our) \w*(?:[^s\W]|ss) called\b",
    re.IGNORECASE,
)
_OF_MANY = re.compile(r"\b(?:\w*children|people|sheep|fish|geese|mice|feet|teeth|women|men|wives)\b")
_CHILDHOOD = r"\b(?:childhood|raised|brought up|(?:grow|grew) up)\b"
_A_CHILDHOOD = (
    r"\b(?:grew|raised|brought up|born|from|native|child\w*|kids?|boy|girl|young\w*|teen\w*|little|school\w*|originally"
    r"|parents?|mother|father|mum|mom|dad|mam|gran\w*|aged?|when I was|moved|left|home\w*|village|farm|family)\b"
)
_BIRTHDAY = r"\b(?:birthday|birth date|date of birth|getting older|congratulate)\b|\bwhen (?:was|were) \w+ born\b"
_A_BIRTHDAY = (
    r"\b(?:birth\w*|born|turn\w*|old\w*|age[sd]?|cake|candles|\d+(?:st|nd|rd|th)(?= (?!of\b))|party|bab\w+|twins?"
    r"|be [\w-]+ in)\b|\b(?:I'm|I am) \d+\b"
)
_STOPPING = r"\b(?:retir\w+|pension\w*|stop working|old age)\b"
_RETIREMENT = r"\b(?:retir\w+|pension\w*|(?:stop|give up|gave up|stopped) work\w*|old age)\b"
_WHO = r"\bwhom?\b(?!.*\b(?:work for|employer)\b)(?! (?:I am|am I|are you)\b)(?! (?:I|we) (?:am|are)\b)"
_A_PERSON = (
    rf"\b(?:{'|'.join([*somebody(), *words()['also_somebody']])}|alone|own"
    r"|myself|self|met|meet\w*|nobody|none|some\w*|every\w*|any\w*|people|person|team|club|group|crew|band|family|boss"
    r"|manager|man|woman|guy|girl|boy|lady|class\w*|\w+(?:er|or|ist|ian)s?|called|named|name|with|by|for|married|single|divorced|one|other|we"
    r"|our|us)\b|(?<!\bin )(?<!\bat )(?<!\bnear )(?<!^)\b(?!I\b|I'|My\b|Our\b|We\b)(?-i:[A-Z])"
)
_PLACE_ONLY = re.compile(r"\b(?:in|at|near|outside) ((?:(?-i:[A-Z])[\w'-]+ ?)+)")
_ASKS_OF_A_PERSON = re.compile(r"\b(?:who is|who's|how is|how do I know) ((?-i:[A-Z])[\w-]+)", re.IGNORECASE)
_SAME_IN_THE_PAST = ("beat", "cut", "hit", "hurt", "put", "quit", "bound", "wound", "found", "lay", "saw", "fell")
_PASTS = "|".join(word for word in words()["past"] if word not in _SAME_IN_THE_PAST)
_PAST_TWICE = re.compile(
    r"\b(?:do|does|did|should|can|will) (?:I|we|you|he|she|they|(?:my|our) \w+) "
    rf"(?!need\b|\w*eed\b|shed\b|wed\b)(?:\w{{2,}}ed|are|am|is|has|{_PASTS})\b",
    re.IGNORECASE,
)
_NO_BE = re.compile(
    r"(?<!\bam )(?<!\bare )(?<!\bwas )(?<!\bwere )\b(?:I|we) "
    r"(?!(?:b|sp|st|sw|fl|cl|sl|w)?r?ing\b)(?:going|\w{3,}ing)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(r"(?!I\b|My\b|Our\b|We\b|There\b|It\b)([A-Z][\w-]+) (?:is|was|has|had|can|will|\w+s)\b")
_OF_HIM = re.compile(r"\b(?:I|me|my|mine|we|our|us|you|your)\b", re.IGNORECASE)
_MINE = re.compile(r"\b[Mm]y (\w+)\b(?!'| \w+'s)")
_ACTION = re.compile(r"\b(?:I|we|you|they|he|she) (\w+ \w+)")
_NOUN_DUE = r"\b(?:for|at|in|on|with|about|of|my|our|the|an?)"
_NEEDS = [
    (re.compile(asked, re.IGNORECASE), re.compile(needed, re.IGNORECASE), why)
    for asked, needed, why in (
        (_AGAINST, _AGAINST, "asks for a dislike, the statement names none"),
        (_LATER, _COMING, "asks for the future, the statement is not of it"),
        (_BEFORE, _EARLIER, "asks for the past, the statement is not of it"),
        (_WHO_AM_I, _I_AM, "asks who the user is, the statement says it of another"),
        (_AGE, _YEARS, "asks for an age, the statement gives none"),
        (_WHEN, _A_TIME, "asks when, the statement does not say"),
        (_NATION, _OF_A_NATION, "asks for a nation or language, the statement names none"),
        (_MARRIED, _A_COUPLE, "asks for a marriage, the statement speaks of none"),
        (_BIRTHPLACE, _BORN_SOMEWHERE, "asks for a birthplace, the statement names none"),
        (r"\bhome ?town\b", rf"{_SOMEWHERE}|{_OF_A_NATION}", "asks for a home, the statement is not of one"),
        (_ORIGIN, rf"{_FROM_THERE}|{_OF_A_NATION}", "asks where from, the statement does not say"),
        (_A_HOME, _SOMEWHERE, "asks for a home, the statement is not of one"),
        (_MOVE, _A_MOVE, "asks for a move, the statement is not of one"),
        (_BIRTH, _A_BIRTH, "asks for a birth, the statement is not of one"),
        (_HIS_OLD_JOB, _AN_OLD_JOB, "asks for an earlier job, the statement names none of his"),
        (_WORKPLACE, _A_WORKPLACE, "asks for a workplace, the statement names none"),
        (_PARTNER, _A_PARTNER, "asks for a partner, the statement names none"),
        (_RELATIVE, _A_RELATIVE, "asks for a relative, the statement names none"),
        (_CHILDHOOD, _A_CHILDHOOD, "asks for a childhood, the statement is not of one"),
        (_BIRTHDAY, _A_BIRTHDAY, "asks for a birthday, the statement gives none"),
        (_WHO, _A_PERSON, "asks who, the statement names nobody"),
        (_STOPPING, _RETIREMENT, "asks for retirement, the statement is not of it"),
        (_SURNAME, _TWO_NAMES, "asks for a second name, the statement gives one"),
        (_FOR, rf"^(?!.*{_DISLIKE})|{_FOR}", "asks for a liking, the statement names a dislike"),
    )
]


_OPENINGS = ("Tell me {clause}.", "Could you remind me {clause}?", "Have I told you {clause}?", "I forgot: {clause}?")
_WHOSE = r"((?:my|our) [\w -]+?)"
_NAME_WANTED = re.compile(rf"What (is|was) (?:the name of {_WHOSE}|{_WHOSE}'s name|{_WHOSE} called)\?")


def misworded(question: str, statement: str) -> str:
    """Why the statement cannot be the answer to the question: another person, thing, time or polarity; "" if it can."""
    if not 8 < len(question) <= 120:
        return "too short or too long"
    said = {word for pattern in (r"[\w-]+", r"\w+", r"\d+") for word in re.findall(pattern, fold(statement))}
    subject = _OF_ANOTHER.match(statement)
    names = [w for w in re.findall(r"(?<!^)\b[^\W\d_a-z]\w+|\d+", question) if fold(w) not in {"im", "ive"}]
    if not re.search(r"\b(?:I|my|me|mine|I'm|myself|we|our|us)\b", question):
        if not names:
            return "not about the user"
        if not roles_in(statement) and not (subject and subject[1] in names):
            return f"asks about the world: {names[0]}"
    if not question.endswith("?") and not re.match(r"(?:Tell|Remind|Name|Describe)\b", question):
        return "not a question"
    for name in names:
        if fold(name) not in said:
            return f"names what was not said: {name}"
    for asked, needed, why in _NEEDS:
        if asked.search(question) and not needed.search(statement):
            return str(why)
    if _ONLY_A_NAME.fullmatch(statement) and not re.search(rf"{_WHO_AM_I}|\bwho\b", question, re.IGNORECASE):
        return "asks for more than a name, the statement gives no more"
    if re.search(r"\b(?:do|does|did|am|is|are|was|can|could|should|would) I'(?:m|ve|d|ll)\b", question, re.IGNORECASE):
        return "has two verbs"
    if _PAST_TWICE.search(question) or _NO_BE.search(question):
        return "has its verb in a wrong form"
    if subject and subject[1] not in question and not (_OF_HIM.search(statement) or roles_in(subject[1])):
        return f"asks of the user, the statement is of {subject[1]}"
    if any(_only_anothers(noun, statement) for noun in _MINE.findall(question)):
        return "asks for the user's own, the statement says another's"
    person = _ASKS_OF_A_PERSON.search(question)
    if person and person[1] in " ".join(_PLACE_ONLY.findall(statement)).split():
        return f"asks who a place is: {person[1]}"
    if _ONE_OF_MANY.search(question) and not _OF_MANY.search(question):
        return "has one where many belong"
    if any(re.search(rf"{_NOUN_DUE} {action}\b", question) for action in _ACTION.findall(statement)):
        return "has a verb where a noun belongs"
    if _NAME_ASKED.search(question) and not (names_in(statement) or _NAME_GIVEN.search(statement)):
        return "asks for a name, the statement gives none"
    stranger = stranger_role(question, said)
    return f"asks for what was not said: {stranger}" if stranger else ""


def _only_anothers(noun: str, statement: str) -> bool:
    """Whether every "wedding" in a statement is somebody's: "my sister's wedding"."""
    said = re.findall(rf"([\w'-]+) {re.escape(noun)}\b", statement, re.IGNORECASE)
    return bool(said) and all(before.endswith(("'s", "s'")) for before in said)


def names_in(statement: str) -> list[str]:
    """Names and titles inside a sentence: runs of words with a capital, the first word left out."""
    return re.findall(r"(?<=[\w,] )(?!I\b)[^\W\d_a-z][\w'-]*(?: [^\W\d_a-z][\w'-]*)*", statement)


def rewordings(question: str, number: int = 0) -> Iterator[str]:
    """The question in other forms, one behind an opening: "What town …?", "Which town …?", "Tell me what town …".

    What is asked in one form only among things never told is refused in that form.
    """
    if named := _NAME_WANTED.fullmatch(question):
        verb, who = named[1], named[2] or named[3] or named[4]
        yield from (f"What {verb} the name of {who}?", f"What {verb} {who}'s name?", f"What {verb} {who} called?")
    if found := re.match(r"(What|Which)( [a-z]+ (?:do|did|am|was|have|can|should|would) I\b.*)", question):
        yield f"{'Which' if found[1] == 'What' else 'What'}{found[2]}"
    if clause := embedded(question):
        yield _OPENINGS[number % len(_OPENINGS)].format(clause=clause)


def in_haste(question: str) -> str:
    """ "What's my cat's name?" → "whats my cats name", as it is typed on a phone."""
    return question.replace("'", "").rstrip("?.").lower()


def embedded(question: str) -> str:
    """ "What is my name?" → "what my name is", as it stands inside a sentence; "" for a question of another form."""
    if re.search(r" (?:with|to|in|on|for|at|from|about|of|by)\?$", question) and " do " not in question:
        return ""
    if found := re.match(
        r"(what|who|where|when|how old) (is|are|was|were) (my .+|[A-Z][\w'-]+)\?$", question, re.IGNORECASE
    ):
        wh, verb, rest = found.groups()
        noun, called, _ = rest.partition(" called")
        if re.search(r" (?:born|like|named|made|married|now)$|\w+ing (?:in|on|at|with|next|this)\b", rest):
            return ""
        return f"{wh.lower()} {noun} {verb}{called}"
    if found := re.match(r"(who|what) am I( called)?\?$", question, re.IGNORECASE):
        return f"{found.group(1).lower()} I am{found.group(2) or ''}"
    if found := re.match(r"((?:what|who|where|when|which|how)\b[\w' -]*?) do (I|we) (.+)\?$", question, re.IGNORECASE):
        wh, who, rest = found.groups()
        return f"{wh[0].lower()}{wh[1:]} {who} {rest}"
    return ""
