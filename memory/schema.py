"""The layout of a home on disk, numbered; a home of an earlier layout is brought up to date, step by step."""

import shutil
from pathlib import Path

from memory.conversations import Turn, learnable, write_turns
from memory.errors import StorageError
from memory.home import Home
from memory.storage import open_table, sync_folder, write_text

SCHEMA = 2
"""1: a conversation is one file, NAME.json. 2: it is a folder of files of at most SEGMENT turns."""


def bring_up_to_date(home: Home) -> None:
    """Migrate the home if its layout is older than this program; killed in between, the next call goes on.

    Raises:
        StorageError: a newer program wrote it, or it cannot be written.
    """
    try:
        if not home.conversations.exists():
            return
    except OSError as error:
        raise StorageError(
            f"cannot look into {home.data} ({error.strerror}): point SELFPARAM_HOME at a folder you own"
        ) from error
    note = home.data / "SCHEMA"
    found = _number(note)
    if found > SCHEMA:
        raise StorageError(
            f"{home.data} was written by a newer selfparam-agent (layout {found}, this one knows {SCHEMA}): update"
        )
    if found < SCHEMA:
        for path in sorted(home.conversations.glob("[!.]*.json")):
            _into_segments(path)
        write_text(note, f"{SCHEMA}\n")


def _number(note: Path) -> int:
    try:
        return int(note.read_text())
    except FileNotFoundError:
        return 1
    except (OSError, ValueError) as error:
        raise StorageError(f"{note} cannot be read ({error}): restore the home from a backup") from error


def _into_segments(path: Path) -> None:
    """One file of all turns → a folder, put in place whole before the file goes."""
    folder = path.with_suffix("")
    if not folder.exists():
        with open_table(path) as database:
            turns = [_turn(document) for document in database.table("turns").all()]
        made = path.with_name(f".{path.stem}")
        shutil.rmtree(made, ignore_errors=True)
        write_turns(made, turns)
        if turns:
            made.replace(folder)
            sync_folder(folder.parent)
    for old in (path, path.with_suffix(".json.bak")):
        old.unlink(missing_ok=True)


def _turn(document: dict[str, object]) -> Turn:
    text = str(document["text"])
    return Turn(**{**document, "learnable": document["role"] == "user" and learnable(text)})  # type: ignore[arg-type]
