"""What a life's worth of talk costs: time and disk with more and more learned, and with more and more versions.

A home is filled as the program would have filled it, with a few bytes in place of weights. Then, medians of five:
storing a turn; what a start-up reads of the home (the conversation to go on with, what serves, what is pending);
`memories list` as a process; the bookkeeping of a consolidation, which is all but writing, training and asking, the
vectors of earlier questions read from their versions. Prints a markdown table and writes an SVG plot into FOLDER.

usage: python examples/benchmarks/lifetime.py FOLDER [--experiences 10 100 1000 10000] [--versions 1 10 100]
"""

import argparse
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy
from turns import fill

from memory.conversations import Conversation, latest
from memory.home import Home
from memory.judge import Encoder
from memory.pending import pending
from memory.replay import asked_before, replay, standing
from memory.targets import Pair, TargetSet
from memory.versions import ADAPTER, MERGED, TARGETS, VECTORS, Weights

MODEL = "simulated/model"
QUESTIONS, NEW = 8, 60
"""Pairs per experience, as in the default recipe; pairs of the batch that is learned next."""
TALK = 40
"""Turns in one conversation, half of them the user's."""
REPEATS = 5
WHAT = ("a turn", "start-up", "memories list", "bookkeeping")
COLOURS = ("#1d4e89", "#c8553d", "#4b7f52", "#7d5ba6")

Row = tuple[int, int, dict[str, float], float, float]
"""Experiences, versions, seconds of each, MB of the talk, MB of the versions."""


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    cli.add_argument("--experiences", type=int, nargs="+", default=[10, 100, 1_000, 10_000])
    cli.add_argument("--versions", type=int, nargs="+", default=[1, 10, 100])
    options = cli.parse_args()
    print(f"| experiences | versions | {' | '.join(f'{what}, ms' for what in WHAT)} | talk, MB | versions, MB |")
    print("|" + "---|" * (len(WHAT) + 4))
    rows = []
    for count in options.experiences:
        for versions in [number for number in options.versions if number <= count]:
            rows.append(measure(live(options.folder / f"{count}-{versions}", count, versions), count, versions))
            seconds = " | ".join(f"{rows[-1][2][what] * 1e3:.1f}" for what in WHAT)
            print(f"| {count:,} | {versions} | {seconds} | {rows[-1][3]:.2f} | {rows[-1][4]:.2f} |", flush=True)
    (options.folder / "lifetime.svg").write_text(plot(rows), encoding="utf-8")


def live(root: Path, count: int, versions: int) -> Home:
    """A home in which so many experiences were learned, in so many versions."""
    shutil.rmtree(root, ignore_errors=True)
    home = Home(root / "config", root / "data", root / "cache")
    ids = []
    for talk in range(math.ceil(count / (TALK // 2))):
        size = 2 * min(TALK // 2, count - len(ids))
        name = f"2026{1 + talk // 28 % 12:02d}{1 + talk % 28:02d}-{talk:06d}-aaaa"
        fill(home.conversations / name, size)
        ids += [f"{name}/{turn}" for turn in range(1, size + 1, 2)]
    weights = Weights(home, MODEL)
    for number in range(versions):
        publish(weights, ids[number * count // versions : (number + 1) * count // versions])
    return home


def publish(weights: Weights, ids: list[str]) -> None:
    staged = weights.staging()
    pairs = [
        Pair(f"What is it about goat {experience} that I like, as I said the {at}. time?", f"You keep {experience}.",
             "fact", experience) for experience in ids for at in range(QUESTIONS)
    ]  # fmt: skip
    TargetSet(tuple(pairs), tuple(pairs[:QUESTIONS]), ()).save(staged / TARGETS)
    numpy.save(staged / VECTORS, vectors(len(pairs)))
    for name in (ADAPTER, MERGED):
        (staged / name).mkdir()
        (staged / name / "weights").write_text("w")
    parent = weights.current()
    weights.publish(staged, parent, {"created": "2026-01-01T00:00:00+00:00", "experiences": ids, "pairs": len(pairs)})


def vectors(count: int) -> "numpy.ndarray[tuple[int, int], numpy.dtype[numpy.float32]]":
    """Unit vectors by chance, as many numbers as MiniLM's."""
    found = numpy.random.default_rng(count).standard_normal((count, 384), dtype=numpy.float32)
    return found / numpy.linalg.norm(found, axis=1, keepdims=True)


def measure(home: Home, count: int, versions: int) -> Row:
    weights = Weights(home, MODEL)
    environment = {**os.environ, "SELFPARAM_HOME": str(home.data.parent)}
    command = [sys.executable, "-m", "tui", "memories", "list", "--model", MODEL]
    talk = Conversation(home.conversations)
    new = [Pair(f"Where did I leave my {at}. hat?", "You left it.", "fact", "x") for at in range(NEW)]

    def start_up() -> None:
        latest(home)
        weights.folder_to_load(weights.current(), home.cache)
        pending(home, MODEL)

    def bookkeeping() -> None:
        pending(home, MODEL)
        weights.learned()
        encoder = Encoder(home.cache)
        encoder.remember([pair.question for pair in new], vectors(NEW))
        sets = []
        for version in weights.lineage():
            sets.append(TargetSet.of(version))
            encoder.remember([pair.question for pair in sets[-1].of_kind("fact")], numpy.load(version.folder / VECTORS))
        asked_before(sets)
        replay(encoder, standing(sets), new, 24, random.Random(0))
        weights.surplus(10**12)

    work: dict[str, Callable[[], object]] = {
        "a turn": lambda: talk.add("user", "I keep goats and a few words about the weather.", 0),
        "start-up": start_up,
        "memories list": lambda: subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL),
        "bookkeeping": bookkeeping,
    }
    seconds = {what: statistics.median(timed(work[what]) for _ in range(REPEATS)) for what in WHAT}
    talk.release()
    disk = sum(path.stat().st_size for path in home.conversations.rglob("*.json"))
    return count, versions, seconds, disk / 1e6, weights.size() / 1e6


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def plot(rows: list[Row], width: int = 640, height: int = 360, edge: int = 60) -> str:
    """Milliseconds over experiences, both logarithmic, with the most versions of each; a line for each kind of work."""
    last = {row[0]: row for row in rows}
    most = max(math.log10(1e3 * row[2][what]) for row in rows for what in WHAT)
    least = min(math.log10(1e3 * row[2][what]) for row in rows for what in WHAT)
    low, high = math.floor(least), math.ceil(most)
    first, end = (math.log10(end) for end in (min(last), max(last)))

    def x(count: int) -> float:
        return edge + (width - 2 * edge) * (math.log10(count) - first) / max(1e-9, end - first)

    def y(milliseconds: float) -> float:
        return height - edge - (height - 2 * edge) * (math.log10(milliseconds) - low) / (high - low)

    marks = [f'<text x="{x(n):.0f}" y="{height - edge + 20}" text-anchor="middle">{n:,}</text>' for n in last]
    for power in range(low, high + 1):
        marks.append(f'<text x="{edge - 8}" y="{y(10.0**power) + 4:.0f}" text-anchor="end">{10.0**power:g}</text>')
        marks.append(f'<path d="M{edge} {y(10.0**power):.0f}H{width - edge}" stroke="#ddd"/>')
    for number, what in enumerate(WHAT):
        points = " ".join(f"{x(n):.1f},{y(1e3 * row[2][what]):.1f}" for n, row in last.items())
        marks.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[number]}" stroke-width="2"/>')
        marks.append(f'<text x="{edge + 140 * number}" y="24" fill="{COLOURS[number]}">{what}</text>')
    marks.append(f'<text x="{width / 2}" y="{height - 12}" text-anchor="middle">experiences learned</text>')
    marks.append('<text x="4" y="44">ms</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="12">{"".join(marks)}</svg>\n'
    )


if __name__ == "__main__":
    main()
