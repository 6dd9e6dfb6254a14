"""What a consolidation tells of itself as it goes on: stages, steps, recall, the verdict; and what each stage took."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from memory.distill import Progress
from memory.estimate import peak_mb
from memory.gate import Verdict

STAGES = ("write", "teach", "train", "merge", "gate")

Emit = Callable[[dict[str, Any]], None]


@dataclass
class Events:
    """emit: gets each event. started: of the learning itself, in seconds of a clock that nobody sets."""

    emit: Emit
    started: float = field(default_factory=time.monotonic)
    _begun: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        """From here on the seconds count: what is done once a machine stands before it."""
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.started, 1)

    @property
    def stages(self) -> dict[str, float]:
        """The seconds of each stage so far; "load" stands for what came before the first."""
        at = [("load", self.started), *self._begun.items(), ("", time.monotonic())]
        return {name: round(end - begun, 1) for (name, begun), (_, end) in pairwise(at)}

    def stage(self, name: str, **more: Any) -> None:
        self._begun[name] = time.monotonic()
        self.emit({"event": "stage", "stage": name, "number": STAGES.index(name) + 1, "of": len(STAGES), **more})

    def say(self, line: str) -> None:
        self.emit({"event": "fetch", "line": line})

    def progress(self, progress: Progress) -> None:
        self.emit({"event": "progress", **asdict(progress)})

    def recalled(self, said: Sequence[tuple[str, bool]]) -> None:
        self.emit({"event": "recall", "hits": sum(hit for _, hit in said), "asked": len(said)})

    def verdict(
        self, verdict: Verdict, pairs: int, version: int | None, served_as: str, overruled: Sequence[str]
    ) -> None:
        self.emit({
            "event": "verdict", "verdict": asdict(verdict), "pairs": pairs, "seconds": self.seconds, "version": version,
            "served_as": served_as, "overruled": [*overruled], "peak_mb": peak_mb(), "stages": self.stages,
        })  # fmt: skip
