"""A walk through the chat in tmux at three sizes, with the real model: what stood on the terminal after each step.

One home, as a person has one: in a new one it is told something, learns and is asked; then every screen is opened, by a
process of its own at each size. FOLDER/80x24.txt and so on hold each step: what for, what was pressed, the screen. Ends
with exit code 1 where a step does not show what it should.

    python -m examples.walk FOLDER [--sizes 80x24 120x40 200x50]
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from memory.home import user_home

PASTE = "All work and no play makes Jack a dull boy. " * 114
"""5,016 characters."""


@dataclass(frozen=True)
class Step:
    """What for; what must stand there afterwards; keys as tmux names them, or a text that is typed or pasted."""

    purpose: str
    shows: str
    keys: tuple[str, ...] = ()
    types: str = ""
    pastes: str = ""
    within: float = 60.0

    @property
    def pressed(self) -> str:
        return " ".join(self.keys) or self.types or (f"{len(self.pastes)} characters pasted" if self.pastes else "")


TELL = (
    Step("the first start", "Welcome"),
    Step("the model answers", "(base)"),
    Step("tell", "tok/s", types="My name is Wanjiru and I mend radios in Nakuru."),
    Step("tell more", "pending 2", types="We have a cat called Biscuit, and my brother Otieno plays the trumpet."),
    Step("Ctrl-C in a reply stops it, the chat stays", "stopped", types="Tell me all about the sea.", keys=("C-c",)),
    Step("learn, with the consolidation in view", "→", types="/consolidate", keys=("F3",), within=240),
    Step("back in the chat", "train", keys=("Escape",)),
    Step("talk while it learns", "rain", types="What is rain?", keys=("C-c",)),
    Step("learned", "learned: version 1", within=900),
    Step("a new conversation", "whose memory", types="/new"),
)
"""In a new home only."""
EVERYWHERE = (
    Step("the version that answers", "v1"),
    Step("ask in a new conversation", "tok/s", types="What is my cat called?"),
    Step("5,000 characters pasted, not sent", "dull boy", pastes=PASTE),
    Step("and put aside", "Type a message", keys=("C-c",)),
    Step("every key", "config.toml", keys=("F1",)),
    Step("memories", "learned in version 1", keys=("Escape", "F2", "Down", "Down")),
    Step("the last consolidation", "asked, not trained on", keys=("F3",)),
    Step("versions", "version 1", keys=("F4",)),
    Step("conversations", "conversations", keys=("Escape", "F6")),
    Step("commands", "Search", keys=("Escape", "C-p")),
    Step("leave", "left with 0", keys=("Escape", "C-q")),
)


class Terminal:
    """The chat in a tmux server of its own."""

    def __init__(self, size: str, home: Path) -> None:
        self._socket = f"walk-{os.getpid()}-{size}"
        width, height = size.split("x")
        shown = {"SELFPARAM_HOME": str(home), "PYTHONPATH": str(Path.cwd())}
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in shown.items())
        chat = f"{settings} {shlex.quote(sys.executable)} -m tui chat; echo left with $?; sleep 60"
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", width, "-y", height, "sh", "-c", chat)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self._tmux("kill-server")

    def press(self, step: Step) -> None:
        if step.types:
            self._tmux("send-keys", "-l", step.types)
            time.sleep(0.5)
            self._tmux("send-keys", "Enter")
        if step.pastes:
            self._tmux("set-buffer", step.pastes)
            self._tmux("paste-buffer", "-p")
        for key in step.keys:
            time.sleep(1)
            self._tmux("send-keys", key)

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def _tmux(self, *command: str) -> str:
        return subprocess.run(["tmux", "-L", self._socket, *command], check=True, capture_output=True, text=True).stdout


def walk(terminal: Terminal, steps: Iterable[Step], into: Path, home: Path) -> list[str]:
    """Take the steps and write the screen after each, the home's path as HOME; what did not show what it should."""
    failed = []
    with into.open("w", encoding="utf-8") as file:
        for step in steps:
            terminal.press(step)
            end = time.monotonic() + step.within
            while step.shows.casefold() not in terminal.screen().casefold() and time.monotonic() < end:
                time.sleep(0.3)
            time.sleep(0.7)  # the rest of the frame
            screen = terminal.screen().replace(str(home), "HOME")
            if step.shows.casefold() not in screen.casefold():
                failed.append(f"{into.stem}, {step.purpose}: {step.shows!r} did not come")
            print(f"=== {step.purpose}   {step.pressed}\n{screen.rstrip()}\n", file=file, flush=True)
    return failed


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    cli.add_argument("--sizes", nargs="+", default=["80x24", "120x40", "200x50"])
    options = cli.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "cache").symlink_to(user_home().cache)
        for size in options.sizes:
            first = () if (Path(folder) / "data").exists() else TELL
            with Terminal(size, Path(folder)) as terminal:
                failed += walk(terminal, (*first, *EVERYWHERE), options.folder / f"{size}.txt", Path(folder))
    sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
