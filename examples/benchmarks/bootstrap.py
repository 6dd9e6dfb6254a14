"""The bootstrap interval that all benchmarks give (Efron & Tibshirani 1993, percentile method)."""

import random
import statistics
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def interval(
    items: Sequence[Item], of: Callable[[Sequence[Item]], float] = statistics.mean, draws: int = 10_000
) -> tuple[float, float]:
    """95 % interval of a figure `of` the items, drawn anew with replacement; (0, 0) of none."""
    if not items:
        return 0.0, 0.0
    chance = random.Random(0)
    figures = sorted(of(chance.choices(items, k=len(items))) for _ in range(draws))
    return figures[int(0.025 * draws)], figures[int(0.975 * draws)]
