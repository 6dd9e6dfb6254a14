"""The parent's side of a consolidation: start the child, hand on its events, end it cleanly. Knows no terminal."""

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from agent.text import plain
from memory.errors import BusyError, SelfparamError
from memory.home import Home
from memory.locks import owning
from memory.settings import read_settings
from memory.versions import AS_ADAPTER, Weights

_log = logging.getLogger(__name__)

Event = dict[str, Any]
"""What the child reports: {"event": "stage" | "recall" | "progress" | "verdict" | "targets" | "error", …}."""

EXIT_PUBLISHED, EXIT_FAILED, EXIT_NOTHING, EXIT_REFUSED = 0, 1, 3, 4


@dataclass
class Consolidation:
    """A consolidation under way in a child process.

    options: fields of `memory.job.Job` beside the home and the model. Iterating gives its events until it
    ends; `stop` ends it with everything as it was.
    """

    home: Home
    model: str
    options: dict[str, Any] = field(default_factory=dict)
    _child: "subprocess.Popen[str]" = field(init=False)
    _errors: IO[str] = field(init=False)

    def __post_init__(self) -> None:
        job = {"config": str(self.home.config), "data": str(self.home.data), "cache": str(self.home.cache)}
        # not a pipe: one that nobody reads would block the child
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # lives as long as the child
        processes = read_settings(self.home.settings_file).processes
        self._child = subprocess.Popen(
            [*_python(processes), "memory.child", json.dumps({**job, "model": self.model, **self.options})],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True, encoding="utf-8",
            start_new_session=True, env=_surroundings(),
        )  # fmt: skip

    def __iter__(self) -> Iterator[Event]:
        """Events as they come; the last is "verdict" or "error", or "targets" after a dry run."""
        last: Event = {}
        assert self._child.stdout is not None
        for line in self._child.stdout:
            last = json.loads(line)
            _note(last)
            yield last
        code = self._child.wait()
        if last.get("event") not in ("verdict", "error", "targets"):
            self._errors.seek(0)
            lines = self._errors.read().strip().splitlines()
            what = lines[-1] if lines else f"exit code {code}"
            message = f"consolidation ended early ({what}); nothing was changed, run it again"
            _log.error("consolidation ended early, exit code %d", code)
            yield {"event": "error", "message": message, "exit_code": EXIT_FAILED, "kind": "Ended"}

    def stop(self) -> None:
        """End the child now. What it was doing is gone; had it just published, that version stays, whole."""
        if self._child.poll() is not None:
            return
        _kill(self._child.pid)
        self._child.wait()
        with suppress(BusyError), owning(self.home.data, "consolidation", ""):
            Weights(self.home, self.model).discard_staging()


def _surroundings() -> dict[str, str]:
    """The environment of the child: of no team but its own; its threads share two heaps, for with glibc's one each it
    takes .4 GB more (default model)."""
    own = {name: value for name, value in os.environ.items() if name != "WORLD_SIZE"}
    return {"MALLOC_ARENA_MAX": "2"} | own


def _python(processes: int) -> list[str]:
    """The command that runs a module, in several processes if so set: `--multi_gpu` takes the CPU where no GPU is."""
    if processes == 1:
        return [sys.executable, "-m"]
    return [
        sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_machines", "1", "--num_processes",
        str(processes), "--main_process_port", "0", "--mixed_precision", "no", "--dynamo_backend", "no", "--module",
    ]  # fmt: skip


def _kill(number: int) -> None:
    """End a process and those that it started, now."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        child = psutil.Process(number)
        started = child.children(recursive=True)
        for process in (child, *started):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(started)


def run(home: Home, model: str, show: Callable[[Event], None], **options: Any) -> Event:
    """Consolidate and wait; every event goes to `show`, the last one, the verdict, is returned. `options`: of the job.

    Raises:
        SelfparamError: the child reported a failure (with its exit code).
    """
    consolidation = Consolidation(home, model, options)
    last: Event = {}
    try:
        for last in consolidation:
            show(last)
    finally:
        consolidation.stop()
    if last["event"] == "error":
        error = SelfparamError(last["message"])
        error.exit_code = int(last["exit_code"])
        raise error
    return last


def _note(event: Event) -> None:
    """Into the log: how far it came and the gate's figures, nothing of what was said."""
    if event["event"] == "stage":
        _log.info("consolidation: %s", event["stage"])
    elif event["event"] == "verdict":
        figures = {name: event["verdict"][name] for name in ("recall_after", "retention", "false_recall", "drift")}
        learned = f"version {event['version']}" if event["verdict"]["passed"] else "refused"
        _log.info("consolidation: %s, %s, %.0f s", learned, figures, event["seconds"])
    elif event["event"] == "error":
        _log.info("consolidation ended by %s, exit code %d", event["kind"], event["exit_code"])


NAMED = 3
"""Of what a version took to be so no more, as many are named."""


def in_words(event: Event) -> str:
    """A verdict as a person reads it."""
    verdict, asked = event["verdict"], event["verdict"]["asked"]
    hits = sum(answer["hit_after"] for answer in asked)
    before = sum(answer["hit_before"] for answer in asked)
    figures = (
        f"recall of the questions set aside {hits}/{len(asked)} (before {before}/{len(asked)}), "
        f"kept of earlier {verdict['retention']:.2f}, false recall {verdict['false_recall']:.2f}, "
        f"drift {verdict['drift']:.2f} nats per token, on answers {verdict['answer_drift']:.2f}, "
        f"{event['pairs']} pairs, {event['seconds']:.0f} s"
    )
    if verdict["passed"]:
        adapter = ", as base + adapter, for the base is quantised" if event.get("served_as") == AS_ADAPTER else ""
        precision = f", in {verdict['precision']}" if verdict.get("precision", "fp32") != "fp32" else ""
        gone = f"; {no_longer_so(event['overruled'])}" if event.get("overruled") else ""
        return f"learned: version {event['version']} answers now{adapter}{precision}; {figures}{gone}"
    return f"refused by the gate: {verdict['reason']}; nothing was changed, the experiences stay pending; {figures}"


def no_longer_so(overruled: Sequence[str]) -> str:
    """What a version took to be so no more, the first few, and what to do if it is so after all."""
    first = " ".join(map(plain, overruled[:NAMED]))
    more = f" and {len(overruled) - NAMED} more" if len(overruled) > NAMED else ""
    return f"no longer so: {first}{more} (say it again if it is)"
