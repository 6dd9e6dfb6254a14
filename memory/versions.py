"""Versions of the weights: folders that are whole or not there, and one small file that says which one serves.

    weights/MODEL/CURRENT            the number of the version that answers; 0 is the base
    weights/MODEL/LAST               the highest number that a version ever had: none is given twice
    weights/MODEL/versions/0001/     adapter/ (the truth), targets.yaml, questions.npy, manifest.json (written last),
                                     model/ (merged, and in model/ctranslate2/ converted)

Merged weights are copies: any but the serving version's may be pruned, and is rebuilt from base + adapters in fp32.
Into a quantised base nothing is merged: model/ is the adapter again, and names the folder of its base.
"""

import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memory.copies import has_copy, rebuild
from memory.errors import SelfparamError, UsageError
from memory.home import PRIVATE_FILE, PRIVATE_FOLDER, Home, private_folder
from memory.models import base_hash, model_slug
from memory.seals import hashes_of, matches, seal, seal_of
from memory.storage import disk, sync_folder, write_text

MANIFEST, MERGED, ADAPTER, TARGETS = "manifest.json", "model", "adapter", "targets.yaml"
LAST = "LAST"
VECTORS = "questions.npy"
"""Unit vectors of the questions on facts in the targets, in their order."""
_log = logging.getLogger(__name__)

STAGING, GONE, DAMAGED = ".staging", ".gone", "damaged-"
MERGED_WEIGHTS, AS_ADAPTER = "merged weights", "base + adapter"
"""What a version is served as: the latter where the base is quantised, its adapter then holds its parents', too."""


class VersionError(SelfparamError):
    """Raised when a version's files are missing or altered, so that it must not be served."""


@dataclass(frozen=True)
class Version:
    """One published version: its number, its parent's (0: the base), its folder and its manifest."""

    number: int
    parent: int
    folder: Path
    manifest: dict[str, Any]

    @property
    def experiences(self) -> list[str]:
        """Ids of what this version learned, and of what it left out (manifest's `left_out`: id → why)."""
        return list(self.manifest["experiences"])

    @property
    def names(self) -> frozenset[str]:
        """The people and animals that its weights know by name."""
        return frozenset(self.manifest.get("names", ()))

    @property
    def served_as(self) -> str:
        """MERGED_WEIGHTS or AS_ADAPTER."""
        return str(self.manifest.get("served_as", MERGED_WEIGHTS))


@dataclass(frozen=True)
class Surplus:
    """Something on the disk that nobody is answered with.

    whole: the version itself, which is off the serving lineage; else only its merged weights, which can be rebuilt.
    """

    version: Version
    whole: bool
    bytes: int


class Weights:
    """All versions over one base model in one home."""

    def __init__(self, home: Home, model: str) -> None:
        self.root = home.data / "weights" / model_slug(model)

    @classmethod
    def every(cls, home: Home) -> "list[Weights]":
        """The versions over every base model in this home."""
        found = []
        for path in sorted((home.data / "weights").glob("*/")):
            found.append(cls.__new__(cls))
            found[-1].root = path
        return found

    def retreat(self, numbers: list[int]) -> None:
        """Let the nearest ancestor that is not among `numbers` serve, if the current version is."""
        with self._deciding():
            at = self.current()
            while at in numbers:
                at = self.get(at).parent
            if at != self.current():
                self._point_at(at)

    def current(self) -> int:
        """The number of the version that serves; 0 is the base."""
        try:
            return int((self.root / "CURRENT").read_text())
        except FileNotFoundError:
            return 0
        except (ValueError, OSError) as error:
            raise VersionError(
                f"{self.root / 'CURRENT'} names no version (`selfparam-agent doctor --repair`)"
            ) from error

    def all(self) -> list[Version]:
        """Every published version that can be read, oldest first. Unfinished folders have no manifest."""
        found = []
        for folder in self._folders():
            with suppress(VersionError):
                found.append(self._read(folder))
        return found

    def unreadable(self) -> list[Path]:
        """Folders of versions whose manifest is damaged."""
        return sorted({*self._folders()} - {version.folder for version in self.all()})

    def set_aside(self, folder: Path) -> None:
        """Move an unreadable version out of the way, to `damaged-NNNN`."""
        with disk(folder):
            folder.replace(folder.with_name(f"{DAMAGED}{folder.name}"))

    def damaged(self) -> list[Path]:
        """Folders of versions that nobody can say any more what they learned, set aside or not."""
        return [*self.unreadable(), *sorted((self.root / "versions").glob(f"{DAMAGED}*"))]

    def get(self, number: int) -> Version:
        """The version of that number.

        Raises:
            UsageError: there is none.
        """
        folder = self._folder(number)
        if not (folder / MANIFEST).exists():
            raise UsageError(f"there is no version {number}: see `selfparam-agent versions list`")
        return self._read(folder)

    def lineage(self, number: int | None = None) -> list[Version]:
        """From the first version over the base to `number` (default: the current one)."""
        chain: list[Version] = []
        at = self.current() if number is None else number
        while at:
            chain.append(self.get(at))
            at = chain[-1].parent
        return chain[::-1]

    def learned(self) -> set[str]:
        """Ids of the experiences that the current version, with its parents, has learned."""
        return {experience for version in self.lineage() for experience in version.experiences}

    def rolled_back(self) -> set[str]:
        """Ids of the experiences that only versions have learned which the current one does not come from, and which
        could serve: what a damaged one had learned nobody took back."""
        line = {version.number for version in self.lineage()}
        others = (version for version in self.all() if version.number not in line and self.whole(version))
        return {experience for version in others for experience in version.experiences} - self.learned()

    def whole(self, version: Version) -> bool:
        """Whether the files that cannot be made again are there and as they were published."""
        return matches(version.folder, version.manifest["files"])

    def rollback(self, number: int | None = None) -> int:
        """Make `number` (default: the current version's parent) serve; what was learned since is pending again.

        Raises:
            UsageError: no such version, or already at the base.
        """
        with self._deciding():
            if number is None:
                at = self.current()
                if not at:
                    raise UsageError("nothing to roll back: the base model is serving")
                number = self.get(at).parent
            if number:
                self.get(number)
            self._point_at(number)
        return number

    def fall_back(self) -> int:
        """Let the last version serve whose files, and those of all before it, are as published; its number."""
        with self._deciding():
            for version in reversed(self.all()):
                with suppress(SelfparamError):
                    if all(self.whole(step) for step in self.lineage(version.number)):
                        self._point_at(version.number)
                        return version.number
            self._point_at(0)
        return 0

    def mend(self) -> None:
        """Fall back if what serves, or what it comes from, is not there or cannot be read."""
        try:
            self.lineage()
        except SelfparamError:
            self.fall_back()

    @contextmanager
    def _deciding(self) -> Iterator[None]:
        """Look at CURRENT and change it without another process doing so in between; a matter of milliseconds."""
        from filelock import FileLock

        lock = FileLock(private_folder(self.root) / "CURRENT.lock", mode=PRIVATE_FILE)
        with disk(self.root):
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def next_number(self) -> int:
        """One that no version had yet, removed ones included: who has loaded those sees that others serve now."""
        numbers = [int(path.name) for path in (self.root / "versions").glob("[0-9]*")]
        with suppress(OSError, ValueError):
            numbers.append(int((self.root / LAST).read_text()))
        return max(numbers, default=0) + 1

    def staging(self) -> Path:
        """An empty folder to build the next version in; what a killed build left is removed."""
        self.discard_staging()
        return private_folder(self.root / "versions" / STAGING)

    def discard_staging(self) -> None:
        """Remove what a killed build or removal left. Hold the consolidation lock."""
        for name in (STAGING, GONE):
            shutil.rmtree(self.root / "versions" / name, ignore_errors=True)

    def remove(self, version: Version) -> None:
        """Take a version away: out of sight in one step, then from the disk. Hold the consolidation lock."""
        self.discard_staging()
        gone = version.folder.with_name(GONE)
        with disk(gone):
            version.folder.replace(gone)
            sync_folder(gone.parent)
            shutil.rmtree(gone)
        _log.info("version %d removed", version.number)

    def publish(self, staged: Path, parent: int, manifest: dict[str, Any]) -> Version:
        """Seal the staged folder with its manifest, put it in place, and let it serve.

        The order is what makes a kill harmless: files, manifest, rename, CURRENT.

        Raises:
            VersionError: another version serves now than `parent`, which these weights were trained from, or what was
                staged is gone.
            StorageError: the disk failed; the version that served serves.
        """
        if not staged.is_dir():
            raise VersionError("what was built was removed meanwhile: nothing was changed, consolidate again")
        number = self.next_number()
        folder = self._folder(number)
        with disk(folder):
            seal(staged / MERGED)
            for path in staged.rglob("*"):
                path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
            hashes = {name: digest for name, digest in hashes_of(staged).items() if not name.startswith(f"{MERGED}/")}
            sealed = {"version": number, "parent": parent, **manifest, "files": hashes}
            sealed["seal"] = seal_of(sealed)
            write_text(staged / MANIFEST, json.dumps(sealed, indent=1, ensure_ascii=False))
            with self._deciding():
                if self.current() != parent:
                    raise VersionError(
                        "the serving version changed during training: nothing was changed, consolidate again"
                    )
                write_text(self.root / LAST, f"{number}\n")
                staged.replace(folder)
                sync_folder(folder.parent)
                self._point_at(number)
        return self._read(folder)

    def size(self, version: Version | None = None) -> int:
        """Bytes that a version takes; default, all of them."""
        return _size(version.folder if version else self.root)

    def surplus(self, budget: int) -> list[Surplus]:
        """What has to go, in order, for the versions to take at most `budget` bytes.

        Merged weights first, the serving version's never and its parent's last; then versions that serve nobody and
        that no other version needs, oldest first.
        """
        line = self.lineage()
        serving = {version.number: age for age, version in enumerate(line)}  # the older, the sooner it goes
        copies = sorted(self.all(), key=lambda version: serving.get(version.number, -1))
        going = [
            Surplus(version, False, _size(version.folder / MERGED))
            for version in copies
            if version.number != self.current() and (version.folder / MERGED).exists()
        ]
        idle = [version for version in self.all() if version.number not in serving]
        while idle:
            needed = {version.parent for version in idle}
            leaf = next(version for version in idle if version.number not in needed)
            idle.remove(leaf)
            going.append(Surplus(leaf, True, _size(leaf.folder) - _size(leaf.folder / MERGED)))
        over, chosen = self.size() - budget, []
        for surplus in going:
            if over <= 0:
                break
            chosen.append(surplus)
            over -= surplus.bytes
        return chosen

    def prune(self, going: Sequence[Surplus]) -> None:
        """Remove it. Hold the consolidation lock."""
        for surplus in going:
            if surplus.whole:
                self.remove(surplus.version)
            else:
                with disk(surplus.version.folder):
                    shutil.rmtree(surplus.version.folder / MERGED)
                _log.info("merged copy of version %d removed", surplus.version.number)

    def folder_to_load(self, number: int, base: Path) -> Path:
        """A folder with the merged weights of a version, rebuilt from base + adapters if need be; base for 0.

        Raises:
            VersionError: an adapter's files are missing or altered, or it is over another base.
        """
        if not number:
            return base
        version = self.get(number)
        copy = version.folder / MERGED
        if version.served_as == AS_ADAPTER and base_hash(base) != version.manifest["base"]["sha256"]:
            raise VersionError(
                f"{base} is not the base that version {number} is an adapter over: put that back, or "
                f"`selfparam-agent versions rollback 0`"
            )
        if not has_copy(copy, base):
            precision = version.manifest["gate"].get("precision", "")
            rebuild(copy, base, self.adapters(version), version.served_as == AS_ADAPTER, precision)
        return copy

    def to_serve(self, base: Path) -> tuple[int, Path, str]:
        """The number of the version that serves, its folder to load, and what is wrong, "" if nothing is.

        If it is damaged, the last whole version serves from now on.
        """
        try:
            number = self.current()
            return number, self.folder_to_load(number, base), ""
        except (VersionError, UsageError) as error:
            number = self.fall_back()
            wrong = str(error).partition(":")[0]
            words = f"{wrong}; {f'version {number}' if number else 'the base model'} answers instead, what it has not "
            return number, self.folder_to_load(number, base), f"{words}learned is pending again"

    def adapters(self, version: Version) -> list[Path]:
        """What makes a version of the base: the adapters of its lineage, or its own if that holds them all.

        Raises:
            VersionError: the files of one are missing or altered.
        """
        steps = self.lineage(version.number)
        for step in steps:
            if not self.whole(step):
                raise damaged(step)
        return [step.folder / ADAPTER for step in (steps[-1:] if version.served_as == AS_ADAPTER else steps)]

    def _point_at(self, number: int) -> None:
        if (self.root / "CURRENT").is_dir():
            with disk(self.root):
                (self.root / "CURRENT").rmdir()
        write_text(self.root / "CURRENT", f"{number}\n")
        _log.info("version %d serves", number)

    def _folders(self) -> list[Path]:
        return sorted(path.parent for path in (self.root / "versions").glob(f"[0-9]*/{MANIFEST}"))

    def _folder(self, number: int) -> Path:
        return self.root / "versions" / f"{number:04d}"

    def _read(self, folder: Path) -> Version:
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if seal_of(manifest) != manifest.get("seal", seal_of(manifest)):  # early versions have none
                raise ValueError("altered since it was published")
            return Version(int(manifest["version"]), int(manifest["parent"]), folder, manifest)
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise VersionError(
                f"{folder} is damaged ({error}): move it away, then `selfparam-agent versions list`"
            ) from error


def damaged(version: Version) -> VersionError:
    """The error that says where to go from a version whose files are not the ones published."""
    back = f"selfparam-agent versions rollback {version.parent}"
    return VersionError(f"version {version.number} is damaged: go back with `{back}`")


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
