"""A long chat in a terminal of its own, with another version of the weights now and then: what a key waits, what grows.

The real program with a tiny model. Each turn sends a message, types a letter while the reply streams and waits until it
stands on the terminal, then stops the reply with Esc. Prints a markdown table, then how many turns went wrong.

usage: python examples/benchmarks/soak.py [--turns 500] [--swap 50]
"""

import argparse
import os
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path

from load import open_chat, resident
from tiny import tiny_llama

from memory.conversations import user_turns
from memory.home import Home
from memory.versions import ADAPTER, MERGED, Weights

SETTINGS = 'engine = "transformers"\n[schedule]\nminutes = 0\n'
STREAMING, LETTER = "Esc stops", "ж"
GRACE, WATCHED = 0.3, 0.5
"""Seconds after Esc until the computation has to be over, and for which it is watched from then on."""


class Terminal:
    """A chat as its user has it: keys go in, what is drawn comes out."""

    def __init__(self, model: str, root: Path) -> None:
        self._drawn = bytearray()
        self._more = threading.Condition()
        self.chat, self._keys = open_chat(model, root, self._draw)

    def _draw(self, written: bytes) -> None:
        with self._more:
            self._drawn += written
            self._more.notify()

    def press(self, keys: str) -> None:
        os.write(self._keys, keys.encode())

    def type(self, keys: str, until: str) -> float:
        """Seconds until `until` is drawn after these keys.

        Raises:
            TimeoutError: it is not within a minute.
        """
        with self._more:
            self._drawn.clear()
        started = time.perf_counter()
        self.press(keys)
        with self._more:
            if not self._more.wait_for(lambda: until.encode() in self._drawn, timeout=20):
                raise TimeoutError(f"{until!r} was not drawn after {keys!r}")
        return time.perf_counter() - started


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--turns", type=int, default=500)
    cli.add_argument("--swap", type=int, default=50)
    options = cli.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        home = Home(root / "config", root / "data", root / "cache")
        model = tiny_llama(root / "model", window=1024)
        home.config.mkdir()
        home.settings_file.write_text(SETTINGS, encoding="utf-8")
        soak(home, model, options.turns, options.swap)


def soak(home: Home, model: Path, turns: int, swap: int) -> None:
    terminal = Terminal(str(model), home.data.parent)
    terminal.type("/rename Goats\r", until="is called")  # or the model thinks of a title after a reply
    echoes: list[float] = []
    burnt: list[float] = []
    print("| turns | versions | memory of the chat, MB | key to echo p50, ms | p95, ms | CPU after Esc, s |")
    print("|---|---|---|---|---|---|", flush=True)
    for number in range(1, turns + 1):
        terminal.type(f"I keep {number} goats.\r", until=STREAMING)
        echoes.append(terminal.type(LETTER, until=LETTER) * 1000)
        terminal.press("\x7f\x1b")  # the letter goes, then Esc
        time.sleep(GRACE)
        if number % swap == 0:
            burnt.append(growth(terminal.chat.pid))
            publish(home, model)
        if number in (swap, turns // 2, turns):
            p50, p95 = statistics.median(echoes), statistics.quantiles(echoes, n=20)[-1]
            memory, versions = resident(terminal.chat.pid), len(Weights(home, str(model)).all())
            print(f"| {number} | {versions} | {memory:.0f} | {p50:.0f} | {p95:.0f} | {max(burnt):.2f} |", flush=True)
    terminal.press("\x11")  # Ctrl+Q
    code = terminal.chat.wait(30)
    said = list(user_turns(home))
    lost = {f"I keep {number} goats." for number in range(1, turns + 1)} - {turn.text for turn in said}
    print(
        f"\ncrashes {int(code != 0)}, lost {len(lost)}, versions that answered {len({turn.version for turn in said})}"
    )


def growth(pid: int) -> float:
    """Seconds that it computes in those that are `WATCHED`."""
    before = cpu(pid)
    time.sleep(WATCHED)
    return cpu(pid) - before


def cpu(pid: int) -> float:
    """Seconds that a process has computed."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def publish(home: Home, model: Path) -> None:
    """A version with the weights of the base."""
    weights = Weights(home, str(model))
    staged = weights.staging()
    (staged / ADAPTER).mkdir()
    (staged / ADAPTER / "weights").write_text("w")
    shutil.copytree(model, staged / MERGED)
    weights.publish(staged, weights.current(), {"created": "2026-01-01T00:00:00+00:00", "experiences": []})


if __name__ == "__main__":
    main()
