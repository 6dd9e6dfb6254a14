"""What is well and what is not on this machine, what to do, and the repairs that lose nothing."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from memory.conversations import ABOUT, check_writable, names, segments
from memory.errors import BusyError, SelfparamError
from memory.estimate import generates, memory_needed
from memory.home import PRIVATE_FILE, PRIVATE_FOLDER, Home
from memory.locks import owning
from memory.models import ready_folder
from memory.parser import PIPELINE
from memory.refusals import REFUSALS
from memory.sensitive import CONFIRMED
from memory.settings import Recipe
from memory.storage import open_table
from memory.versions import GONE, STAGING, Weights
from memory.wheels import is_cached


@dataclass(frozen=True)
class Finding:
    """One thing looked at. repair: what `doctor --repair` would do about it, None if a person has to."""

    name: str
    well: bool
    words: str
    repair: Callable[[], object] | None = None


def examine(home: Home, model: str) -> Iterator[Finding]:
    """Look at everything, cheapest first; changes nothing but a probe file in the home."""
    yield from _home(home)
    yield from _conversations(home, model)
    yield from _versions(home, model)
    yield from _machine(home, model)


def _home(home: Home) -> Iterator[Finding]:
    try:
        check_writable(home)
        yield Finding("home", True, str(home.data))
    except SelfparamError as error:
        yield Finding("home", False, str(error))
        return
    open_to_others = [path for path in home.data.rglob("*") if path.stat().st_mode & 0o077]
    words = f"others may read {len(open_to_others)}, such as {open_to_others[0]}" if open_to_others else "private"
    yield Finding("permissions", not open_to_others, words, partial(_make_private, open_to_others))
    yield Finding("lock", True, "a consolidation is under way" if _consolidating(home) else "nobody is consolidating")


def _consolidating(home: Home) -> bool:
    try:
        with owning(home.data, "consolidation", ""):
            return False
    except BusyError:
        return True


def _discard(home: Home, weights: Weights) -> None:
    with owning(home.data, "consolidation", "wait for it: what it builds is no rest"):
        weights.discard_staging()


def _make_private(paths: Sequence[Path]) -> None:
    for path in paths:
        path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)


def _conversations(home: Home, model: str) -> Iterator[Finding]:
    talks = names(home)
    titles = [home.conversations / name / ABOUT for name in talks]
    notes = [home.data / CONFIRMED, Weights(home, model).root / REFUSALS, *titles]
    talk = [path for name in talks for path in segments(home.conversations / name)]
    for path in [*talk, *(path for path in notes if path.exists())]:
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            copy = path.with_suffix(".json.bak")
            words = f"{path.parent.name}/{path.name} is damaged ({error})"
            if copy.exists():
                yield Finding("conversations", False, f"{words}: its last good copy is there", partial(_read, path))
            else:
                yield Finding("conversations", False, f"{words} and has no copy: move it away")
            return
    damaged = [*home.data.rglob("*.damaged")]
    aside = f"; set aside, its last good copy is in use: {damaged[0]}" if damaged else ""
    yield Finding("conversations", True, f"{len(talks)} whole{aside}")


def _read(path: Path) -> None:
    """Reading sets a damaged file aside; writing nothing puts the copy in its place."""
    with open_table(path) as database:
        database.storage.write(database.storage.read() or {})


def _versions(home: Home, model: str) -> Iterator[Finding]:
    weights = Weights(home, model)
    if any((weights.root / "versions" / name).exists() for name in (STAGING, GONE)) and not _consolidating(home):
        yield Finding("versions", False, "an unfinished version lies there", partial(_discard, home, weights))
    for folder in weights.unreadable():
        words = f"what says what version {folder.name} is, is damaged: it can be moved aside"
        yield Finding("versions", False, words, partial(weights.set_aside, folder))
    versions = weights.all()
    try:
        current = weights.current()
        line = weights.lineage()
    except SelfparamError as error:
        yield Finding("versions", False, f"{error}: the last whole version can serve", weights.fall_back)
        return
    damaged = [version.number for version in versions if not weights.whole(version)]
    if needed := sorted({version.number for version in line} & {*damaged}):
        words = f"version {needed[0]}, which the serving one needs, is damaged: the last whole one can serve"
        yield Finding("versions", False, words, weights.fall_back)
    elif damaged:
        yield Finding("versions", True, f"version {current} serves; {damaged} are damaged and serve nobody")
    else:
        yield Finding("versions", True, f"{len(versions)} whole, version {current} serves")


def _machine(home: Home, model: str) -> Iterator[Finding]:
    there = next(path for path in [home.data, *home.data.parents] if path.exists())
    free = shutil.disk_usage(there).free
    ready = ready_folder(model, home)
    size = sum(file.stat().st_size for file in ready.glob("*.safetensors")) if ready else 0
    enough = free > max(2.4 * size, 1e9)
    yield Finding("disk", enough, f"{free / 1e9:.1f} GB free{'' if enough else ': free some, a version needs more'}")
    memory = psutil.virtual_memory().available / 1e9
    needed = memory_needed("learn", size / 1e9, 1, generates(home, Recipe()))
    yield Finding("memory", memory > needed, f"{memory:.1f} GB free, a consolidation needs about {needed:.1f}")
    advice = "on this machine" if ready else "not here yet: `selfparam-agent models pull`"
    yield Finding("model", bool(ready), f"{model} is {advice}")
    here = is_cached(PIPELINE, home)
    advice = "on this machine" if here else "not here, without it less is heard of long sentences: `models pull`"
    yield Finding("parser", True, f"{PIPELINE.name} is {advice}")
    import torch

    device = f"{torch.cuda.get_device_name()} (CUDA)" if torch.cuda.is_available() else f"{os.cpu_count()} CPU cores"
    yield Finding("device", True, f"{device}, torch {torch.__version__}")
