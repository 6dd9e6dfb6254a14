"""A title for a conversation, proposed by the model from its first exchange. Knows no conversation's files."""

import threading
from contextlib import closing
from typing import TYPE_CHECKING

from agent.reply import Sampling, stream
from agent.text import plain
from memory.prompts import TITLE

if TYPE_CHECKING:
    from memory.conversations import Conversation
    from memory.language import Engine

READ = 400
"""Characters of each side of the exchange that the model is shown."""
TOKENS = 16
WORDS, LETTERS = 7, 48
"""A title has at most so many of each."""


def propose(language: "Engine", said: str, reply: str, stop: threading.Event) -> str:
    """A short title; "" if the model wrote none that can serve, or if it was stopped."""
    question = TITLE.format(said=said[:READ], reply=reply[:READ])
    with closing(stream(language, language.question(question), Sampling(max_tokens=TOKENS), stop)) as pieces:
        return checked("".join(pieces))


def checked(written: str) -> str:
    """The first line without quotes and label, or "" if it is no title."""
    line = next((line.strip() for line in plain(written).splitlines() if line.strip()), "")
    title = " ".join(line.removeprefix("Title:").strip(" \"'*#.“”").split())
    fits = len(title.split()) <= WORDS and len(title) <= LETTERS
    return title if fits and any(letter.isalpha() for letter in title) else ""


def first_said(talk: "Conversation", role: str) -> str:
    """What that side said first; "" if nothing."""
    return next((turn.text for turn in talk.turns if turn.role == role and turn.text), "")
