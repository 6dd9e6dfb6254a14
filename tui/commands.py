"""What the slash commands say, as plain text. Knows the home, not the screen."""

import re
from datetime import datetime

from agent.recommend import K
from agent.session import Session
from agent.text import plain
from memory.catalogue import chosen
from memory.conversations import Conversation
from memory.errors import UsageError
from memory.home import Home
from memory.settings import read_settings
from memory.shelf import instructed, titled
from memory.versions import Weights

COMMANDS = {
    "/consolidate": "learn what is pending, now; you can go on talking",
    "/review": "look at what would be learned first: strike, edit, approve",
    "/consolidation": "the one under way, or the last: loss, recall, verdict, answers before and after",
    "/memories": "what the weights know and what is only buffered: look, search, forget",
    "/versions": "the versions of the weights: what each learned; switch, go back, compare",
    "/schedule": "what is learned by itself, and when",
    "/rollback [N]": "let an earlier version answer again",
    "/regenerate": "another reply to your last message",
    "/continue": "more of a reply that was stopped or cut",
    "/edit [TEXT]": "say your last message otherwise; the old one is not learned",
    "/copy": "copy the last reply",
    "/code [N]": "copy its last code block, or the Nth",
    "/forget": "take back what you told: the memories (in lines: /forget ID)",
    "/recommend [K]": "films for you: the K likeliest of your catalogue",
    "/new": "a new conversation",
    "/temporary": "a new conversation that is not kept and not learned",
    "/conversations": "all of them: search, go on with one, rename, fork, delete, export",
    "/rename TITLE": "call this conversation something",
    "/system [TEXT]": 'the system prompt of this conversation; "off" for none',
    "/help": "this list",
    "/quit": "leave",
}
KEYS = {
    "Enter": "send",
    "Shift+Enter, Ctrl+J": "new line",
    "Up, Down": "what you sent before, at the first and last line",
    "Tab": "complete a command",
    "Esc": "stop the reply",
    "F1": "every key of this screen, as it is now",
    "Ctrl+P": "all commands, themes",
    "F2, F3, F4, F5": "memories, consolidation, versions, review",
    "F6": "conversations",
    "PgUp, PgDn": "scroll",
    "F7, F8, F9": "another reply, more of it, edit your last message",
    "Ctrl+O, Ctrl+G": "copy the last reply, its last code block",
    "Ctrl+R twice": "let the version before answer again",
    "Ctrl+C": "copy what is selected; stop the reply; empty the line; leave",
    "Ctrl+Q": "leave",
}
MOST_RANKED = 20_000
"""Titles that are ranked in a chat: half a minute or so."""
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


def local_time(at: str) -> str:
    """An ISO time as the clock on the wall showed it."""
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}"


def recommend(session: Session, argument: str) -> str:
    """The first titles (default five) of the user's catalogue, or of the shipped one, at this point of the talk.

    Raises:
        UsageError: the argument is no number, the catalogue cannot be read or is too long, or the model not loaded yet.
    """
    if argument and not re.fullmatch(r"0*[1-9][0-9]{0,5}", argument):
        raise UsageError(f"{argument!r} is no number of films: /recommend 5")
    catalogue = chosen(read_settings(session.home.settings_file).catalogue)
    if len(catalogue.titles) > MOST_RANKED:
        raise UsageError(
            f"{len(catalogue.titles):,} titles would take minutes: name a catalogue of up to {MOST_RANKED:,}"
        )
    titles = session.recommend(catalogue)
    lines = (f"{place:>3}. {plain(title)}" for place, title in enumerate(titles[: int(argument or K)], start=1))
    left_out = f" ({catalogue.left_out} left out)" if catalogue.left_out else ""
    return "\n".join([f"by the likelihood of each title as an answer here{left_out}", *lines])


def last_reply(session: Session) -> str:
    """What the assistant said last in this conversation.

    Raises:
        UsageError: nothing yet.
    """
    said = [turn.text for turn in session.conversation.turns if turn.role == "assistant" and turn.text]
    if not said:
        raise UsageError("there is no reply in this conversation yet: say something first")
    return said[-1]


def rename(session: Session, title: str) -> str:
    """Give the conversation that is open a title.

    Raises:
        UsageError: the title is empty or too long.
    """
    session.describe(titled(session.conversation.about, title))
    return f"this conversation is called {session.conversation.heading!r}"


def system(session: Session, text: str) -> str:
    """Show the system prompt of the conversation that is open, or change it from the next message on.

    Raises:
        UsageError: it is too long.
    """
    if text:
        session.describe(instructed(session.conversation.about, "" if text.lower() == "off" else text))
    return shown(session.conversation) or "no system prompt: the model's own default"


def shown(conversation: Conversation) -> str:
    """The line that shows a system prompt; "" if there is none."""
    return f"system prompt: {plain(conversation.about.system)}" if conversation.about.system else ""


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
