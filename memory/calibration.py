"""The judge against cases a person decided: which it gets right, and what the cosine alone would have said."""

from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any

import yaml

from memory.judge import COSINE_THRESHOLD, Encoder, recalled


@dataclass(frozen=True)
class Case:
    """A case of `calibration.yaml`, judged. kind: the trap; right: a person's word; cosine: of answer and reference."""

    kind: str
    question: str
    reference: str
    answer: str
    right: bool
    judged: bool
    cosine: float


def calibrate(encoder: Encoder) -> list[Case]:
    """Every case, judged."""
    cases = yaml.safe_load(resources.files("memory").joinpath("calibration.yaml").read_text(encoding="utf-8"))
    answers, references = (encoder([case[part] for case in cases]) for part in ("answer", "reference"))
    return [
        Case(**case, judged=recalled(encoder, case["question"], case["answer"], case["reference"]),
             cosine=round(float(answers[i] @ references[i]), 3))
        for i, case in enumerate(cases)
    ]  # fmt: skip


def confusion(cases: list[Case]) -> dict[str, Any]:
    """Hits, misses, false hits and true rejections of the judge, and of the cosine at the same threshold."""

    def counted(said: list[bool]) -> dict[str, int]:
        pairs = [(case.right, word) for case, word in zip(cases, said, strict=True)]
        names = {"hit": (True, True), "missed": (True, False), "false_hit": (False, True), "rejected": (False, False)}
        return {name: pairs.count(pair) for name, pair in names.items()}

    return {
        "judge": counted([case.judged for case in cases]),
        "cosine": counted([case.cosine >= COSINE_THRESHOLD for case in cases]),
        "threshold": COSINE_THRESHOLD,
        "wrong": [asdict(case) for case in cases if case.judged != case.right],
    }
