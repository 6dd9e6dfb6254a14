"""TinyDB on files that survive a kill: written aside, synced, then put in place. Knows nothing of conversations.

TinyDB's own `JSONStorage` rewrites its file in place; a process killed in between leaves it unreadable.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tinydb import Storage, TinyDB

from memory.errors import StorageError
from memory.home import PRIVATE_FILE, private_folder


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Whatever goes wrong with the disk at `path` in the body, in words.

    Raises:
        StorageError: it is full, broken or not writable.
    """
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> StorageError:
    """The disk's refusal as the user reads it."""
    return StorageError(
        f"cannot write {path} ({error.strerror}): free disk space or make the folder writable; nothing was lost"
    )


def write_atomically(path: Path, write: Callable[[IO[bytes]], object], ours: bool = True) -> None:
    """Replace `path` with what `write` puts into a file: afterwards the old content or the new, never a part.

    ours: the folder belongs to this program, so make it if need be, and private.

    Raises:
        StorageError: the disk is full or the folder is not writable; the old content is still there.
    """
    if ours:
        private_folder(path.parent)
    with disk(path):
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(PRIVATE_FILE)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Atomically replace `path` with `text` in UTF-8."""
    write_atomically(path, lambda file: file.write(text.encode()))


class AtomicJSONStorage(Storage):
    """One TinyDB file, replaced whole on every write, with the last good copy kept beside it as `NAME.bak`."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._backup = self._path.with_suffix(self._path.suffix + ".bak")

    def read(self) -> dict[str, dict[str, Any]] | None:
        """The tables, or None for a new file. A damaged file is set aside as `NAME.damaged` and the copy is used.

        Raises:
            StorageError: neither the file nor its copy can be read.
        """
        if not self._path.exists():
            return self._load(self._backup) if self._backup.exists() else None
        try:
            return self._load(self._path)
        except StorageError:
            if not self._backup.exists():
                raise
            good = self._load(self._backup)
            aside = self._path.with_suffix(self._path.suffix + ".damaged")
            with disk(self._path):
                aside.unlink(missing_ok=True)
                os.link(self._path, aside)  # on a full disk the damaged one stays where the copy is looked for
                write_text(self._path, json.dumps(good, ensure_ascii=False))
            return good

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace the file; the state before this write stays as the last good copy."""
        text = json.dumps(data, ensure_ascii=False)
        if self._path.exists():
            with disk(self._backup):
                self._backup.unlink(missing_ok=True)
                os.link(self._path, self._backup)
        write_text(self._path, text)

    def _load(self, path: Path) -> dict[str, dict[str, Any]]:
        try:
            loaded = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StorageError(f"{path} cannot be read ({error}): move it away, or restore it from a backup") from error
        if not isinstance(loaded, dict):
            raise StorageError(f"{path} is not a database of this program: move it away")
        return loaded


def open_table(path: Path) -> TinyDB:
    """Open (or start) the TinyDB file at `path`."""
    return TinyDB(path, storage=AtomicJSONStorage)
