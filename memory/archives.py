"""Files from elsewhere, opened so that none of them can do harm: read in pieces, within limits, never unpacked to disk.

Knows zip archives and plain files, and nothing of what stands in them.
"""

import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import IO, cast

from memory.errors import ArchiveError, UsageError

LARGEST_RECORD = 64 << 20
"""Bytes that are read between two records; one that is larger is no conversation."""
LARGEST = 4 << 30
"""Bytes of all the files that are read of an archive, unpacked, or of a plain file."""
DENSEST = 100
"""How many times smaller than its content a file in an archive may be; exports of talk are five to ten times."""
_WANTED = re.compile(r"conversations([-_]\d+)?\.json")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BOM = b"\xef\xbb\xbf"


class Stream:
    """A file being read, less a byte order mark; `record_ended` says that what follows is another record."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self.path = path
        self._file = file = cast(BufferedReader, file)  # or as good as one, a ZipExtFile
        self._record = 0
        if file.peek(len(_BOM)).startswith(_BOM):
            file.read(len(_BOM))
        self.is_json = file.peek(64).lstrip()[:1] in (b"{", b"[")

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as of any file.

        Raises:
            ArchiveError: the record is too large, or the archive is damaged here.
        """
        try:
            piece = self._file.read(size if size >= 0 else LARGEST_RECORD + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise _damaged(self.path, error) from error
        self._record += len(piece)
        if self._record > LARGEST_RECORD:
            raise ArchiveError(f"{self.path} has a conversation of more than {LARGEST_RECORD >> 20} MB: take it out")
        return piece

    def record_ended(self) -> None:
        self._record = 0


def streams(path: Path) -> Iterator[Stream]:
    """The file itself; of a zip archive its conversations, in the order of their names.

    Raises:
        UsageError: there is no such file.
        ArchiveError: it is too large, or an archive that is damaged, encrypted, without conversations, or made to harm.
    """
    if not os.path.isfile(path):  # noqa: PTH113  # `Path.is_file` raises where one may not look
        raise UsageError(f"there is no file {path}: name an export, a transcript or notes")
    try:
        with path.open("rb") as file:
            if not file.peek(4).startswith(_ZIP):
                _check_size(path, path.stat().st_size)
                yield Stream(path, file)
                return
        with zipfile.ZipFile(path) as archive:
            for member in _wanted(path, archive.infolist()):
                with archive.open(member) as inside:
                    yield Stream(path, inside)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise _damaged(path, error) from error


def _wanted(path: Path, members: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The members that hold conversations, when nothing about the archive is wrong."""
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts:
            raise ArchiveError(f"{path} names a file outside itself ({member.filename}): it is no honest export")
    wanted = [member for member in members if _WANTED.fullmatch(PurePosixPath(member.filename).name)]
    if not wanted:
        raise ArchiveError(f"{path} has no conversations.json: export again, or unpack it and name the file")
    for member in wanted:
        if member.flag_bits & 1:
            raise ArchiveError(f"{path} is encrypted: unpack it, and import its conversations.json")
        if member.file_size > DENSEST * max(member.compress_size, 1):
            raise ArchiveError(f"{path} unpacks to more than {DENSEST} times its size: it is no honest export")
    _check_size(path, sum(member.file_size for member in wanted))
    return sorted(wanted, key=lambda member: member.filename)


def _check_size(path: Path, size: int) -> None:
    if size > LARGEST:
        raise ArchiveError(f"{path} holds {size / 2**30:.1f} GB, at most {LARGEST >> 30}: import a part of it")


def _damaged(path: Path, error: Exception) -> ArchiveError:
    why = error.strerror if isinstance(error, OSError) else str(error) or type(error).__name__
    return ArchiveError(f"{path} is damaged or was cut ({why}): export it again; nothing was imported")
