"""What one more turn costs on disk, in a conversation and in a home of more and more turns.

Prints a markdown table: median and worst milliseconds of 100 turns, and their ratio to the smallest home.

usage: python examples/benchmarks/turns.py [--sizes 100 1000 10000 100000]
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from memory.conversations import SEGMENT, Conversation, Turn, latest
from memory.home import Home
from memory.pending import pending

MEASURED = 100


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000, 100_000])
    first = 0.0
    print("| turns before | ms per turn, median (worst) | ratio | open the talk, s | count what is pending, s |")
    print("|---|---|---|---|---|")
    for size in cli.parse_args().sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            home = Home(root / "config", root / "data", root / "cache")
            fill(home.conversations / "20260101-000000-aaaa", size)
            started = time.perf_counter()
            talk = latest(home)
            opened = time.perf_counter() - started
            seconds = [one_turn(talk, number) for number in range(MEASURED)]
            started = time.perf_counter()
            pending(home, "none")
            counted = time.perf_counter() - started
        median = statistics.median(seconds)
        first = first or median
        print(f"| {size:,} | {median * 1e3:.2f} ({max(seconds) * 1e3:.2f}) | {median / first:.2f} | {opened:.2f} | "
              f"{counted:.2f} |", flush=True)  # fmt: skip
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def one_turn(talk: Conversation, number: int) -> float:
    started = time.perf_counter()
    talk.add("user" if number % 2 else "assistant", f"I keep {number} goats and a few words about the weather.", 0)
    return time.perf_counter() - started


def fill(folder: Path, size: int) -> None:
    """A long conversation, as `Conversation.add` would have written it."""
    folder.mkdir(parents=True)
    turns = [
        Turn(f"{folder.name}/{n}", "user" if n % 2 else "assistant", f"I keep {n} goats, give or take a few.",
             "2026-01-01T00:00:00+00:00", 0, bool(n % 2)) for n in range(1, size + 1)
    ]  # fmt: skip
    for start in range(0, size, SEGMENT):
        part = {str(i): asdict(turn) for i, turn in enumerate(turns[start : start + SEGMENT], 1)}
        (folder / f"{start // SEGMENT + 1:04d}.json").write_text(json.dumps({"turns": part}))


if __name__ == "__main__":
    main()
