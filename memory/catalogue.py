"""A catalogue of titles: read from a file, each title once. Knows nothing of models or of who likes what."""

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
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
    """Titles in the file's order, each once. merged: other spellings of one that was there; skipped: empty ones.

    genres: title → its genre in small letters, of those that the file gives one ("comedy|crime": the first).
    """

    titles: tuple[str, ...]
    merged: int = 0
    skipped: int = 0
    genres: Mapping[str, str] = field(default_factory=dict)

    @property
    def left_out(self) -> str:
        """What of the file is no title of its own, in words; "" if everything is."""
        counts = ((self.merged, "other spelling"), (self.skipped, "empty title"))
        return ", ".join(f"{count} {what}{'s' if count > 1 else ''}" for count, what in counts if count)

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Normalised title → title."""
        return {normalised(title): title for title in self.titles}

    @staticmethod
    def of(titles: Iterable[str]) -> "Catalogue":
        """A catalogue of these titles; of several spellings of one the first stays."""
        return Catalogue.of_entries((title, "") for title in titles)

    @staticmethod
    def of_entries(entries: Iterable[tuple[str, str]]) -> "Catalogue":
        """The same of titles with their genres, or ""; without one a title has that of the shipped list, if any."""
        kept: dict[str, str] = {}
        genres: dict[str, str] = {}
        merged = skipped = 0
        for raw, genre in entries:
            title = " ".join(raw.split())
            name = normalised(title)
            if not name:
                skipped += 1
            elif name in kept:
                merged += 1
            else:
                kept[name] = title
                if first := fold(re.split(r"[|,;/]", genre)[0]).strip() or _known().get(name, ""):
                    genres[title] = first
        return Catalogue(tuple(kept.values()), merged, skipped, genres)


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file: JSON, CSV or text, told by its ending.

    Raises:
        UsageError: no such file, not UTF-8, not of that form, or without a title.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the catalogue {path}: name {_FORMS}, in UTF-8") from error
    read = {".json": _json, ".csv": _csv}.get(path.suffix.lower(), _lines)
    try:
        catalogue = Catalogue.of_entries(read(text))
    except (ValueError, TypeError, csv.Error) as error:
        raise UsageError(f"{path} is no catalogue ({' '.join(str(error).split())[:120]}): name {_FORMS}") from error
    if not catalogue.titles:
        raise UsageError(f"{path} holds no title: name {_FORMS}")
    return catalogue


def shipped() -> Catalogue:
    """The small catalogue of well-known films that comes with the program."""
    return Catalogue.of_entries(_films())


def _films() -> list["Entry"]:
    return _csv(resources.files("memory").joinpath("films.csv").read_text(encoding="utf-8"))


@cache
def _known() -> dict[str, str]:
    """Normalised title → genre, of the shipped films."""
    return {normalised(title): genre for title, genre in _films()}


def chosen(file: str) -> Catalogue:
    """The catalogue that the setting names, the shipped one if it names none.

    Raises:
        UsageError: as `read_catalogue`.
    """
    try:
        return read_catalogue(Path(file).expanduser()) if file else shipped()
    except UsageError as error:
        raise UsageError(f"the setting catalogue: {error}") from error


Entry = tuple[str, str]
"""A title and its genre, or ""."""


def _lines(text: str) -> list[Entry]:
    return [(line, "") for line in text.splitlines()]


def _json(text: str) -> list[Entry]:
    entries = json.loads(text)
    if not isinstance(entries, list):
        raise ValueError("not a list")
    return [_entry(entry) for entry in entries]


def _entry(entry: Any) -> Entry:
    title, genre = (entry.get("title"), entry.get("genre", "")) if isinstance(entry, dict) else (entry, "")
    if not isinstance(title, str):
        raise TypeError(f"{json.dumps(entry, ensure_ascii=False)[:60]} is no title")
    return title, genre if isinstance(genre, str) else ""


def _csv(text: str) -> list[Entry]:
    """The columns headed `title` and `genre`; without the former heading the first column of every row."""
    rows = [row or [""] for row in csv.reader(text.splitlines())]
    heads = [head.strip().casefold() for head in rows[0]] if rows else []
    title = heads.index("title") if "title" in heads else 0
    genre = heads.index("genre") if "title" in heads and "genre" in heads else -1
    return [(_cell(row, title), _cell(row, genre)) for row in (rows[1:] if "title" in heads else rows)]


def _cell(row: list[str], column: int) -> str:
    return row[column] if 0 <= column < len(row) else ""
