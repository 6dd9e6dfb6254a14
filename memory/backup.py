"""A whole home as one archive: settings, talk, the truth of every version; merged weights are made again from it."""

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from memory.errors import StorageError, UsageError
from memory.home import PRIVATE_FILE, PRIVATE_FOLDER, Home, check_new_file, private_folder
from memory.locks import owning
from memory.storage import write_atomically
from memory.versions import GONE, MERGED, STAGING

CONTENTS = "CONTENTS.json"
"""Last in the archive: {file: sha256}."""


def export(home: Home, target: Path) -> int:
    """Write the archive; the number of files in it.

    Raises:
        UsageError: there is nothing to export, or `target` is there already.
        BusyError: a consolidation is under way.
        StorageError: it cannot be written; nothing half-written is left.
    """
    check_new_file(target)
    with owning(home.data, "consolidation", "wait for it, then export"):
        files = dict(_files(home))
        if not files:
            raise UsageError("there is nothing to export yet: tell it something in `selfparam-agent chat`")
        hashes: dict[str, str] = {}

        def write(file: IO[bytes]) -> None:
            with tarfile.open(fileobj=file, mode="w") as archive:
                for name, path in files.items():
                    with suppress(FileNotFoundError):  # a chat deletes, and writes a last good copy anew
                        content = path.read_bytes()  # once: a chat may write it anew at any time
                        hashes[name] = _hash(content)
                        _add(archive, name, content)
                _add(archive, CONTENTS, json.dumps(hashes, indent=1).encode())

        write_atomically(target.absolute(), write, ours=False)
    return len(hashes)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), PRIVATE_FILE, int(time.time())
    archive.addfile(entry, io.BytesIO(content))


def restore(home: Home, source: Path) -> int:
    """Unpack an archive into a home that holds nothing yet; the number of files.

    Raises:
        UsageError: no archive of ours, one that was altered, or a home that is not empty.
        StorageError: it cannot be written; the home is as it was.
    """
    if any(_files(home)):
        raise UsageError(f"{home.data} holds a life already: import into an empty one, SELFPARAM_HOME=NEW_FOLDER")
    private_folder(home.data.parent)
    with tempfile.TemporaryDirectory(dir=home.data.parent, prefix=".import-") as folder:
        staged = Path(folder)
        try:
            with tarfile.open(source) as archive:
                archive.extractall(staged, filter="data")
            hashes: dict[str, str] = json.loads((staged / CONTENTS).read_text(encoding="utf-8"))
        except (tarfile.TarError, ValueError, KeyError, FileNotFoundError, IsADirectoryError) as error:
            raise UsageError(f"{source} is no export of this program ({error})") from error
        except OSError as error:
            raise StorageError(f"cannot import {source} ({error.strerror}): free disk space, then again") from error
        found = {str(p.relative_to(staged)) for p in staged.rglob("*") if p.is_file()} - {CONTENTS}
        for name in sorted(found | set(hashes)):
            if name not in found or _hash((staged / name).read_bytes()) != hashes.get(name):
                raise UsageError(f"{source} was altered ({name}): nothing was imported")
        for path in staged.rglob("*"):
            path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
        if (staged / "config").exists():
            private_folder(home.config)
            (staged / "config" / home.settings_file.name).replace(home.settings_file)
        if (staged / "data").exists():
            shutil.rmtree(home.data, ignore_errors=True)  # nothing but what passes
            (staged / "data").replace(home.data)
    return len(hashes)


def _files(home: Home) -> Iterator[tuple[str, Path]]:
    """Name in the archive and path of everything that cannot be made again."""
    if home.settings_file.is_file():
        yield "config/config.toml", home.settings_file
    for path in sorted(home.data.rglob("*")):
        inside = path.relative_to(home.data)
        merged = inside.parts[:1] == ("weights",) and MERGED in inside.parts[3:]
        passing = (
            inside.parts[0] in ("locks", "log", "schedule.json")
            or path.suffix == ".lock"
            or path.name.startswith(".")
            or {STAGING, GONE} & {*inside.parts}
        )
        if path.is_file() and not merged and not passing:
            yield f"data/{inside.as_posix()}", path


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
