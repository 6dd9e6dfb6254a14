"""What a consolidation will take, said before it starts, and models refused that this machine cannot hold.

From the size of the weights, the statements that wait and, where there are any, the last versions of the same model.
"""

import math
import resource
import shutil
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from memory.errors import ModelError, StorageError
from memory.folders import quantised
from memory.home import Home
from memory.models import DEFAULT_MODEL, anchor_file, ready_folder
from memory.pending import nothing_pending, pending
from memory.settings import Recipe, Settings
from memory.versions import Version, Weights

LAST = 3
"""Versions whose seconds a step are looked at."""
START = 10.0
"""Seconds that a consolidation takes beside its steps: libraries, models."""
STEP, STEP_PER_GB = 0.03, 3.6
"""Seconds of an optimizer step, writing and gate included; the same per GB of weights of which half the layers learn
(default model, two cores: .75 to 1.02 of what three runs of 6 to 35 statements took)."""
ALWAYS, BF16 = 0.5, 0.55
"""Share of a step that it takes beside the layers that learn, were they all; what bf16 leaves of a step (measured:
.69 of a training before what follows was read meanwhile; a consolidation of 12 statements, 118 s alone, is said to take
130)."""
ANCHOR = 0.17
"""Steps that it takes to ask the base one of the questions that have nothing to do with the user, once a machine."""
AT = 85.0
"""What `speed` gives where that was measured."""
LIBRARIES, TRAINING = 0.65, 2.8
"""GB of memory beside the weights; GB per GB of them to train (measured: 2.0 to 2.35 for 0.54)."""
WRITING = 2.1
"""GB beside the libraries and twice the weights, the model and its engine, while the question generator writes, and for
what is left of that and of products in bf16 later (measured: 2.8 to 3.15 in all for 0.54, in bf16 3.8)."""
NEEDED = {"learn": TRAINING, "chat": 1.1, "convert": 2.2}
"""Purpose → GB per GB of weights; while they are converted they are there twice."""
PACKED = {"U8": 6, "I8": 3, "F8_E4M3": 3, "F8_E5M2": 3}
"""What quantised weights are kept in, and how many bytes of fp32 take as much to train as one of theirs (measured: 5.9
in 4 bits, 3.0 in 8)."""
DISK, DISK_ADAPTER = 2.2, 0.5
"""Bytes of a new version for one of the base: merged, converted, and its adapter; its adapter twice, if quantised."""
FACTS, ASSISTANT = 0.83, 0.42
"""Pairs on facts per question asked for; on the assistant per pair on facts (21 target sets: .63 to .99 on facts)."""


@dataclass(frozen=True)
class Estimate:
    """What learning what is pending will take. measured: from earlier versions here, not from the project's machine.

    memory, disk: GB. statements: in the first batch, which is what one consolidation learns.
    """

    statements: int
    pairs: int
    seconds: float
    memory: float
    disk: float
    measured: bool


def estimate(home: Home, model: str, settings: Settings) -> Estimate:
    """Look ahead at the next consolidation.

    Raises:
        NothingPendingError: there is nothing to learn.
        ModelError: the model is not on this machine yet.
    """
    from memory.parser import parser
    from memory.preparation import as_trained
    from memory.targets import extract, first_that_fit, latest_of_each

    batch = first_that_fit(pending(home, model), settings.recipe.statements)
    if not batch:
        raise nothing_pending(home, model)
    facts, _ = latest_of_each(extract(batch, parser(home, settings.recipe.hearing)))
    folder = _ready(home, model)
    size = weights_size(folder, training=True)
    earlier = Weights(home, model).lineage()
    recipe = as_trained(settings.recipe, model, earlier)
    pairs = _pairs(len(facts), recipe, bool(earlier))
    asked = 0 if anchor_file(model, home, recipe.top_k).exists() else recipe.unrelated * recipe.epochs
    work = steps(pairs, recipe) + ANCHOR * asked
    return Estimate(
        len(facts), round(sum(pairs.values())), START + _step(earlier, size, recipe) * work,
        _memory(earlier, size, settings.processes, generates(home, recipe)),
        size * (0.2 if quantised(folder) else 1.05 if settings.engine == "transformers" else 2.1), bool(earlier),
    )  # fmt: skip


def steps(pairs: Mapping[str, float], recipe: Recipe) -> int:
    """Optimizer steps for a target set of so many pairs of each kind."""
    from memory.assembly import TOLD

    resting = {kind: number / recipe.turns(kind) for kind, number in pairs.items()}
    resting["fact"] = max(min(pairs["fact"], TOLD), pairs["fact"] / recipe.wordings)
    an_epoch = math.ceil(max(1, sum(resting.values()) + recipe.unrelated + recipe.prose) / recipe.batch)
    found = an_epoch * max(recipe.epochs, math.ceil(recipe.least_steps / an_epoch))
    return min(found, recipe.most_steps or found)


def _pairs(statements: int, recipe: Recipe, earlier: bool) -> dict[str, float]:
    """kind → how many pairs of it a target set of so many statements is likely to have."""
    from memory.assembly import near_misses_an_epoch, questions_written

    facts = FACTS * statements * questions_written(statements, recipe.questions, recipe.wordings)
    near = recipe.near_miss_rest * near_misses_an_epoch(recipe.near_misses, statements, round(facts))
    return {
        "fact": facts, "near-miss": near, "far-miss": recipe.far_misses * recipe.epochs,
        "assistant": min(recipe.assistant, max(8, ASSISTANT * facts)),
        "replay": recipe.replay_rest * (recipe.replay + recipe.rehearsal) if earlier else 0,
    }  # fmt: skip


def _step(earlier: Sequence[Version], size: float, recipe: Recipe) -> float:
    """Seconds of a step, as the last versions took them; early ones do not say how many they were."""
    from memory.precision import pays

    took: list[float] = [
        max(0.0, version.manifest["seconds"] - START) / version.manifest["steps"]
        for version in earlier[-LAST:]
        if version.manifest.get("steps")
    ]
    if took:
        return statistics.median(took)
    share = (ALWAYS + 1 - recipe.frozen) * (BF16 if recipe.bf16 and pays("cpu") else 1.0)
    return (STEP + STEP_PER_GB * size * share) * AT / speed()


def speed(size: int = 60) -> float:
    """Billions of operations a second of one core, in fp32: the best of many products so small that one has time to end
    before other work gets its turn."""
    import numpy

    one = numpy.ones((size, size), dtype=numpy.float32)
    best = math.inf
    for _ in range(3000):
        started = time.perf_counter()
        one @ one
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best / 1e9


def _memory(earlier: Sequence[Version], size: float, processes: int, writes: bool) -> float:
    peaks = [version.manifest["peak_mb"] / 1e3 for version in earlier[-LAST:] if "peak_mb" in version.manifest]
    return processes * max(peaks) if peaks else memory_needed("learn", size, processes, writes)


def memory_needed(purpose: str, size: float, processes: int, writes: bool) -> float:
    """GB for weights of `size` GB; the first process alone writes, before all of them train."""
    computed = processes * (LIBRARIES + NEEDED[purpose] * size)
    return max(computed, LIBRARIES + 2 * size + WRITING) if writes else computed


def peak_mb() -> int:
    """What this process has taken of memory at most so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def generates(home: Home, recipe: Recipe) -> bool:
    """Whether the question generator writes: where the default model is."""
    return recipe.writer == "auto" and ready_folder(DEFAULT_MODEL, home) is not None


def weights_size(folder: Path, training: bool = False) -> float:
    """GB of a model's weights in fp32, whatever they are kept in, quantised ones as they are kept.

    training: in fp32 as many as take as much to train. Only the heads of the files are read.

    Raises:
        ModelError: a file is damaged.
    """
    from safetensors import SafetensorError, safe_open

    size, bytes_each = 0, PACKED if training else dict.fromkeys(PACKED, 1)
    try:
        for file in folder.glob("*.safetensors"):
            with safe_open(str(file), "numpy") as weights:
                parts = map(weights.get_slice, weights.keys())
                size += sum(math.prod(part.get_shape()) * bytes_each.get(part.get_dtype(), 4) for part in parts)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{folder} cannot be loaded ({error}): its files are damaged; name another model") from error
    return size / 1e9


def check_memory(folder: Path, budget: float, purpose: str = "chat", processes: int = 1, writes: bool = False) -> None:
    """Refuse a model that does not fit, before it swaps.

    budget: GB, the setting; 0: what is free. purpose: of `NEEDED`. processes: each with the weights. writes: whether
    the question generator does, too.

    Raises:
        ModelError: it needs more; the sizes are named.
    """
    import psutil

    needed = memory_needed(purpose, weights_size(folder, training=purpose == "learn"), processes, writes)
    there = budget or psutil.virtual_memory().available / 1e9
    if needed > there:
        together = f" in {processes} processes" if processes > 1 else ""
        whose, else_ = ("the setting memory allows", "raise it") if budget else ("free are", "close other programs")
        raise ModelError(
            f"{folder.name} needs {needed:.1f} GB of memory to {purpose}{together}, {whose} {there:.1f} GB: use a "
            f"smaller model or {else_}"
        )


def check_disk(folder: Path, base: Path) -> None:
    """Refuse to learn where the staged version and its converted weights do not fit, before anything is trained.

    folder: where versions lie, or will.

    Raises:
        StorageError: the disk is too full; the sizes are named.
    """
    size = sum(file.stat().st_size for file in base.glob("*.safetensors"))
    needed = size * (DISK_ADAPTER if quantised(base) else DISK)
    there = next(path for path in [folder, *folder.parents] if path.exists())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise StorageError(
            f"{there} has {free / 1e9:.1f} GB free, the new version needs {needed / 1e9:.1f} GB: free disk space"
        )


def in_words(estimate: Estimate) -> str:
    """For a person."""
    source = "as the last versions took" if estimate.measured else "on two cores; no version here to go by yet"
    return (
        f"{estimate.statements} statements, about {estimate.pairs} pairs: {estimate.seconds:.0f} s ({source}), "
        f"{estimate.memory:.1f} GB of memory, {estimate.disk:.2f} GB on disk"
    )


def _ready(home: Home, model: str) -> Path:
    folder = ready_folder(model, home)
    if folder is None:
        raise ModelError(f"{model} is not on this machine yet: `selfparam-agent models pull`")
    return folder
