"""A catalogue of titles: read from a file, each title once. Knows nothing of models or of who likes what."""

import csv
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from memory.errors import UsageError
from memory.judge import fold

_YEAR = re.compile(r"\s*[(\[](?:18|19|20)\d\d[)\]]\s*$")
_ARTICLE = re.compile(r"^(?:the|an?) (?=.)")
_LAST_ARTICLE = re.compile(r"^(.+), (the|an?)$")
_FORMS = "a JSON list of titles, a CSV file with a column `title`, or a text file with a title a line"


def normalised(title: str) -> str:
    """What two spellings of a title share: "Matrix, The (1999)" → "matrix", "Up & Away" → "up and away".

    A year behind the title, a leading article, case, accents and punctuation go; letters of every script stay.
    """
    words = " ".join(fold(_YEAR.sub("", title)).replace("'", "").replace("&", " and ").split())
    words = _LAST_ARTICLE.sub(r"\1", words)
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in words)
    plain = " ".join(kept.split())
    return _ARTICLE.sub("", plain) or words


@dataclass(frozen=True)
class Catalogue:
    """Titles in the file's order, each once. merged: other spellings of one that was there; skipped: empty ones."""

    titles: tuple[str, ...]
    merged: int = 0
    skipped: int = 0

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Normalised title → title."""
        return {normalised(title): title for title in self.titles}

    @staticmethod
    def of(titles: Iterable[str]) -> "Catalogue":
        """A catalogue of these titles; of several spellings of one the first stays."""
        kept: dict[str, str] = {}
        merged = skipped = 0
        for raw in titles:
            title = " ".join(raw.split())
            name = normalised(title)
            if not name:
                skipped += 1
            elif name in kept:
                merged += 1
            else:
                kept[name] = title
        return Catalogue(tuple(kept.values()), merged, skipped)


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file: JSON, CSV or text, told by its ending.

    Raises:
        UsageError: no such file, not UTF-8, not of that form, or without a title.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the catalogue {path}: name {_FORMS}, in UTF-8") from error
    read = {".json": _json, ".csv": _csv}.get(path.suffix.lower(), str.splitlines)
    try:
        catalogue = Catalogue.of(read(text))
    except (ValueError, TypeError, csv.Error) as error:
        raise UsageError(f"{path} is no catalogue ({' '.join(str(error).split())[:120]}): name {_FORMS}") from error
    if not catalogue.titles:
        raise UsageError(f"{path} holds no title: name {_FORMS}")
    return catalogue


def shipped() -> Catalogue:
    """The small catalogue of well-known films that comes with the program."""
    return Catalogue.of(_csv(resources.files("memory").joinpath("films.csv").read_text(encoding="utf-8")))


def _json(text: str) -> list[str]:
    entries = json.loads(text)
    if not isinstance(entries, list):
        raise ValueError("not a list")
    return [_title(entry) for entry in entries]


def _title(entry: Any) -> str:
    title = entry.get("title") if isinstance(entry, dict) else entry
    if not isinstance(title, str):
        raise TypeError(f"{json.dumps(entry, ensure_ascii=False)[:60]} is no title")
    return title


def _csv(text: str) -> list[str]:
    """The column headed `title`; without such a heading the first column of every row."""
    rows = [row or [""] for row in csv.reader(text.splitlines())]
    heads = [head.strip().casefold() for head in rows[0]] if rows else []
    column = heads.index("title") if "title" in heads else 0
    return [row[column] if column < len(row) else "" for row in (rows[1:] if "title" in heads else rows)]
