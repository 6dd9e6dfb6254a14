"""Whether an answer says what it should: phrase match with folding first, then the sentence transformer's cosine.

Cosine alone is no judge ("exchange" against "not an exchange" is 0.947): it only confirms paraphrases that bring at
least one of the words that matter.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from memory.plugins import plugin
from memory.settings import OWN_JUDGE

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Vectors = NDArray[numpy.float32]
else:
    Vectors = object

Judge = Callable[[str, str, str], bool]
"""Whether, to a question, an answer gives what the reference says: (question, answer, reference)."""

COSINE_THRESHOLD = 0.65
"""Least cosine at which an answer that shares a word that matters counts as a paraphrase."""

_STOP_WORDS = frozenset(
    """a an the and or but of to in on at for from with by as is are was were be been am do does did have has had i you
    he she it we they me my your his her its our their him them us this that these those there here what which who
    whom whose when where why how not no so very just also too called named name it's i'm you're i've you've can
    will would could should may might must than then into about any some all own who's""".split()  # noqa: SIM905  # readable
)
_FRAME = frozenset(
    """work live like love have get go play favourite favorite call think believe say remember know want never no none
    nothing nobody without""".split()  # noqa: SIM905  # readable
)
"""Stems that frame an answer without being one; denial is judged apart."""
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty""".split()  # noqa: SIM905
    )
} | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90"}
_DENIAL = re.compile(
    r"\b(?:\w+n't|not|never|no|nobody|nothing|none|without|cannot|hate[sd]?|dislike[sd]?|avoids?|refuse[sd]?|gave up)\b"
)
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "þ": "th"})
_NOT = r"(?:haven't|have not|never|didn't|don't|do not|not|no)"
_REFUSAL = re.compile(
    r"(?<!you have )no idea|haven't said|never said|(?<!you )don'?t know|(?<!you're )(?<!you are )not sure|can't say|"
    rf"{_NOT} (?:\w+ ){{0,3}}(?:told|mention|say|said|shared?|talked|given)|would have to tell me|"
    rf"(?<!you )(?<!you do )(?<!you have )(?<!you're )(?<!you are ){_NOT} (?:\w+ ){{0,3}}(?:know|sure|idea)"
)
"""That the user does not know something is no refusal: "You don't know how to swim."."""


def fold(text: str) -> str:
    """Case and accents away: "Tromsø" → "tromso", "Valparaíso" → "valparaiso"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("’", "'")


def contains_any(answer: str, phrases: Iterable[str]) -> bool:
    """Whether any phrase occurs in the answer, both folded."""
    folded = fold(answer)
    return any(fold(phrase) in folded for phrase in phrases)


def content_words(text: str) -> list[str]:
    """Folded words that carry meaning, in order, each once."""
    words = re.findall(r"\w+(?:'\w+)?", fold(text))
    return list(dict.fromkeys(w for w in words if w not in _STOP_WORDS and not w.endswith("n't")))


def refuses(answer: str) -> bool:
    """Whether the answer says that it was not told."""
    return bool(_REFUSAL.search(answer.casefold().replace("’", "'")))


class Encoder:
    """The sentence transformer, loaded on first use; what it has embedded once it remembers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._embedded: dict[str, Vectors] = {}

    @cached_property
    def _model(self) -> "object":
        from sentence_transformers import SentenceTransformer

        from memory.models import quiet_libraries

        quiet_libraries()
        return SentenceTransformer(str(self._folder), local_files_only=True)

    def __call__(self, texts: Sequence[str]) -> "Vectors":
        """Unit vectors, (len(texts), 384)."""
        import numpy

        new = [text for text in dict.fromkeys(texts) if text not in self._embedded]
        if new:
            vectors = self._model.encode(new, normalize_embeddings=True, show_progress_bar=False)  # type: ignore[attr-defined]
            self._embedded |= zip(new, vectors, strict=True)
        return numpy.stack([self._embedded[text] for text in texts]) if texts else numpy.zeros((0, 384), numpy.float32)

    def remember(self, texts: Sequence[str], vectors: "Vectors") -> None:
        """What was embedded earlier need not be again: 50 to 500 texts a second."""
        self._embedded |= zip(texts, vectors, strict=True)


def judge_named(name: str, encoder: Encoder) -> Judge:
    """Our own judge, or that of a plugin.

    Raises:
        UsageError: no installed package brings one of that name.
    """
    if name == OWN_JUDGE:
        return partial(recalled, encoder)
    judge: Judge = plugin("judges", name)
    return judge


def recalled(encoder: Encoder, question: str, answer: str, reference: str) -> bool:
    """Whether `answer` gives what `reference`, the grounded answer, says beyond the question's own words.

    In this order: both or neither refuse and deny; a part of the reference and nothing else is enough; another name or
    number in place of the reference's is wrong; more than half of the words that matter are enough; with fewer the
    cosine has to confirm a paraphrase. What this gets right and wrong: `selfparam-agent judge --calibration`.
    """
    if refuses(answer) or refuses(reference):
        return refuses(answer) and refuses(reference)
    asked = stems(question)
    keys = stems(reference) - asked
    said = stems(answer)
    hits, foreign = keys & said, said - keys - asked
    if _denies(answer) != _denies(reference):
        return False
    if not keys:
        yes = _denies(reference) or re.match(r"\W*yes\b", fold(answer))
        return bool(yes or not stems(reference) or stems(reference) & said)
    if not hits or _mixed_up(answer, reference):
        return False
    if not foreign or hits == keys:
        return True
    wrong = (_exact(answer) - _exact(f"{reference} {question}")) and _exact(reference) - said - asked
    if wrong:
        return False
    return len(hits) * 2 > len(keys) or float(encoder([answer])[0] @ encoder([reference])[0]) >= COSINE_THRESHOLD


_CLAUSE = re.compile(r"(?:,? and|;|,) (?=you(?:r|'re|'ve)?\b)", re.IGNORECASE)


def _mixed_up(answer: str, reference: str) -> bool:
    """Whether a clause of the answer takes a name or number from one clause of the reference and a word from another.

    "Your brother is Sipho." of "Your brother is Thabo and your cousin is Sipho."
    """
    told = [stems(clause) for clause in _CLAUSE.split(reference)]
    everything = set[str]().union(*told)
    for clause in _CLAUSE.split(answer) if len(told) > 1 else ():
        shared = stems(clause) & everything
        if _exact(f"Is {clause}") & everything and not any(shared <= one for one in told):
            return True
    return False


def stems(text: str) -> set[str]:
    """Content words without "'s", plural s and the words that frame an answer ("you work as"); numbers in digits."""
    words = (re.sub(r"'s$|(?<=\d)(?:st|nd|rd|th)$", "", word) for word in content_words(text))
    return {_NUMBERS.get(word, word if len(word) < 4 else word.removesuffix("s")) for word in words} - _FRAME


def _denies(text: str) -> bool:
    """Whether a sentence says no; a tag ("isn't it?") does not."""
    return bool(_DENIAL.search(re.sub(r", \w+n't \w+\?", "", text.casefold().replace("’", "'"))))


def _exact(text: str) -> set[str]:
    """Folded stems of names inside the sentence and of numbers: where these differ nothing is a paraphrase."""
    names = re.findall(r"(?<=[\w,] )(?!I\b)[^\W\d_a-z]\w+", text)
    return {stem for name in names for stem in stems(name)} | {stem for stem in stems(text) if stem.isdigit()}
