"""Hashes that say whether files are as they were written: those of a folder, kept in it, and that of a manifest.

Knows nothing of what the files are.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from memory.storage import write_text
from memory.wheels import file_hash

HASHES = "hashes.json"
"""Inside a sealed folder, written last: its files with their hashes."""


def seal(folder: Path) -> None:
    """Write the folder's hashes into it, last, so that an unfinished one is never taken for whole."""
    write_text(folder / HASHES, json.dumps(hashes_of(folder)))


def sealed(folder: Path) -> bool:
    """Whether the folder is whole and as it was sealed."""
    try:
        return matches(folder, json.loads((folder / HASHES).read_text(encoding="utf-8")))
    except (OSError, ValueError, AttributeError):
        return False


def hashes_of(folder: Path) -> dict[str, str]:
    """Each file below the folder with its sha256."""
    return {str(path.relative_to(folder)): file_hash(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def seal_of(manifest: dict[str, Any]) -> str:
    """sha256 over all of a manifest but its seal."""
    rest = {name: value for name, value in manifest.items() if name != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def matches(folder: Path, hashes: dict[str, str]) -> bool:
    """Whether all these files are there with these hashes; there must be some."""
    paths = {folder / name: digest for name, digest in hashes.items()}
    return bool(paths) and all(path.is_file() and file_hash(path) == digest for path, digest in paths.items())
