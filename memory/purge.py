"""Everything of ours off the machine: settings, talk, weights, fetched models."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from memory.conversations import names
from memory.home import Home
from memory.locks import owning
from memory.storage import disk


def belongings(home: Home) -> Iterator[tuple[Path, int, int]]:
    """Each of our folders that is there, with its files and bytes."""
    for folder in (home.config, home.data, home.cache):
        if folder.exists():
            sizes = [path.lstat().st_size for path in folder.rglob("*") if path.is_file() or path.is_symlink()]
            yield folder, len(sizes), sum(sizes)


def purge(home: Home) -> None:
    """Remove them. What others fetched, such as the Hugging Face cache, is not ours and stays.

    Raises:
        BusyError: a chat, a schedule or a consolidation is open.
        StorageError: something cannot be removed.
    """
    with ExitStack() as held:
        if home.data.exists():
            for work in ("consolidation", "schedule", *(f"conversation-{name}" for name in names(home))):
                held.enter_context(owning(home.data, work, "end it, then purge"))
        for folder, _, _ in belongings(home):
            with disk(folder):
                shutil.rmtree(folder)
