"""Recommendation dialogues, prompts and what of them is told: JSON lines as INSPIRED and ReDial are laid out here.

dialogues: {"id", "turns": [{"speaker": "seeker" | "recommender", "text", "movies": [title…]?}]}
prompts:   {"id", "turns", "targets": [title…]}
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from memory.catalogue import Catalogue, normalised
from memory.errors import UsageError
from memory.judge import fold
from memory.matching import titles_by_name

_DECLINED = re.compile(
    r"\b(?:no|not|nope|never(?! seen| heard)|(?!haven't|hadn't)\w+n't|hate|dislike|instead|something else|boring"
    r"|already seen)\b(?! (?:seen|heard|problem|worries|bad)\b)"
)
"""But "I haven't seen it" declines nothing."""
_YEAR = re.compile(r"\s*\(\d{4}\)$")


@dataclass(frozen=True)
class Said:
    """One turn. movies: the titles that the data set marked in it."""

    seeker: bool
    text: str
    movies: tuple[str, ...]


WISH = "I would love to watch {title}."
"""What taking a recommendation is told as."""
GO_ON = Said(True, "Go on.", ())


@dataclass(frozen=True)
class Dialogue:
    """A dialogue, or a prompt: one so far, with the titles that were recommended next."""

    id: str
    turns: tuple[Said, ...]
    targets: tuple[str, ...] = ()

    @property
    def sought(self) -> str:
        """What the seeker said, in one line."""
        return " ".join(turn.text for turn in self.turns if turn.seeker)

    def messages(self) -> list[dict[str, str]]:
        """As the chat template takes it, the seeker being the user; turns of one speaker in a row are one."""
        return [
            {"role": "user" if seeker else "assistant", "content": " ".join(turn.text for turn in turns)}
            for seeker, turns in groupby(self.turns, key=lambda turn: turn.seeker)
        ]

    def titles(self, catalogue: Catalogue) -> list[str]:
        """The catalogue's titles that are marked, or where none is those that the text names, each once."""
        marked = (catalogue.by_name.get(normalised(title)) for turn in self.turns for title in turn.movies)
        if found := list(dict.fromkeys(filter(None, marked))):
            return found
        return list(dict.fromkeys(title for turn in self.turns for title in titles_by_name(turn.text, catalogue)))


def read_dialogues(path: Path) -> tuple[list[Dialogue], Counter[str]]:
    """The dialogues that can be told, and what was skipped and why.

    Raises:
        UsageError: the file cannot be read or a line is not of the form.
    """
    found, skipped = [], Counter[str]()
    for dialogue in _read(path):
        if dialogue.sought.strip():
            found.append(dialogue)
        else:
            skipped["without a seeker"] += 1
    return found, skipped


def read_prompts(path: Path) -> list[Dialogue]:
    """The prompts, in the file's order; one in which the recommender has the last word is asked to go on.

    Raises:
        UsageError: as `read_dialogues`.
    """
    prompts = _read(path)
    return [p if p.turns and p.turns[-1].seeker else replace(p, turns=(*p.turns, GO_ON)) for p in prompts]


def _read(path: Path) -> Iterator[Dialogue]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # a text may hold other ends of lines
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: name a file of JSON lines") from error
    ids: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            turns = tuple(_said(turn) for turn in raw["turns"])
            dialogue = Dialogue(str(raw["id"]), turns, tuple(_YEAR.sub("", title) for title in raw.get("targets", ())))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{path}, line {number}: not a dialogue ({error!r}): it needs id and turns") from error
        if dialogue.id in ids:
            raise UsageError(f"{path}, line {number}: there is a second {dialogue.id!r}: give each an id of its own")
        ids.add(dialogue.id)
        yield dialogue


def _said(turn: dict[str, Any]) -> Said:
    text, movies = turn["text"], tuple(turn.get("movies") or ())
    if not all(isinstance(said, str) for said in (text, *movies)):
        raise TypeError("a text or title is none")
    return Said(turn["speaker"] == "seeker", text, movies)


def told(dialogue: Dialogue) -> list[str]:
    """What the seeker says of himself in it, and each recommendation he did not decline, as if he had said it."""
    said = [turn.text for turn in dialogue.turns if turn.seeker]
    return [*said, *(WISH.format(title=title) for title in accepted(dialogue))]


def accepted(dialogue: Dialogue) -> list[str]:
    """Titles marked in the recommender's turns to which the seeker's next turn, if there is one, does not say no."""
    titles = []
    for place, turn in enumerate(dialogue.turns):
        reply = next((later.text for later in dialogue.turns[place:] if later.seeker), "")
        if not turn.seeker and not _DECLINED.search(fold(reply)):
            titles += [_YEAR.sub("", title) for title in turn.movies]
    return list(dict.fromkeys(titles))
