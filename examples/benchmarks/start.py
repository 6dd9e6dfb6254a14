"""How soon a person can begin: commands, a chat on a terminal from nothing to a letter typed, its first reply, memory.

The real model, in a home of its own with a conversation in it, the file cache warm. Prints a markdown table of medians.

usage: python examples/benchmarks/start.py [--times 5] [--model M]
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from load import answered, open_chat

from memory.conversations import Conversation, names
from memory.home import home_at, user_home

TYPED = "zebra"
"""In no text of the screen."""
SCREEN = b"\x1b[?1049h"
"""What a program writes that takes the whole screen: until then the terminal itself shows what is typed."""
LONGEST = 60.0


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--times", type=int, default=5)
    cli.add_argument("--model", default="smollm2-135m-instruct")
    options = cli.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        home = home_at(root)
        home.cache.parent.mkdir(parents=True, exist_ok=True)
        home.cache.symlink_to(user_home().cache)
        Conversation(home.conversations).add("user", "I keep goats.", 0)
        commands = {"`--help`": ["--help"], "`memories list`": ["memories", "list"]}
        print("| what | median |\n|---|---|")
        for name, words in commands.items():
            took = [command(words, root) for _ in range(options.times)]
            print(f"| {name} | {statistics.median(took):.2f} s |", flush=True)
        chats = [chat(root, options.model) for _ in range(options.times)]
    for name, unit, figures in zip(
        ("a chat, until a typed word is on the screen", "until the reply to it is on disk", "peak memory of that chat"),
        ("s", "s", "MB"), zip(*chats, strict=True), strict=True,
    ):  # fmt: skip
        print(f"| {name} | {statistics.median(figures):.{0 if unit == 'MB' else 2}f} {unit} |")


def command(words: list[str], root: Path) -> float:
    """Seconds of a whole process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "tui", *words], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "SELFPARAM_HOME": str(root)})  # fmt: skip
    return time.perf_counter() - started


def chat(root: Path, model: str) -> tuple[float, float, float]:
    """Seconds to a word on the screen and to the reply on disk, from the start, and the most memory, in MB."""
    drawn = bytearray()
    home, started = home_at(root), time.perf_counter()
    process, terminal = open_chat(model, root, drawn.extend, wait=0.0)
    before = len(names(home))
    until(lambda: SCREEN in drawn, started)
    os.write(terminal, TYPED.encode())
    until(lambda: TYPED.encode() in drawn, started)
    typed = time.perf_counter() - started
    os.write(terminal, b"\r")
    until(lambda: len(names(home)) > before and answered(home) == 1, started)
    replied = time.perf_counter() - started
    peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    os.write(terminal, b"\x11")  # Ctrl+Q
    process.wait(30)
    return typed, replied, int(peak[1]) / 1e3 if peak else 0.0


def until(comes: Callable[[], bool], started: float) -> None:
    """Wait for it, a minute at most."""
    while not comes():
        if time.perf_counter() - started > LONGEST:
            sys.exit("the chat did not answer in a minute")
        time.sleep(0.01)


if __name__ == "__main__":
    main()
