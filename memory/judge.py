"""Whether an answer says what it should: phrase match with folding first, then the sentence transformer's cosine.

Cosine alone is no judge ("exchange" against "not an exchange" is 0.947): it only confirms paraphrases that bring at
least one of the words that matter.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Vectors = NDArray[numpy.float32]
else:
    Vectors = object

COSINE_THRESHOLD = 0.75
"""Least cosine at which an answer sharing a key word counts as a paraphrase."""

_STOP_WORDS = frozenset(
    """a an the and or but of to in on at for from with by as is are was were be been am do does did have has had i you
    he she it we they me my your his her its our their him them us this that these those there here what which who
    whom whose when where why how not no so very just also too called named name it's i'm you're i've you've can
    will would could should may might must than then into about any some all own who's""".split()  # noqa: SIM905  # readable
)
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "þ": "th"})
_REFUSAL = re.compile(
    r"(?:haven't|have not|never|didn't|don't|do not|not|no) (?:\w+ ){0,3}"
    r"(?:told|mention|say|said|know|shared?|sure|idea|talked|given)|would have to tell me"
)


def fold(text: str) -> str:
    """Case and accents away: "Tromsø" → "tromso", "Valparaíso" → "valparaiso"."""
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
    """The sentence transformer, loaded on first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _model(self) -> "object":
        from sentence_transformers import SentenceTransformer

        from memory.models import quiet_libraries

        quiet_libraries()
        return SentenceTransformer(str(self._folder), local_files_only=True)

    def __call__(self, texts: Sequence[str]) -> "Vectors":
        """Unit vectors, (len(texts), 384)."""
        return self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)  # type: ignore[attr-defined,no-any-return]


def recalled(encoder: Encoder, question: str, answer: str, reference: str) -> bool:
    """Whether `answer` gives what `reference`, the grounded answer, says beyond the question's own words."""
    keys = [word for word in content_words(reference) if word not in content_words(question)]
    if not keys or refuses(answer) != refuses(reference):
        return not keys and not refuses(answer)
    said = set(content_words(answer))
    hits = sum(key in said for key in keys)
    if hits * 2 >= len(keys):
        return True
    return bool(hits) and float(encoder([answer])[0] @ encoder([reference])[0]) >= COSINE_THRESHOLD
