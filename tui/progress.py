"""A consolidation's events as one live line with an ETA."""

import re
import textwrap
import time
from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from agent.consolidate import Event, in_words
from agent.text import plain

STAGE_WORDS = {
    "write": "writing the target set", "teach": "asking the teacher", "train": "training",
    "merge": "merging", "gate": "at the gate",
}  # fmt: skip

A_KEY = 0.012
"""Seconds between two letters of what a demo types."""
SPARE = 8
"""Columns at the end of a line in which no word of a reply begins."""


class ProgressLine:
    """Shows events on a terminal; on anything else only what a log needs. verdicts: whether to print these too."""

    def __init__(self, stream: IO[str], verdicts: bool = False) -> None:
        self._verdicts = verdicts
        self._console = Console(file=stream, markup=False, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._column = 0

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def title(self, text: str) -> None:
        self._progress.console.print(plain(text))

    def show(self, event: Event) -> None:
        """Take one event of a consolidation or a demo."""
        if event["event"] in ("said", "piece", "replied", "asked"):
            self._talk(event)
        elif event["event"] == "fetch":
            self._progress.console.print(f"  {event['line']}")
        elif event["event"] == "stage":
            self._stage(f"{event['number']}/{event['of']} {STAGE_WORDS[event['stage']]}")
        elif event["event"] == "progress" and self._task is not None:
            self._progress.update(self._task, completed=event["step"], total=event["steps"])
        elif event["event"] == "verdict":
            self._stage(None)
            if self._verdicts:
                self._progress.console.print(f"  {in_words(event)}")

    def _talk(self, event: Event) -> None:
        """A talk as it comes: what the user says is typed, a reply streams in behind it."""
        if event["event"] == "said":
            self._type(f"you: {plain(event['user'])}")
            self._column = 0
            self._stream("  agent: ")
        elif event["event"] == "piece":
            for part in re.findall(r"\s+\S*|\S+", plain(event["text"])):
                self._stream(re.sub(r"\s+", " ", part))
        elif event["event"] == "replied":
            self._console.print()
        else:
            self._type(f"asked afresh: {plain(event['ask'])}")
            self._console.print(
                Padding(f"agent: {' '.join(plain(event['answer']).split())}", (0, 0, 0, 2)), style="bold"
            )

    def _stream(self, part: str) -> None:
        """A word, or what comes of it, in a new line if it would not fit: how long a word gets is not known yet."""
        if part.startswith(" ") and self._column + len(part) > self._console.width - SPARE and self._column:
            part, self._column = f"\n {part}", 0
        self._column += len(part.lstrip("\n"))
        self._console.print(part, end="", style="dim", soft_wrap=True)

    def _type(self, text: str) -> None:
        lines = textwrap.wrap(text, self._console.width, initial_indent="  ", subsequent_indent="  ")
        for letter in "\n".join(lines) + "\n":
            self._console.file.write(letter)
            if self._console.is_terminal:
                self._console.file.flush()
                time.sleep(A_KEY)

    def _stage(self, words: str | None) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(words, total=None) if words else None
        if words:
            self._progress.start()
        else:
            self._progress.stop()
