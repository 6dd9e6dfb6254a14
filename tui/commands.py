"""What the slash commands say, as plain text. Knows the home, not the screen."""

import re
import textwrap
from collections import Counter
from datetime import datetime

from memory import pending
from memory.errors import UsageError
from memory.home import Home
from memory.settings import read_settings
from memory.versions import Version, Weights

COMMANDS = {
    "/consolidate": "learn what is pending, now; you can go on talking",
    "/memories": "what is pending and what is learned",
    "/versions": "the versions of the weights",
    "/schedule": "what is learned by itself, and when",
    "/rollback [N]": "let an earlier version answer again",
    "/new": "a new conversation",
    "/help": "this list",
    "/quit": "leave",
}
KEYS = {
    "Enter": "send",
    "Shift+Enter, Ctrl+J": "new line",
    "Esc": "stop the reply",
    "PgUp, PgDn": "scroll",
    "Ctrl+R twice": "let the version before answer again",
    "Ctrl+C": "copy what is selected; stop the reply; leave",
    "Ctrl+Q": "leave",
}
MOST_MEMORIES = 50
_COMMAND = re.compile(r"(/[A-Za-z]*)(?:[ \t]+(\S.*))?")


def parse(text: str) -> tuple[str, str] | None:
    """("/rollback", "2") if the message is a command; a path ("/usr/bin is full") or a second line makes it none."""
    found = _COMMAND.fullmatch(text.strip())
    return (found[1].lower(), (found[2] or "").strip()) if found else None


def version_name(number: int) -> str:
    """ "v0 (base)", "v3"."""
    return f"v{number}" if number else "v0 (base)"


def help_text() -> str:
    """Commands and keys."""
    wide = max(map(len, [*COMMANDS, *KEYS])) + 2
    commands, keys = ("\n".join(f"  {name:{wide}}{what}" for name, what in part.items()) for part in (COMMANDS, KEYS))
    return f"{commands}\n\n{keys}"


def memories(home: Home, model: str) -> str:
    """What is pending, held back and learned, newest first."""
    told = [memory for memory in pending.memories(home, model) if memory.state != "not learned"]
    if not told:
        return "no memories yet: tell it something about yourself"
    counts = Counter(memory.state for memory in told)
    found = sorted(told, key=lambda memory: memory.turn.at)[::-1]
    lines = [_memory(memory) for memory in found[:MOST_MEMORIES]]
    more = [f"  and {len(found) - MOST_MEMORIES} older"] if len(found) > MOST_MEMORIES else []
    said = ", ".join(f"{counts[state]} {state}" for state in ("pending", "learned", "set aside", "held back")
                     if counts[state] or state in ("pending", "learned"))  # fmt: skip
    return "\n".join([f"{said}, newest first", *lines, *more])


def _memory(memory: pending.Memory) -> str:
    state = f"v{memory.version}" if memory.version else memory.words
    return f"  {state:8} {_local(memory.turn.at)}  {textwrap.shorten(memory.turn.text, 120, placeholder=' …')}"


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
        f"{_local(version.manifest['created'])}  {len(version.experiences):>3} experiences  recall {recall}"
    )


def _mark(number: int, current: int) -> str:
    return "→" if number == current else " "


def _local(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}"


def schedule(home: Home, model: str) -> str:
    """What the schedule does when."""
    from agent.outlook import in_words, look_ahead

    settings = read_settings(home.settings_file).schedule
    return "\n".join(in_words(look_ahead(home, model, settings), settings))


def rollback(home: Home, model: str, argument: str) -> int:
    """Let version `argument` (default: the parent) serve; returns its number.

    Raises:
        UsageError: no such version.
    """
    if argument and not re.fullmatch(r"v?\d+", argument):
        raise UsageError(f"{argument!r} is no version: /versions lists them")
    return Weights(home, model).rollback(int(argument.lstrip("v")) if argument else None)
