"""A chat in a terminal of its own, typed to as fast as it takes messages: what is lost, and what memory does.

The real program with a tiny model that answers in a few letters. Prints a markdown table: after so many messages, those
on disk with their reply, messages per second, resident memory of the chat.

usage: python examples/benchmarks/load.py [--turns 10000]
"""

import argparse
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tiny import tiny_llama

from memory.conversations import SEGMENT, names, segments, user_turns
from memory.home import Home

AHEAD = 20
"""Messages typed before the oldest of them is answered."""


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--turns", type=int, default=10_000)
    options = cli.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        home = Home(root / "config", root / "data", root / "cache")
        chat, terminal = open_chat(str(tiny_llama(root / "model", brief=True, window=256)), root)
        print("| messages | on disk | messages/s | memory of the chat, MB |\n|---|---|---|---|")
        started = time.monotonic()
        marks = {options.turns * tenth // 10 for tenth in range(1, 11)}
        for number in range(1, options.turns + 1):
            os.write(terminal, f"I keep {number} goats.\r".encode())
            while number - answered(home) > AHEAD:
                time.sleep(0.02)
                if chat.poll() is not None:
                    sys.exit(f"the chat ended with {chat.returncode} after {number} messages")
            if number in marks:
                while answered(home) < number:
                    time.sleep(0.05)
                speed = number / (time.monotonic() - started)
                print(f"| {number:,} | {answered(home):,} | {speed:.1f} | {resident(chat.pid):.0f} |", flush=True)
        os.write(terminal, b"\x11")  # Ctrl+Q
        code = chat.wait(30)
        texts = [turn.text for turn in user_turns(home)]
        lost = {f"I keep {number} goats." for number in range(1, options.turns + 1)} - {*texts}
        in_order = texts == sorted(texts, key=lambda text: int(text.split()[2]))
        print(f"\nlost {len(lost)}, in order {in_order}, exit code {code}")


def open_chat(
    model: str, root: Path, drawn: Callable[[bytes], object] = len, wait: float = 3
) -> tuple["subprocess.Popen[bytes]", int]:
    """The chat on a terminal of 80 by 24, `wait` seconds old; `drawn` is given what it writes there, in a thread."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    chat = subprocess.Popen(
        [sys.executable, "-m", "tui", "chat", "--model", model], stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True, env={**os.environ, "SELFPARAM_HOME": str(root), "TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(theirs)

    def read() -> None:
        try:
            while written := os.read(ours, 65536):
                drawn(written)
        except OSError:  # the chat has gone
            pass

    threading.Thread(target=read, daemon=True).start()
    time.sleep(wait)
    return chat, ours


def answered(home: Home) -> int:
    """Messages of the user that have a reply on disk; looks at the last file only."""
    talks = names(home)
    if not talks:
        return 0
    files = segments(home.conversations / talks[-1])
    turns = json.loads(files[-1].read_text(encoding="utf-8"))["turns"]
    return ((len(files) - 1) * SEGMENT + len(turns)) // 2


def resident(pid: int) -> float:
    """Resident memory, MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
