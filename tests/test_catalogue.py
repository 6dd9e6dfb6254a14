"""Catalogues as people have them, and the titles that an answer names."""

import json
from pathlib import Path
from typing import Any

import pytest

from memory.catalogue import Catalogue, normalised, read_catalogue, shipped
from memory.errors import UsageError
from memory.matching import Match, titles_in

FILMS = Catalogue.of(
    ["The Matrix", "Arrival", "It", "Up", "Heat", "Amélie", "The Lord of the Rings: The Two Towers", "Toy Story",
     "Toy Story 2", "Singin' in the Rain", "A Fistful of Dollars", "عمر", "Casablanca"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [("Matrix, The (1999)", "The Matrix"), ("Pride & Prejudice", "pride and prejudice"), ("AMELIE", "Amélie"),
     ("Mission: Impossible", "Mission Impossible"), ("Singin’ in the Rain", "Singin in the Rain")],
)  # fmt: skip
def test_spellings(one: str, other: str) -> None:
    """Year, article, case, accents and punctuation make no other title."""
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(("one", "other"), [("Toy Story", "Toy Story 2"), ("300", "3"), ("2012", "2001"), ("A", "The")])
def test_other_titles(one: str, other: str) -> None:
    """Numbers and lone articles tell titles apart."""
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("films.json", json.dumps(["Arrival", "", {"title": "Heat"}, "arrival (2016)", "شجرة"])),
        ("films.csv", "genre,title\nsf,Arrival\n,\ncrime,Heat\nsf,ARRIVAL\ndrama,شجرة\n"),
        ("films.txt", "Arrival\n\nHeat\narrival\nشجرة\n"),
    ],
)
def test_forms(tmp_path: Path, name: str, text: str) -> None:
    """JSON, CSV and text give the same titles; duplicates and empty lines are counted; right-to-left titles stay.

    Where a file says no genre, the shipped list does."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    read = read_catalogue(tmp_path / name)
    assert (read.titles, read.merged, read.skipped) == (("Arrival", "Heat", "شجرة"), 1, 1)
    shipped = {"Arrival": "science fiction", "Heat": "crime"}
    assert read.genres == ({"Arrival": "sf", "Heat": "crime", "شجرة": "drama"} if name.endswith("csv") else shipped)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", b"{}"), ("a.json", b"[1]"), ("a.json", b"["), ("a.txt", b"\xff\xfe\x00"), ("a.csv", b""),
     ("a.txt", b"\n\n")],
)  # fmt: skip
def test_bad_files(tmp_path: Path, name: str, content: bytes) -> None:
    """What is no catalogue is said in one line that names the file and the forms."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=r"a\.\w+.*JSON list"):
        read_catalogue(tmp_path / name)
    with pytest.raises(UsageError, match="cannot read"):
        read_catalogue(tmp_path / "missing.txt")


def test_hundred_thousand(tmp_path: Path) -> None:
    """A catalogue of 100,000 titles is read whole, and a misspelt title of it is found."""
    (tmp_path / "many.txt").write_text("\n".join(f"Film of {n * 7919} nights" for n in range(100_000)), "utf-8")
    many = read_catalogue(tmp_path / "many.txt")
    assert len(many.titles) == 100_000
    assert titles_in('Try "Flim of 7919 nights".', many) == [
        Match("Flim of 7919 nights", "Film of 7919 nights", "edit")
    ]


def test_shipped() -> None:
    """The shipped catalogue has about sixty films and no title twice."""
    films = shipped()
    assert len(films.titles) >= 60
    assert (films.merged, films.skipped) == (0, 0)


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ("I'd watch Arrival, then the matrix or The Matrix.", ["Arrival", "The Matrix"]),
        ("It is up to you. Heat the oven.", []),
        ("Up is lovely? Try *Up*.", ["Up"]),
        ("1. Heat - a thriller by Mann\n2. Amelie (2001): sweet", ["Heat", "Amélie"]),
        ("You might enjoy It, or “Toy Story 2”.", ["It", "Toy Story 2"]),
        ("Lord of the Rings: The Two Towers is long.", ["The Lord of the Rings: The Two Towers"]),
        ("شاهد عمر الليلة", ["عمر"]),
    ],
)
def test_titles_by_name(answer: str, titles: list[str]) -> None:
    """Titles are read from running text, quotes and lists; words that only look like one are not."""
    assert [match.title for match in titles_in(answer, FILMS)] == titles


def test_steps(encoder: Any) -> None:
    """Each title says by which step it was found; what is in no catalogue is reported without a title."""
    found = titles_in(
        '"The Matrix", "Casablnca", "The Two Towers the Lord of the Rings:", "Zardoz", "Toy Story 3"', FILMS, encoder
    )
    assert [(match.title, match.step) for match in found] == [
        ("The Matrix", "name"), ("Casablanca", "edit"), ("The Lord of the Rings: The Two Towers", "meaning"),
        ("", ""), ("", ""),
    ]  # fmt: skip
