"""Conversations as JSON or markdown, and back exactly. Knows texts, not where conversations are kept.

In markdown, comments carry what is read back; headings are for the reader. A line of a message that looks like such a
comment gets a backslash in front, so a message may hold anything. Both formats end with a mark: a cut file is told.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from textwrap import shorten
from typing import Any

from memory.conversations import HEADING, About, Conversation, Turn
from memory.errors import StorageError, UsageError
from memory.home import check_new_file
from memory.shelf import Talk
from memory.storage import write_atomically

FORMAT = "selfparam-agent conversations"
VERSION = 1
WHO = {"user": "You", "assistant": "Assistant"}
_MARK = re.compile(r"<!-- selfparam-agent (conversation|message|end) (\{.*\}) -->")
_ESCAPED = re.compile(r"^(\\*)(?=<!-- selfparam-agent )", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_TYPES = {"title": str, "named": bool, "system": str, "role": str, "text": str, "at": str, "version": int}


def save(path: Path, talks: Sequence[Conversation]) -> None:
    """Write conversations into a new file, in the format that its name ends in.

    Raises:
        UsageError: no such ending, no such folder, or the file is there already.
        StorageError: it cannot be written; nothing half-written is left.
    """
    write = _of(path, {".json": to_json, ".md": to_markdown})
    check_new_file(path)
    text = write([record(talk) for talk in talks])
    write_atomically(path.absolute(), lambda file: file.write(text.encode()), ours=False)


def read(path: Path) -> list[Talk]:
    """The conversations in a file that `save` wrote.

    Raises:
        UsageError: it is no such file, was cut, or was changed so that it cannot be read back.
        StorageError: the disk refuses.
    """
    parse = _of(path, {".json": _from_json, ".md": _from_markdown})
    try:
        records = parse(path.read_bytes().decode())
        talks = [_talk(record) for record in records]
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(f"there is no file {path}: name one that `conversations export` wrote") from error
    except OSError as error:
        raise StorageError(f"cannot read {path} ({error.strerror}): make it readable") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        why = f"{type(error).__name__} {error}" if isinstance(error, KeyError) else str(error)
        raise UsageError(f"{path} is no whole export of conversations ({why}): nothing was imported") from error
    names = [talk.name for talk in talks]
    if not talks or len(set(names)) < len(names):
        raise UsageError(f"{path} holds {'one conversation twice' if talks else 'no conversation'}: nothing imported")
    return talks


def _of(path: Path, formats: dict[str, Any]) -> Any:
    if path.suffix.lower() not in formats:
        raise UsageError(f"{path.name} must end in {' or '.join(formats)}: the ending is the format")
    return formats[path.suffix.lower()]


def record(talk: Conversation) -> dict[str, Any]:
    """A conversation as JSON has it."""
    about = {key: value for key, value in asdict(talk.about).items() if key != "deleted"}
    messages = [{key: getattr(turn, key) for key in ("role", "text", "at", "version")} for turn in talk.turns]
    return {"id": talk.name, **about, "messages": messages}


def _talk(record: Any) -> Talk:
    """A record, read strictly."""
    name = record["id"]
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise ValueError(f"{name!r} is no id of a conversation")
    turns = tuple(_turn(name, number, message) for number, message in enumerate(record["messages"], start=1))
    if not turns:
        raise ValueError(f"conversation {name} has no message")
    return Talk(name, About(**_checked(record, "title", "named", "system")), turns)


def _turn(name: str, number: int, message: Any) -> Turn:
    found = _checked(message, "role", "text", "at", "version")
    if found["role"] not in WHO or found["version"] < 0 or datetime.fromisoformat(found["at"]).tzinfo is None:
        raise ValueError(f"message {number} of {name} has a wrong role, version or time")
    return Turn(id=f"{name}/{number}", learnable=False, **found)


def _checked(found: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        if type(found[key]) is not _TYPES[key]:
            raise TypeError(f"{key} must be a {_TYPES[key].__name__}")
        str(found[key]).encode()  # half a character cannot be kept
    return {key: found[key] for key in keys}


# JSON


def to_json(records: Sequence[dict[str, Any]]) -> str:
    whole = {"format": FORMAT, "version": VERSION, "conversations": records}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _from_json(text: str) -> list[Any]:
    whole = json.loads(text)
    if not isinstance(whole, dict) or whole.get("format") != FORMAT or whole.get("version") != VERSION:
        raise ValueError("another program's, or another version's")
    return list(whole["conversations"])


# Markdown


def to_markdown(records: Sequence[dict[str, Any]]) -> str:
    return "".join(part for record in records for part in _markdown(record)) + _mark("end", {"version": VERSION}) + "\n"


def _markdown(record: dict[str, Any]) -> Iterator[str]:
    head = {key: value for key, value in record.items() if key != "messages"}
    heading = shorten(record["title"] or record["messages"][0]["text"], HEADING, placeholder=" …") or record["id"]
    yield f"{_mark('conversation', head)}\n# {heading}\n\n"
    for message in record["messages"]:
        about = {key: value for key, value in message.items() if key != "text"}
        text = _ESCAPED.sub(r"\1\\", message["text"])
        yield f"{_mark('message', about)}\n## {WHO[message['role']]}\n\n{text}\n\n"


def _mark(kind: str, about: dict[str, Any]) -> str:
    inside = json.dumps(about, ensure_ascii=False).replace(">", "\\u003e")
    return f"<!-- selfparam-agent {kind} {inside} -->"


def _from_markdown(text: str) -> list[Any]:
    records: list[Any] = []
    parts = _parts(text)
    for kind, about, body in parts:
        if kind == "conversation":
            records.append({**about, "messages": []})
        elif kind == "message":
            if not records:
                raise ValueError("a message stands before the first conversation")
            records[-1]["messages"].append({**about, "text": _text(body)})
    if not parts or parts[-1] != ("end", {"version": VERSION}, []):
        raise ValueError("its end is missing, or it is another program's")
    return records


def _parts(text: str) -> list[tuple[str, dict[str, Any], list[str]]]:
    """(kind, what the comment says, the lines under it)."""
    parts: list[tuple[str, dict[str, Any], list[str]]] = []
    for line in text.removesuffix("\n").split("\n"):
        if found := _MARK.fullmatch(line):
            parts.append((found[1], json.loads(found[2]), []))
        elif parts:
            parts[-1][2].append(line)
        else:
            raise ValueError("another program's")
    return parts


def _text(body: list[str]) -> str:
    """What stands between the heading and the empty line after it, both with their empty lines."""
    if len(body) < 4 or body[1] or body[-1]:
        raise ValueError("a message lost its heading or the empty line after it")
    return re.sub(r"^\\(?=\\*<!-- selfparam-agent )", "", "\n".join(body[2:-1]), flags=re.MULTILINE)
