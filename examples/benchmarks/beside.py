"""What a chat and a consolidation cost each other: replies alone and beside training, its steps without and with them.

Real model, real consolidation of a script, in turns in one run; the training is stopped when all is measured. Prints a
markdown table of medians and their ratio.

usage: python examples/benchmarks/beside.py [--script FILE] [--replies 5] [--rounds 3] [--model M]
"""

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path

from arms import told

from agent.consolidate import Consolidation
from agent.scripts import read_script
from agent.session import Session
from memory.conversations import Conversation

PRIYANKA = Path(__file__).parents[3] / "shared" / "data" / "scripts" / "priyanka.yaml"
QUESTIONS = [f"Tell me about {topic}." for topic in ("gravity", "bread", "Paris", "bees", "rain", "chess", "tea")]
PIECES = 64
"""Of a reply, some of a word's length; then it is stopped."""


class Steps:
    """The optimizer steps of a consolidation, counted in a thread of its own."""

    def __init__(self, consolidation: Consolidation) -> None:
        self.made = 0
        self._consolidation = consolidation
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        for event in self._consolidation:
            self.made = event.get("step", self.made)

    def per_minute(self, work: Callable[[], object]) -> float:
        """Steps per minute while `work` goes on."""
        made, started = self.made, time.perf_counter()
        work()
        return (self.made - made) * 60 / (time.perf_counter() - started)


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--script", type=Path, default=PRIYANKA)
    cli.add_argument("--replies", type=int, default=5)
    cli.add_argument("--rounds", type=int, default=3)
    cli.add_argument("--model", default="smollm2-135m-instruct")
    options = cli.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = told(read_script(options.script), Path(folder), {})
        session = Session(home, options.model, Conversation(None))
        session.open()
        reply(session, 0)  # the first one warms up
        alone = [reply(session, number) for number in range(options.replies * options.rounds)]
        consolidation = Consolidation(home, options.model)
        try:
            beside, steps, fewer = together(session, Steps(consolidation), options.replies, options.rounds)
        finally:
            consolidation.stop()
    print("| | alone | beside the other | ratio |\n|---|---|---|---|")
    for what, one, other in (
        ("reply, pieces/s", [speed for _, speed in alone], [speed for _, speed in beside]),
        ("first piece of a reply, s", [first for first, _ in alone], [first for first, _ in beside]),
        ("optimizer steps a minute", steps, fewer),
    ):
        both = statistics.median(one), statistics.median(other)
        print(f"| {what} | {both[0]:.2f} | {both[1]:.2f} | {both[1] / both[0]:.2f} |")
    print(f"\n{len(alone)} replies each, {options.rounds} stretches of training each")


def together(
    session: Session, steps: Steps, replies: int, rounds: int
) -> tuple[list[tuple[float, float]], list[float], list[float]]:
    """Replies beside training; steps a minute in stretches without and with them."""
    while steps.made < 3:
        time.sleep(0.5)
    said: list[tuple[float, float]] = []
    quiet: list[float] = []
    busy: list[float] = []
    for turn in range(rounds):
        quiet.append(steps.per_minute(lambda: time.sleep(15)))
        numbers = range(turn * replies, (turn + 1) * replies)
        busy.append(steps.per_minute(lambda numbers=numbers: said.extend(reply(session, n) for n in numbers)))
    return said, quiet, busy


def reply(session: Session, number: int) -> tuple[float, float]:
    """Seconds to the first piece of a reply in a fresh conversation, and its pieces per second from then on."""
    session.take_up(session.fresh(temporary=True))
    started = time.perf_counter()
    with closing(session.say(session.accept(QUESTIONS[number % len(QUESTIONS)]))) as pieces:
        next(pieces)
        first = time.perf_counter()
        count = sum(1 for _ in islice(pieces, PIECES))
        return first - started, count / (time.perf_counter() - first)


if __name__ == "__main__":
    main()
