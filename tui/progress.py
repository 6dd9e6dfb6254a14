"""A consolidation's events as one live line with an ETA."""

from typing import IO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from agent.consolidate import Event, in_words
from agent.text import plain

STAGE_WORDS = {
    "write": "writing the target set", "teach": "asking the teacher", "train": "training",
    "merge": "merging", "gate": "at the gate",
}  # fmt: skip


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

    def __enter__(self) -> "ProgressLine":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def title(self, text: str) -> None:
        self._progress.console.print(plain(text))

    def show(self, event: Event) -> None:
        """Take one event of a consolidation or a demo."""
        if event["event"] == "turn":
            self._progress.console.print(f"  you: {event['user']}")
            self._progress.console.print(f"  agent: {' '.join(event['reply'].split())}", style="dim")
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

    def _stage(self, words: str | None) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(words, total=None) if words else None
