"""Conversations as other programs write them: ChatGPT, Claude, `messages` as JSONL, markdown transcripts, plain notes.

One conversation at a time is in memory. What is neither the user's nor the assistant's text (system prompts, tools,
pictures, what was deleted) is left out; what is malformed in one message costs that message. Knows no home.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from memory.archives import Stream, streams
from memory.conversations import About, Turn
from memory.errors import ArchiveError, UsageError
from memory.shelf import LONGEST_TITLE, Talk
from memory.transcripts import FORMAT

DEEPEST = 100
"""Levels of nesting in a record."""
_ROLES = {"user": "user", "human": "user", "assistant": "assistant"}
_STEPS = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
_WHO = (
    r"(?P<user{0}>you|user|me|human|prompt)"
    r"|(?P<assistant{0}>assistant|ai|bot|model|response|chatgpt|claude|copilot|gemini)"
)
_DECORATED = r"[^\w\s*_#:]*\s*"
_SPEAKER = re.compile(
    rf"#{{1,6}} +{_DECORATED}(?:{_WHO.format(1)})(?: said)?:?\s*"
    rf"|(?:\*\*|__){_DECORATED}(?:{_WHO.format(2)})(?: said)?:?(?:\*\*|__):?\s*(?P<bold>.*)"
    rf"|(?:{_WHO.format(3)})(?: said)?:\s*(?P<plain>.*)",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+•]|\d+[.)])\s)|^#{1,6} .*$", re.MULTILINE)
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+(?:\[[ xX]\]\s+)?")

Said = tuple[Any, Any, Any]
"""Who, in what words, and when, as the program has it."""


def read(path: Path, shape: str = "") -> Iterator[Talk]:
    """The conversations in a file, in its order; their ids are the other program's, their turns have none yet.

    shape: one of SHAPES; "" to tell it by what stands in the file.

    Raises:
        UsageError: there is no such file, it is an export of our own, or not of that shape.
        ArchiveError: it is damaged, of no known shape, or too large.
    """
    for stream in streams(path):
        if shape in _TEXTS or not (shape or stream.is_json):
            yield _from_text(stream, shape)
        else:
            yield from _from_json(stream, shape)


# JSON


def _from_json(stream: Stream, shape: str) -> Iterator[Talk]:
    written = _iso(stream.path.stat().st_mtime, "")
    for number, record in enumerate(_records(stream), start=1):
        record = _dict(record)
        found = next((name for name, (key, _) in _RECORDS.items() if key in record), "")
        if record.get("format") == FORMAT:
            raise UsageError(f"{stream.path} is an export of this program: `selfparam-agent conversations import`")
        if not found or shape not in ("", found):
            what = f"of the shape {shape}" if shape else f"of a known shape ({', '.join(_RECORDS)})"
            raise ArchiveError(f"entry {number} of {stream.path} is not {what}: nothing was imported")
        yield _RECORDS[found][1](record, written)


def _records(stream: Stream) -> Iterator[Any]:
    """Each value of a JSON array, or of a file with one value a line."""
    import ijson

    level, builder = 0, ijson.ObjectBuilder()
    try:
        for event, value in ijson.basic_parse(stream, multiple_values=True, use_float=True):
            if not level and event in ("start_array", "end_array"):
                continue
            builder.event(event, value)
            level += _STEPS.get(event, 0)
            if level > DEEPEST:
                raise ArchiveError(f"{stream.path} is nested more than {DEEPEST} deep: it is no export of talk")
            if not level:
                stream.record_ended()
                yield builder.value
                builder = ijson.ObjectBuilder()
    except ijson.JSONError as error:
        why = str(error.args[0]).partition("\n")[0]
        raise ArchiveError(f"{stream.path} is no whole JSON ({why}): export it again; nothing was imported") from error


def _chatgpt(record: dict[str, Any], written: str) -> Talk:
    """The branch that was shown last of a tree of messages."""
    begun = _iso(record.get("create_time"), written)
    nodes = _branch(_dict(record.get("mapping")), record.get("current_node"))
    said = (_chatgpt_said(_dict(node.get("message"))) for node in nodes)
    return _talk(record.get("conversation_id") or record.get("id"), record.get("title"), said, begun)


def _branch(mapping: dict[str, Any], last: Any) -> list[dict[str, Any]]:
    """From the root to the current node; where none is named, to the last leaf."""
    nodes = {key: _dict(node) for key, node in mapping.items()}
    if not isinstance(last, str) or last not in nodes:
        last = next((key for key in reversed(nodes) if not nodes[key].get("children")), None)
    found: list[dict[str, Any]] = []
    while isinstance(last, str) and last in nodes:
        node = nodes.pop(last)
        found.append(node)
        last = node.get("parent")
    return found[::-1]


def _chatgpt_said(message: dict[str, Any]) -> Said:
    content = _dict(message.get("content"))
    hidden = _dict(message.get("metadata")).get("is_visually_hidden_from_conversation")
    meant = content.get("content_type") in ("text", "multimodal_text") and message.get("recipient", "all") == "all"
    parts = map(_spoken, _list(content.get("parts"))) if meant and not hidden else ()
    return _dict(message.get("author")).get("role", ""), "\n".join(filter(None, parts)), message.get("create_time")


def _spoken(part: Any) -> str:
    """A part's words: text, or what was heard; "" of pictures and files."""
    if _dict(part).get("content_type") == "audio_transcription":
        part = part.get("text")
    return part if isinstance(part, str) else ""


def _claude(record: dict[str, Any], written: str) -> Talk:
    messages = map(_dict, _list(record.get("chat_messages")))
    said = ((m.get("sender", ""), _blocks(m.get("content")) or m.get("text"), m.get("created_at")) for m in messages)
    return _talk(record.get("uuid"), record.get("name"), said, _iso(record.get("created_at"), written))


def _messages(record: dict[str, Any], written: str) -> Talk:
    messages = map(_dict, _list(record.get("messages")))
    said = ((m.get("role", ""), _blocks(m.get("content")), m.get("created_at")) for m in messages)
    return _talk(record.get("id"), record.get("title"), said, _iso(record.get("created_at"), written))


def _blocks(content: Any) -> str:
    """A message's words, which stand in it as they are or in blocks of type "text"."""
    if isinstance(content, str):
        return content
    texts = (block.get("text") for block in map(_dict, _list(content)) if block.get("type") == "text")
    return "\n".join(text for text in texts if isinstance(text, str))


# Texts


def _from_text(stream: Stream, shape: str) -> Talk:
    try:
        text = stream.read().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ArchiveError(f"{stream.path} is no text in UTF-8: save it as such, or name another file") from error
    if f"<!-- {FORMAT.partition(' ')[0]} conversation " in text:
        raise UsageError(f"{stream.path} is an export of this program: `selfparam-agent conversations import`")
    said = list(_transcript(text))
    if shape == "markdown" and not said:
        raise ArchiveError(f"{stream.path} says nowhere who speaks ("
                           '"## User", "**You:**", "Assistant:"): --as notes takes it as yours')  # fmt: skip
    both = {who for who, _, _ in said} == {"user", "assistant"}
    if shape == "notes" or not (shape or both):
        said = [("user", note, None) for note in _notes(text)]
    title = re.match(r"\s*# +(.+)", text)
    heading = title[1] if title and not _SPEAKER.fullmatch(title[0].strip()) else stream.path.stem
    return _talk(stream.path.name, heading, said, _iso(stream.path.stat().st_mtime, ""))


def _transcript(text: str) -> Iterator[Said]:
    """What stands under, or behind, each line that says who speaks."""
    who, lines = "", list[str]()
    for line in text.split("\n"):
        if found := _SPEAKER.fullmatch(line.strip()):
            if who:
                yield who, "\n".join(lines), None
            who = "user" if found["user1"] or found["user2"] or found["user3"] else "assistant"
            lines = [found["bold"] or found["plain"] or ""]
        elif line.strip() not in ("---", "***"):
            lines.append(line)
    if who:
        yield who, "\n".join(lines), None


def _notes(text: str) -> Iterator[str]:
    """Each paragraph and each item of a list, in one line."""
    for paragraph in _PARAGRAPH.split(text):
        yield " ".join(_BULLET.sub("", paragraph).split())


# Both


def _talk(key: Any, title: Any, said: Iterable[Said], begun: str) -> Talk:
    turns, at = [], begun
    for who, text, when in said:
        at = _iso(when, at)
        role = _ROLES.get(who) if isinstance(who, str) else None
        if role and isinstance(text, str) and text.strip():
            turns.append(Turn("", role, _clean(text), at, 0, False))
    called = " ".join(_clean(title).split())[:LONGEST_TITLE] if isinstance(title, str) else ""
    return Talk(key if isinstance(key, str) else "", About(called), tuple(turns))


def _clean(text: str) -> str:
    """Without half characters, which cannot be kept."""
    return text.strip().encode(errors="replace").decode()


def _iso(when: Any, default: str) -> str:
    """A time as the house writes it, from seconds or from ISO; the default for what is neither."""
    try:
        if isinstance(when, str):
            found = datetime.fromisoformat(when)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
        else:
            found = datetime.fromtimestamp(when, UTC)
        return found.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, TypeError, OverflowError, OSError):
        return default


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_RECORDS: dict[str, tuple[str, Callable[[dict[str, Any], str], Talk]]] = {
    "chatgpt": ("mapping", _chatgpt), "claude": ("chat_messages", _claude), "messages": ("messages", _messages),
}  # fmt: skip
"""What tells a record's shape, and what reads it."""
_TEXTS = ("markdown", "notes")
SHAPES = (*_RECORDS, *_TEXTS)
