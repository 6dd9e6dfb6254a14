"""What is remembered, which versions there are, what was talked about: as lines. Knows the home, not the screen."""

import re
import textwrap
from collections import Counter

from agent.text import plain
from memory import pending
from memory.conversations import Conversation, Turn
from memory.home import Home
from memory.versions import Version, Weights
from tui.commands import local_time, shown

MOST_MEMORIES = 50
AROUND = 40
"""Characters before what was searched for that are shown with it."""


def memories(home: Home, model: str) -> str:
    """What is pending, held back and learned, newest first."""
    told = [memory for memory in pending.memories(home, model) if memory.state != "not learned"]
    if not told:
        return "no memories yet: tell it something about yourself"
    counts = Counter(memory.state for memory in told)
    found = sorted(told, key=lambda memory: memory.turn.at)[::-1]
    lines = [_memory(memory) for memory in found[:MOST_MEMORIES]]
    more = [f"  and {len(found) - MOST_MEMORIES} older"] if len(found) > MOST_MEMORIES else []
    states = ("pending", "learned", "left out", "set aside", "held back")
    said = ", ".join(f"{counts[state]} {state}" for state in states if counts[state] or state in states[:2])
    return "\n".join([f"{said}, newest first", *lines, *more])


def _memory(memory: pending.Memory) -> str:
    state = f"v{memory.version}" if memory.version else memory.words
    return f"  {state:8} {local_time(memory.turn.at)}  {textwrap.shorten(memory.turn.text, 120, placeholder=' …')}"


def versions(home: Home, model: str) -> str:
    """Every version, newest first; the one that serves is marked."""
    weights = Weights(home, model)
    current = weights.current()
    lines = [_version(version, current) for version in reversed(weights.all())]
    return "\n".join([*lines, f"{_mark(0, current)} v0 (base)"])


def _version(version: Version, current: int) -> str:
    asked = version.manifest["gate"]["asked"]
    recall = f"{sum(answered['hit_after'] for answered in asked)}/{len(asked)}"
    return (
        f"{_mark(version.number, current)} v{version.number:<4}from v{version.parent:<4}"
        f"{local_time(version.manifest['created'])}  {len(version.experiences):>3} experiences  recall {recall}"
    )


def _mark(number: int, current: int) -> str:
    return "→" if number == current else " "


def conversation(talk: Conversation) -> str:
    """A whole conversation to read, its messages numbered."""
    about = [f"{talk.name}  {plain(talk.heading)}", shown(talk)]
    said = (message(number, turn) for number, turn in enumerate(talk.turns, start=1))
    return "\n\n".join([*filter(None, about), *said])


def message(number: int, turn: Turn) -> str:
    """One message under its number and who said it when."""
    who = "you" if turn.role == "user" else f"v{turn.version}"
    return f"{number}  {who}  {local_time(turn.at)}\n{plain(turn.text) or '(forgotten)'}"


def excerpt(text: str, searched: str, width: int = 100) -> str:
    """What stands around the first of the words searched for, in one line."""
    text = " ".join(plain(text).split())
    found = re.search("|".join(map(re.escape, searched.split())) or "$^", text, re.IGNORECASE)
    start = max(0, found.start() - AROUND) if found else 0
    cut = text[start : start + width]
    return f"{'…' if start else ''}{cut}{'…' if start + width < len(text) else ''}"
