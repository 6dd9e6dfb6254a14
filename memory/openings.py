"""How sentences begin and end in talk: greetings and asides taken off, a subject that goes without saying put in.

Rules of English, no model. "Hi, got a ferret too, haha" is "I've got a ferret too".
"""

import re
from functools import cache

from memory.bank import roles_in, words

_ENDS = r"(?=\s*(?:[,.!:;-]|$))"
_GOES_ON = (
    r"(?= (?:I|I'm|I've|I'd|I'll|my|we|we're|we've|our|he|she|they|it|he's|she's|it's|they're|yes|no|actually|anyway"
    r"|basically|the|there)\b)"
)
""" "So I live here", not "so far", "no one"."""
_OPENING = re.compile(
    r"^(?:(?:(?:hi+|hello+|he+y+|hiya+|yo)(?: (?:there|all|again|everyone))?|good (?:morning|afternoon|evening)"
    rf"|(?:morning|afternoon|evening){_ENDS}|(?:well|so|no|right|sure|but|also)(?:{_ENDS}|{_GOES_ON})"
    r"|how's it going|how are you|typical(?=,)|oh|ah|ok|okay|n|ha(?= (?:no|yes|well|my|I)\b|,)"
    r"|yes|yeah|yep|nope|thanks(?! (?:to|for)\b)|thank you|haha|lol|btw"
    r"|by the way|anyway|actually|and|as you know|fyi|tbh|ngl|oh and|just so you know|to be honest|you (?:know"
    r"|see)(?=,)|(?:oh |my )?(?:god|gosh|goodness|lord)(?= (?:I|I'm|I've|my|we|it)\b|,)|fun fact|guess what|(?:it's"
    r"|it is) funny(?=,? (?:when|how|but|I|my|we|our)\b)|(?:I'm|I am) (?:afraid|sorry to say)(?: that)?(?=:| (?:I|my|we"
    r"|our)\b)|I (?:must|have to|suppose I should) (?:say|admit|confess)(?: that)?(?= (?:I|my|we|our)\b)"
    r"|my (?:dear(?:est)?|friend)(?=\s*(?:[,.!;:-]|$))|you(?:'d|'ll| would| will| won't| wouldn't)(?: never| hardly"
    r"| not)? (?:guess|believe|think|know|laugh)(?: it| this| that)?,? but\b"
    r"|for the record|quick question"
    r"|(?:more )?(?:sad|bad|good|great|big) news(?: as well| too| also| again)?(?=\s*[,:!.;-])"
    r"|(?:as|like) I (?:said|mentioned|told you)|turns out(?: that)?(?= \w)"
    r"|(?:you're|that's|you are) wrong(?=,? (?:I|I'm|my|we|our)\b)|you(?:'ve| have)? got (?:that|it) wrong"
    r"|(?:ignore|forget) that(?=, (?:I|I'm|my|we|our)\b)|(?:I|we)(?:'d| would)? (?:want|like|need) you to"
    r" (?:know|remember)(?: that)?|you (?:already|should) know(?: that)?(?= (?:I|I'm|my|we|our)\b)"
    r"|(?:please )?remember(?= (?:I|I'm|I've|my|we|our)\b)|(?:please )?(?:(?:note|remember"
    r"|don't forget|keep in mind|bear in mind) that|don't forget(?= (?:I|my|we|our)\b))|(?:I told you"
    r"|you should know)(?: that)?(?= (?:I|my|we|our)\b|(?= I'))|I (?:nearly|almost) forgot(?: to (?:say|mention"
    r"|tell you))?(?=\s*[,:;-])|I should (?:say|mention|add|explain|point out)(?: that)?"
    r")\b[\s,!.:;-]*)+",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r",?\s+(?:btw|by the way|lol|lmao|tbh|ngl|imo|imho|haha|hehe|xx+|though(?=\s*(?:[.,!]|$))"
    r"|(?:if )?you know(?: how it is| what I mean)?)(?=[\s.,!]|$)"
    r"|[,;]?\s+(?:and |but )?(?:I )?(?:just |really |so )?can't wait[\s.!]*$"
    r"|,\s+(?:would you believe(?: it| that)?|believe it or not|mind you|I (?:can )?tell you|let me tell you|I must say"
    r"|if you ask me|to be honest(?: with you)?|I won't pretend(?: otherwise)?|bless (?:him|her|them|it)"
    r"|I'm (?:afraid|sorry)(?: to say)?|my (?:dear(?:est)?|friend)"
    r"|God rest (?:him|her|(?:his|her) soul))"
    r"(?:,(?= (?!(?:I|I'\w+|my|we|our|s?he|it|they|and|but|so)\b)[a-z])|(?=\s*(?:[.,!;]|$)))"
    r"|\s+(?:(?:<3|[:=;]-?[)D(P])\s*)+[.!]*$",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r", which (?:sounds?|seems?|feels?|means?(?! (?:that )?(?:I|my|we|our)\b)|makes?)\b[^.]*"
    r"|,? (?:so|as) you (?:can|could|might|may) imagine[^.]*",
    re.IGNORECASE,
)
""" "I bake cakes for a living, which sounds dreamy": what he thinks of it is not what it is."""
_TO_YOU = re.compile(
    r"\b((?:I'm|I am|we're) (?:\w+ly |just )?(?:writing|typing|talking|speaking|chatting)) to you\b", re.IGNORECASE
)
_HERE = re.compile(r"^(?!It's\b|I'm\b)([^\W\d_a-z][\w'-]+(?: [^\W\d_a-z][\w'-]+)?) here\s*(?=[,.!:;-]|$)[\s,.!:;-]*")
_NOBODY = frozenset(
    """right over out in up from back still down same new not only just always all none nothing everyone anyone nobody
    me us likewise ditto sun cold hot raining snowing sunny nurse teacher student vegan vegetarian doctor engineer
    developer parent mum dad mom""".split()  # noqa: SIM905  # words
)
"""What stands before "here" and is no name."""
_GREETS_AS = re.compile(
    r"(?:hi|hey|hiya|hello|heya|yo|(?:good )?(?:morning|evening|afternoon))(?: (?:there|all))?[,!]? "
    r"(?:it'?s |[Ii]'?m )?(?P<who>[^\W\d_][\w'-]+) here(?=[,.!]|$)"
)
""" "hey femi here, just in": who greets in haste gives his name without a capital."""
_TAG = re.compile(
    r"(?:,| and| -)? (?:what|how) about (?:you|u|yourself)\?*$"
    r"|,? (?:(?:can|would) you believe (?:it|that|this)|you know|right|eh|innit|\w+n't (?:it|he|she|they|we|I))\?$",
    re.IGNORECASE,
)
""" "They're six now, can you believe it?" asks nothing."""
_UNSAID = {
    "got": "I've got", "have": "I have", "born": "I was born", "live": "I live", "living": "I'm living",
    "love": "I love", "hate": "I hate", "work": "I work", "working": "I'm working", "moved": "I moved",
    "married": "I'm married", "loved": "I loved", "liked": "I liked", "hated": "I hated", "enjoyed": "I enjoyed",
    "adore": "I adore", "adored": "I adored", "prefer": "I prefer", "watched": "I watched", "saw": "I saw",
    "bought": "I bought", "adopted": "I adopted", "studied": "I studied", "worked": "I worked", "lived": "I lived",
    "grew": "I grew", "retired": "I'm retired", "into": "I'm into", "keen": "I'm keen", "fond": "I'm fond",
    "studying": "I'm studying", "moving": "I'm moving", "learning": "I'm learning", "lost": "I lost",
    "going": "I'm going", "planning": "I'm planning", "saving": "I'm saving", "training": "I'm training",
    "drive": "I drive", "swim": "I swim", "collect": "I collect", "knit": "I knit", "ride": "I ride",
    "cycle": "I cycle", "volunteer": "I volunteer", "renting": "I'm renting", "starting": "I'm starting",
    "doing": "I'm doing", "playing": "I'm playing", "marrying": "I'm marrying", "teaching": "I'm teaching",
    "visiting": "I'm visiting", "raising": "I'm raising", "writing": "I'm writing",
    "been": "I've been", "ran": "I ran", "came": "I came", "won": "I won", "went": "I went", "spent": "I spent",
    "wrote": "I wrote", "built": "I built", "grow": "I grow",
    "raised": "I was raised", "originally": "I'm originally", "turned": "I turned", "turning": "I'm turning",
    "quit": "I quit", "graduated": "I graduated", "started": "I started", "became": "I became", "met": "I met",
    "joined": "I joined", "switched": "I switched", "broke": "I broke", "sold": "I sold", "trained": "I trained",
    "taught": "I taught", "was": "I was", "own": "I own", "gave": "I gave", "had": "I had", "am": "I am",
    "allergic": "I'm allergic", "done": "I've done", "wear": "I wear", "flew": "I flew",
    "tried": "I tried", "paid": "I paid", "driving": "I'm driving", "running": "I'm running",
    "waitressing": "I'm waitressing", "hoping": "I'm hoping", "expecting": "I'm expecting", "coming": "I'm coming",
    "seeing": "I'm seeing", "can't": "I can't", "don't": "I don't", "couldn't": "I couldn't",
}  # fmt: skip
_BODY = r"ear|eye|arm|leg|hand|foot|knee|hip|shoulder|wrist|ankle|elbow|thumb|lung|kidney"
_UNSAID_ALSO = (
    (
        r"(?:(?:not|really|so|very|quite|also|still) )*(?:into|keen on|fond of|mad about|obsessed with|allergic to) ",
        "I'm",
    ),
    (r"(?:not )?an? (?:\w+ )?fan of ", "I'm"),
    (
        r"(?:flying|driving|travell?ing|sailing|heading|off) (?:(?:back|home|out|over|up|down) )?(?:to [^,]*|home )?"
        r"(?:on |in |this |next )?(?:\d|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow)"
        r"(?!.*\b(?:is|was|are|were|makes?|takes?|took)\b)",
        "I'm",
    ),
    (r"(?:big|huge|massive|great|lifelong) fan of ", "I'm a"),
    (
        r"(?:(?:just|never|always|really|finally|recently|also|once|still) )+(?:moved|got|started|finished|loved|liked"
        r"|hated|enjoyed|watched|saw|bought|adopted|love|hate|adore|studied|worked|lived|retired|became|wanted|cared"
        r"|passed|live|work|miss|get|go|play|teach|met|quit|broke|turned|joined|sold|had|have) ",
        "I",
    ),
    (
        r"(?:(?:still|currently|always|also|only) )+(?:(?:just|really|slowly) )?(?!(?:during|nothing|something|anything"
        r"|everything|morning|evening|king|thing|ring|spring|string|wing)\b)\w{2,}ing (?!(?:is|was|are|were)\b)",
        "I'm",
    ),
    (r"(?:never|always) (?:been|had|seen|met|tried|owned|smoked|eaten|done|used|played) ", "I've"),
    (
        r"(?:(?:single|proud|full-time|stay-at-home) )?(?:mum|mom|dad|father|mother|parent|gran|nan|grandma|grandad"
        r"|grandpa|granny|grandmother|grandfather) (?:of|to) (?:\d+|one|two|three|four|five|six|seven|twins)\b",
        "I'm a",
    ),
    (
        r"(?:type [12] )?(?:diabetic|vegan|vegetarian|veggie|divorced|widowed|single|retired|pregnant|dyslexic|autistic"
        r"|coeliac|celiac|self-employed|unemployed|(?:left|right)[ -]handed|colou?r[ -]blind|hard of hearing"
        r"|(?:lactose|gluten) intolerant|(?:scared|terrified|afraid|frightened) of [\w ]+)"
        r"(?=[,.!]|$| (?:and|for|since|so|with|now|\d+)\b)",
        "I'm",
    ),
    (r"(?:divorced|widowed|separated) (?:twice|once|in \d|last|recently|two|three)", "I'm"),
    (r"parents (?:live|are|were|come|came|moved|have|own|run)\b", "My"),
    (r"teach (?!me\b|us\b|my\b|him\b|her\b|them\b|how\b)", "I"),
    (r"share (?:an? |my )?(?:\w+ )?(?:flat|house|home|room|office|apartment|place)\b", "I"),
    (r"keep (?:\w+ )?(?:bees|chickens|hens|ducks|geese|goats|sheep|pigs|pigeons|horses|alpacas)\b", "I"),
    (rf"(?:(?:left|right|bad|good) (?:{_BODY})|bad back)(?:'s| is| was| has| hurts?| aches?| gave)\b", "My"),
    (rf"left (?!me\b|us\b|him\b|her\b|them\b|[^ ]+ed\b|(?:{_BODY})\b)", "I"),
    (r"start (?:a |my )?(?:new )?(?:job|course|school|uni|work|college|training) ", "I"),
    (r"(?:not|no longer) (?:going|coming|eating|drinking|working|allowed|able) ", "I'm"),
    (r"from (?!the\b|now\b|then\b|my\b|a\b|an\b|your\b|this\b|that\b)[\w'-]+ (?:orig\w*)(?=[,.!]|$)", "I'm"),
    (r"speak (?:\d|two|three|four|five|six) ", "I"),
    (r"speak (?!to\b|up\b|with\b|for\b)[a-z]+(?: (?:and|at|with|to|fluent)|,|$)", "I"),
    (r"play (?!some\b|me\b|us\b|the next\b)(?:[\w-]+ ){1,4}?(?:in|for|on|at|with|every)\b", "I"),
    (r"(?:used to|could watch|could listen to|haven't|wouldn't|won't) ", "I"),
    (
        r"(?:do|go|play|keep) (?!(?:you|we|not|me|us|it|that|this|the|a|an|my|your|in|to|for|on|as|up|out|off|away|back"
        r"|home|well|calm|going|quiet|fit|busy|warm|safe|ahead|there|any|some|so|much)\b)"
        r"(?:[\w'-]+ ){1,3}?(?:on |every |each |most )?(?:\w+day|mon|tues?|weds?|thurs?|fri|sat|sun|week|weekend)"
        r"(?:s|'s)?(?: (?:nights?|mornings?|evenings?|afternoons?))?(?=[,.!]|$)",
        "I",
    ),
)
""" "Never liked westerns.", "Not a fan of golf.", "Used to row."."""
_DUE = re.compile(
    r"(?:(?!(?:my|our|his|her|their|your|the|that|this|an?|no)\b)[a-z]+ )?"
    r"(?:test|exam|exams|interview|operation|op|surgery|appointment|wedding|graduation|flight|marathon"
    r"|due date|anniversary)(?:'s| is| are) (?:on |in )?(?:the )?(?:\d|(?:next|this) \w|(?-i:[a-z]+ )?\d"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|tomorrow)",
    re.IGNORECASE,
)
""" "driving test is 17 march" """
_FAVOURITE = re.compile(
    r"favou?rite (?P<what>(?:[\w'-]+ ){0,2}?[\w'-]+)(?: (?P<is>is|are|was)(?: (?:definitely|probably|still))?|:| -) ",
    re.IGNORECASE,
)
""" "favourite food is gnocchi", "favourite film: Alien"."""
_HAS_ITS_SUBJECT = re.compile(
    r"(?:(?!\b(?:that|who|which|when|because|if|how|and|but|since|where|my|our)\b)[^,;:.!?])*"
    r"\b(?:is|was|isn't|wasn't|are|were|has|suits|keeps|starts|feels|gets|taught|made|makes|helped|helps|means|meant"
    r"|gave|gives|changed)\b",
    re.IGNORECASE,
)
""" "Work is stressful.", "Living with cats is hard.", "Love Actually is long.": the first word is the subject."""
_SUBJECT_OF = re.compile(
    r"(?:calls?|called|rings?|rang|finish\w*|starts?|started|ends?|ended|lets?|sends?|sent|wants?|wanted|said|says|asked"
    r"|went|goes|got|takes?|took|begins?|has|had)\b"
)
""" "Work called me in on Sunday.": it did, not he."""
_WAS_NOT_I = re.compile(
    r"(?:my|our) (?:birthday|anniversary)\b|(?:my|our) [\w-]+'s(?=[.!,]|$)|(?:it|that|there)\b"
    r"|(?:so |really |very )*(?:great|lovely|nice|fun|good|bad|awful|hard"
    r"|an? (?:great|lovely|nice|good|bad|hard|long) \w+)"
    r"(?=[.!,]|$)",
    re.IGNORECASE,
)
""" "Was my birthday yesterday." """
_DONT = re.compile(
    r"don't (?:.*\b(?:me|us|your?)\b|(?:use|be|make|worry|forget|tell|mention|add|include|write|say|ask|call|give"
    r"|repeat|explain|change|stop|start|do|let|try|put|send|show|answer|reply|respond|assume|pretend|apologi[sz]e)\b)",
    re.IGNORECASE,
)


_REQUEST = re.compile(
    r"^(?:(?:can|could|would|will(?! (?:is|has|and)\b)|do|does|did|are|is"
    r"|please|tell|give|write|explain|recommend|suggest|show|help|let me"
    r"|let's|list|translate|summari[sz]e|remind)\b|(?:should|shall|am|may) (?:I|we)\b"
    r"|(?:what|which|who|where|when|why|how)\b(?! (?:I|I'm|I've|my|we|our)\b))",
    re.IGNORECASE,
)
_DO = re.compile(
    r"(?:please )?(?:(?:rewrite|draft|make|find|fix|check|proofread|create|calculate|convert|describe|continue|correct"
    r"|ask|wish|compare|choose|pick|improve|shorten|generate|provide|rate|define|spell|plan|edit|polish|rephrase|review"
    r"|format|design|solve|debug|prepare|organi[sz]e|teach) (?:my|this|an?|me|us|it|these|those|our|some)\b"
    r"|(?:rewrite|draft|fix|check|find|correct|continue|describe|compare) the\b|act as\b|bear with\b"
    r"|have an? (?:look|think|go)\b|work out (?:my|the|how|what)\b)",
    re.IGNORECASE,
)


def plain(sentence: str) -> str:
    """Without its bullet, greeting, asides and tag."""
    greets = _GREETS_AS.match(sentence[:1].lower() + sentence[1:])
    if greets and greets["who"] not in {*_NOBODY, *_UNSAID, *roles_in(greets["who"])}:
        sentence = f"{greets['who'].capitalize()} here{sentence[greets.end() :]}"
    return _ASIDE.sub("", strip_opening(_TAG.sub(".", sentence.strip(" \t-•*")))).strip()


def strip_opening(sentence: str) -> str:
    return _OPENING.sub("", sentence.strip())


def without_remark(sentence: str) -> str:
    return _TO_YOU.sub(r"\1", _REMARK.sub("", sentence))


def here_is(sentence: str) -> tuple[str, str]:
    """ "Otis here, just in." → ("Otis", "just in."); ("", the sentence) if nobody says so who he is."""
    here = _HERE.match(sentence)
    if here is None or here.group(1).lower() in {*_NOBODY, *_UNSAID, *words()["trades"]}:
        return "", sentence
    return here.group(1), sentence[here.end() :]


def is_request(sentence: str) -> bool:
    """ "Can you …?", "Tell me …", "What is …?"."""
    return bool(_REQUEST.match(sentence))


def is_order(sentence: str) -> bool:
    """ "Don't use emojis.", "Rewrite my CV.", not "Don't eat meat."."""
    return bool(_DONT.match(sentence) or _DO.match(sentence))


def with_subject(sentence: str) -> str:
    """ "Got a ferret." → "I've got a ferret."; "Mum lives in Kent." → "My mum lives in Kent."."""
    sentence = re.sub(r"^((?:\w+ )?\w+ (?:of|to) \w+) here\b", r"\1", sentence)  # "mum of two here"
    first, _, rest = sentence.partition(" ")
    if not rest or is_order(sentence):
        return sentence
    if first.lower() == "also" and (said := with_subject(rest)) != rest:
        return said
    if favourite := _FAVOURITE.match(sentence):
        return f"My favourite {favourite['what']} {favourite['is'] or 'is'} {sentence[favourite.end() :]}"
    if name := re.match(r"names (?!of\b)(\w+)(?=[,.!]|$)", sentence, re.IGNORECASE):
        return f"My name is {name[1].capitalize()}{sentence[name.end() :]}"
    if _WAS_A.match(sentence):
        return f"I'm a {sentence[0].lower()}{sentence[1:]}"
    if _trade().match(sentence):
        return f"I'm {'an' if sentence[0].lower() in 'aeiou' else 'a'} {sentence[0].lower()}{sentence[1:]}"
    if trip := _TRIP.match(sentence):
        return f"I'm going to {trip[1]}{sentence[trip.end(1) :]}"
    if trade := _TRADE_HERE.match(sentence):
        one = trade[1][0].lower() + trade[1][1:]
        return f"I'm {'an' if one[0] in 'aeiou' else 'a'} {one}{sentence[trade.end() :]}"
    if _DUE.match(sentence):
        return f"My {sentence[0].lower()}{sentence[1:]}"
    if re.match(r"(?:birthday|name|surname|job)(?:'s| is) ", sentence, re.IGNORECASE):
        return "My " + re.sub("'s ", " is ", sentence[0].lower() + sentence[1:], count=1)
    if begins := _UNSAID.get(first.lower()):
        if first.lower().endswith("ing") and not rest.startswith("to ") and _THEN_ME.search(rest):
            return sentence  # "Teaching in Hull, I met my wife."
        own = bool(_HAS_ITS_SUBJECT.match(rest)) and first.lower() not in ("don't", "can't", "couldn't")
        own = own or (first.lower() in ("work", "training") and bool(_SUBJECT_OF.match(rest)))
        own = (
            own
            or (first.lower() == "was" and bool(_WAS_NOT_I.match(rest)))
            or sentence.lower().startswith("turned out")
        )
        return sentence if own else f"{begins} {rest}"
    if subject := next((who for begins, who in _UNSAID_ALSO if re.match(begins, sentence, re.IGNORECASE)), ""):
        return f"{subject} {sentence[0].lower()}{sentence[1:]}"
    if _relative().match(sentence) and not _TITLED.match(sentence):
        return f"My {sentence[0].lower()}{sentence[1:]}"
    return sentence


@cache
def _trade() -> re.Pattern[str]:
    """ "barista at a tiny place by the station"; not "teacher rang"."""
    trades = "|".join(map(re.escape, sorted(words()["trades"], key=len, reverse=True)))
    return re.compile(
        rf"(?:(?:trainee|junior|night|part-time) )?(?:{trades})(?= (?:at|in|for) (?:an?|the|my|our|two) |$)",
        re.IGNORECASE,
    )


_THEN_ME = re.compile(r", (?:I|I'm|I've|my|we)\b")
_TITLED = re.compile(r"(?:Sister|Brother|Father|Mother) [^\W\d_a-z]")
""" "Sister Rosaura bakes.": a nun."""
_WAS_A = re.compile(
    r"(?:semi-)?(?:retired|former|trainee|freelance|self-employed) (?!(?:from|for|in|at|and|since|last|early|now)\b)"
    r"[a-z-]+(?: [a-z-]+)?(?=[,.!]|$| (?:in|at|from|for|and|with|here)\b)",
    re.IGNORECASE,
)
""" "retired plumber", not "retired last year" """
_TRIP = re.compile(
    r"(?!I\b|I'm\b|we\b|my\b|our\b|the\b|an?\b|there\b|it\b)([^\W\d_][\w'-]+(?: [^\W\d_][\w'-]+)?)"
    r" in (?:early |late |mid-?)?"
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|(?:the )?(?:spring|summer|autumn|winter))"
    r"(?: with (?:the|my|our) [\w' -]+(?=[,.!]|$)|(?=[,.!]* (?:can't wait|(?:all )?booked|so excited)))",
    re.IGNORECASE,
)
""" "rarotonga in jan with the girls", "Malta in May, can't wait" """
_TRADE_HERE = re.compile(
    r"((?:[a-z-]+ ){0,2}(?!winter|summer|dinner|weather|over|under|never|ever|other|another|together|after|later|water"
    r"|power|number|computer|poster|user|longer|better|floor|door|danger|river)"
    r"(?:[a-z]{2,}(?:er|or|ist|ian)|nurse|student|vet|chef|cook|pilot)) here(?=[,.!]|$)",
    re.IGNORECASE,
)
""" "night nurse here" """
_GOES_ON_WITH_ME = re.compile(
    r"(?:love|hate|live|living|work|working|studying|got|allergic|born|married|moved|used to|can't|don't|speak|play|own"
    r"|keen on|into|training|raised|originally|retired|divorced|vegan|vegetarian|single|scared of|(?:also|always|still)"
    r" (?:love|hate|live|work|play|miss|get|go)|drive|collect|retired [a-z]+|from (?=[^\W\d_]))\b(?! is\b)",
    re.IGNORECASE,
)
_TYPED_AT_ONCE = 400
"""Characters of a sentence up to which its commas may stand for full stops."""
_AT = re.compile(
    r"(?:(?:still|just|now|back|finally|currently|home|off|out|stuck|sat|sitting|up) )*"
    r"(?:(?:on|at|in) (?:the |my |a )?[a-z]+(?: [a-z]+)?|home|back)"
    r"(?: (?:now|rn|right now|again|finally|today|early|late))*",
    re.IGNORECASE,
)
""" "on the bus right now, training as a piano tuner": he is, and trains."""
_SOME_OF_THEM = re.compile(r"(?:\d|two|three|four|five|six) (?:[a-z]+ )?([a-z]+s|children)[.!]*", re.IGNORECASE)


def in_turns(sentence: str) -> list[str]:
    """ "I'm a vet, love cats, 2 boys" → "I'm a vet", "I love cats", "I have 2 boys"; of others' it is left whole."""
    if len(sentence) > _TYPED_AT_ONCE:
        return [sentence]
    pieces: list[str] = []
    for chunk in re.split(r",\s+", sentence):
        others = bool(pieces) and (roles_in(pieces[-1]) or re.search(r"\b(?:him|her|them)\b", pieces[-1]))
        counted = bool(pieces) and _SOME_OF_THEM.fullmatch(pieces[-1].removeprefix("I have "))
        mine = bool(pieces) and (counted or not others)
        mine = mine and bool(
            re.match(r"(?:I|I'm|I've)\b", pieces[0]) or (len(pieces) == 1 and _AT.fullmatch(pieces[0]))
        )
        some = _SOME_OF_THEM.fullmatch(chunk)
        if mine and some and roles_in(chunk):
            pieces.append(f"I have {chunk}")
        elif mine and _GOES_ON_WITH_ME.match(chunk) and (said := with_subject(chunk)) != chunk:
            pieces.append(said)
        elif mine and re.fullmatch(r"[1-9]\d[.!]*", chunk) and not re.search(r"\d", pieces[-1]):
            pieces.append(f"I'm {chunk.rstrip('.!')} years old")
        elif pieces and (len(pieces) == 1 or mine):
            pieces[-1] += f", {chunk}"
        else:
            pieces.append(chunk)
    return pieces


@cache
def _relative() -> re.Pattern[str]:
    """A relative or a pet at the head of a sentence, of whom something is said: "Dad was a miner.", "Cat died."."""
    kin = "|".join(re.escape(word) for word in [*words()["she"], *words()["he"]] if word not in ("girl", "boy", "sis"))
    says = r"(?:'s |(?: and \w+)? (?:is|are|was|were|has|have|had)\b)"
    pet = rf"(?:{'|'.join(words()['animals'])}) (?:died|passed away|is called)\b"
    said = rf"(?:(?:{kin})(?:'s)? (?!(?:and|of|or|to)\b)\w|(?:{kin}|kids|partner){says}|{pet})"
    return re.compile(said, re.IGNORECASE)
