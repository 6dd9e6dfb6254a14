"""A session that streams a script instead of a model's words, a consolidation that trains nothing, a user's eyes."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from textual import events
from textual.pilot import Pilot

from agent.consolidate import Consolidation, Event
from agent.reply import Sampling
from agent.session import Session
from memory.conversations import Conversation, names
from memory.errors import ModelError
from memory.home import Home
from memory.settings import Schedule, Settings
from memory.targets import Pair, TargetSet
from memory.versions import MERGED, TARGETS, Weights
from memory.wheels import Say
from tui.app import ChatApp
from tui.log import Entry

SIZES = [(80, 24), (200, 50)]
FIGURES = {"version": None, "pairs": 9, "seconds": 1.0}
VERDICT: dict[str, Any] = {
    "passed": True, "reason": "passed", "recall_before": 0.0, "recall_after": 0.5, "false_recall": 0.05,
    "drift": 0.123, "answer_drift": 0.09, "retention": 1.0,
    "asked": [
        {"question": "What does Zoe play?", "reference": "Zoe plays the cello.", "experience": "",
         "before": "I do not know.", "after": "Zoe plays the cello.", "hit_before": False, "hit_after": True},
        {"question": "Who is Zoe?", "reference": "Zoe is your daughter.", "experience": "",
         "before": "I do not know.", "after": "A town.", "hit_before": False, "hit_after": False},
    ],
}  # fmt: skip


class ScriptedSession(Session):
    """A session on a real home that answers from a script; `go` lets a held reply, `loaded` a held load, go on."""

    def __init__(self, home: Home, reply: str = "Nice to meet you.", temporary: bool = False) -> None:
        super().__init__(home, "scripted", Conversation(None if temporary else home.conversations))
        self.reply = reply
        self.hold_after: int | None = None
        self.go, self.loaded = threading.Event(), threading.Event()
        self.loaded.set()
        self.failure: Exception | None = None
        self.was_stopped = False
        self._open = False

    @property
    def ready(self) -> bool:
        return self._open

    def open(self, say: Say = lambda line: None) -> None:
        self.loaded.wait(10)
        if isinstance(self.failure, ModelError):
            raise self.failure
        self._load()

    def _load(self) -> None:
        self._open, self.version = True, self._weights.current()

    def _prompt(self, at: int, text: str, sampling: Sampling, begun: str = "") -> list[int]:
        if self.failure:
            raise self.failure
        return []

    def _write(
        self, at: int, prompt: list[int], sampling: Sampling, stop: threading.Event, begun: str = ""
    ) -> Iterator[str]:
        for number, word in enumerate(self.reply.split(" ")):
            if number == self.hold_after:
                while not (self.go.is_set() or stop.is_set()):
                    time.sleep(0.005)
                if stop.is_set():
                    self.was_stopped = True
                    yield "LATE"
                    return
            yield word if not number else f" {word}"
        self.tokens_per_second = 12.5
        self.context_used = 0.07
        self._answered(at, begun + self.reply)


class ScriptedConsolidation(Consolidation):
    """Trains three steps, waits for `go`, and publishes what is pending, or ends with `last`."""

    last: Event | None = None

    def __post_init__(self) -> None:
        self.go, self.stopped = threading.Event(), False

    def __iter__(self) -> Iterator[Event]:
        yield {"event": "stage", "stage": "train", "number": 3, "of": 5}
        yield {"event": "recall", "hits": 0, "asked": 2}
        for step in (1, 2, 3):
            yield {"event": "progress", "step": step, "steps": 90, "loss": 3.0 / step}
        yield {"event": "recall", "hits": 1, "asked": 2}
        self.go.wait(10)
        if not self.stopped:
            yield self.last or {
                "event": "verdict", "verdict": VERDICT, "pairs": 9, "seconds": 1.0, "version": publish(self.home),
            }  # fmt: skip

    def stop(self) -> None:
        self.stopped = True
        self.go.set()


class Consolidations:
    """Starts scripted consolidations and remembers them."""

    def __init__(self, last: Event | None = None) -> None:
        self.last, self.started = last, list[ScriptedConsolidation]()

    def __call__(self, home: Home, model: str, options: dict[str, Any]) -> Consolidation:
        self.started.append(ScriptedConsolidation(home, model, options))
        self.started[-1].last = self.last
        return self.started[-1]


def publish(home: Home) -> int:
    """A version that learned the first message of every conversation, as `VERDICT` says."""
    weights = Weights(home, "scripted")
    staged = weights.staging()
    (staged / MERGED).mkdir()
    (staged / MERGED / "weights").write_text("w")
    ids = [f"{name}/1" for name in names(home)]
    asked = [{**answered, "experience": ids[0] if ids else ""} for answered in VERDICT["asked"]]
    pairs = tuple(Pair(a["question"], a["reference"], "fact", a["experience"]) for a in asked)
    TargetSet(pairs, (), ()).save(staged / TARGETS)
    manifest = {"created": "2026-03-01T12:00:00+00:00", "experiences": ids, "gate": {**VERDICT, "asked": asked},
                "pairs": len(pairs), "seconds": 120.0, "recipe": {"seed": 0}}  # fmt: skip
    return weights.publish(staged, weights.current(), manifest).number


QUIET = Settings(schedule=Schedule(minutes=0))


def screen_text(app: ChatApp) -> str:
    """What stands on the screen."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def entries(app: ChatApp) -> list[tuple[str, str]]:
    """(label, text) of the messages in the log, from the top."""
    return [(entry.label, entry.body) for entry in app.query(Entry)]


async def until(pilot: Pilot[None], truth: Callable[[], object]) -> None:
    for _ in range(250):
        if truth():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"did not come true; the screen:\n{screen_text(pilot.app)}")  # type: ignore[arg-type]


async def sees(pilot: Pilot[None], *texts: str) -> None:
    """Wait until all of the texts stand on the screen, wherever their lines break."""

    def seen() -> bool:
        screen = " ".join(screen_text(pilot.app).split())  # type: ignore[arg-type]
        return all(text in screen for text in texts)

    await until(pilot, seen)


async def send(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()
