"""What the program did and when, for finding out what went wrong: `log/selfparam-agent.log` in the home's data folder.

Never a word of what was said: turns appear by id and length, errors by kind and place, not by message.
"""

import logging
import os
import sys
import traceback
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from memory.errors import StorageError
from memory.home import PRIVATE_FILE, Home, private_folder

FOLDER, FILE = "log", "selfparam-agent.log"
BYTES = 1_000_000
"""Longest file; one older one is kept beside it."""

_log = logging.getLogger(__name__)


class _PrivateFile(RotatingFileHandler):
    """A file of mode 0600, made when there is something to write; a disk that refuses stops nobody."""

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        try:
            private_folder(path.parent)
        except StorageError as error:
            raise OSError(str(error)) from error
        return open(path, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, PRIVATE_FILE))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the name is logging's
        """Nothing: what cannot be logged is still done."""


def open_journal(home: Home) -> None:
    """Let what the program's modules log go into this home's file, and nowhere else."""
    handler = _PrivateFile(home.data / FOLDER / FILE, maxBytes=BYTES, backupCount=1, delay=True, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    for package in ("agent", "memory", "tui"):
        logger = logging.getLogger(package)
        for old in logger.handlers[:]:
            logger.removeHandler(old)
            old.close()
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False


def note_bug(error: BaseException) -> None:
    """Where it was raised and what kind it is; its message may quote what was said."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    _log.error("bug: %s at %s; Python %s", type(error).__name__, places, sys.version.split()[0])
