"""Many clients, one set of weights: requests wait in a queue, one thread answers them in turn.

Before each request the version that serves now is taken, so a new one is swapped in between two of them and none is
lost. Beside it at most one older version is loaded, the one last asked for. Knows nothing of HTTP.
"""

import queue
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent.reply import Sampling, fit, stream
from memory.errors import BusyError, UsageError
from memory.estimate import check_memory
from memory.home import Home
from memory.models import base_folder
from memory.settings import read_settings
from memory.versions import VersionError, Weights
from memory.wheels import Say

if TYPE_CHECKING:
    from memory.language import Engine, Message

WAITING = 32
"""Requests that may wait; one more is turned away."""


@dataclass(frozen=True)
class Asked:
    """One request. version: None for the one that serves; stops: texts at which the answer ends, without them.

    text: what is gone on with as it is, where there are no messages.
    """

    messages: Sequence["Message"]
    sampling: Sampling
    version: int | None = None
    stops: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Done:
    """How an answer ended. cut: by `max_tokens`; prompt, written: tokens; version: whose answer it is."""

    cut: bool
    prompt: int
    written: int
    version: int


@dataclass
class Job:
    """A request that waits or is being answered; `leave` when nobody reads it any more."""

    asked: Asked
    left: threading.Event = field(default_factory=threading.Event)
    _said: "queue.Queue[str | Done | BaseException]" = field(default_factory=queue.Queue)

    def put(self, said: "str | Done | BaseException") -> None:
        self._said.put(said)

    def next(self, seconds: float) -> str | Done | None:
        """The next piece, or how it ended; None if nothing came for so long.

        Raises:
            SelfparamError: it could not be answered.
        """
        try:
            said = self._said.get(timeout=seconds)
        except queue.Empty:
            return None
        if isinstance(said, BaseException):
            raise said
        return said

    def leave(self) -> None:
        """End the computation at its next token, or before it begins."""
        self.left.set()


class Serving:
    """The weights of one home, and the thread that answers with them."""

    def __init__(self, home: Home, model: str, waiting: int = WAITING) -> None:
        self._home, self._model = home, model
        self._weights = Weights(home, model)
        self._jobs: queue.Queue[Job | None] = queue.Queue(waiting)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._base = Path()
        self._current: Engine | None = None
        self._older: tuple[int, Engine] | None = None
        self._now: Job | None = None
        self.version = 0
        """Of the weights loaded."""

    def start(self, say: Say = lambda line: None) -> None:
        """Fetch (first use) and load the weights that serve, and begin to answer.

        Raises:
            ModelError: the model cannot be had or is damaged.
        """
        self._base = base_folder(self._model, self._home, say)
        self._engine(None)
        self._thread.start()

    def stop(self) -> None:
        """Stop what is being answered, and answer no more."""
        if self._now:
            self._now.leave()
        while not self._jobs.empty():
            self._jobs.get_nowait()
        self._jobs.put(None)
        self._thread.join()

    @property
    def waiting(self) -> int:
        return self._jobs.qsize()

    def names(self) -> frozenset[str]:
        """Whom the weights that serve know by name."""
        return self._weights.get(self.version).names if self.version else frozenset()

    def versions(self) -> list[int]:
        """The base, 0, and every version there is."""
        return [0, *(version.number for version in self._weights.all())]

    def ask(self, asked: Asked) -> Job:
        """Put a request into the queue.

        Raises:
            BusyError: it is full.
            UsageError: there is no such version.
        """
        if asked.version:
            self._weights.get(asked.version)
        job = Job(asked)
        try:
            self._jobs.put_nowait(job)
        except queue.Full as error:
            raise BusyError(f"{self._jobs.maxsize} requests are waiting: try again in a few seconds") from error
        return job

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.left.is_set():
                continue
            self._now = job
            try:
                for said in self._answered(job):
                    job.put(said)
            except BaseException as error:  # raised where it is read; the next request has nothing to do with it
                job.put(error)

    def _answered(self, job: Job) -> Iterator[str | Done]:
        version, engine = self._engine(job.asked.version)
        asked = job.asked
        prompt = fit(engine, asked.messages, asked.sampling) if asked.messages else _plain(engine, asked.text)
        most = min(job.asked.sampling.max_tokens, engine.context_window - len(prompt))
        sampling = replace(job.asked.sampling, max_tokens=most)
        tokens: list[None] = []
        pieces = stream(engine, prompt, sampling, job.left, lambda: tokens.append(None))
        try:
            stopped = yield from until(pieces, job.asked.stops)
        finally:
            pieces.close()
        yield Done(not stopped and len(tokens) >= sampling.max_tokens, len(prompt), len(tokens), version)

    def _engine(self, version: int | None) -> tuple[int, "Engine"]:
        if self._current is None or self._stale():
            self._current = None  # give the memory back before the next weights come
            self.version, folder, _ = self._weights.to_serve(self._base)
            self._current = self._open(self.version, folder)
        if version is None or version == self.version:
            return self.version, self._current
        if self._older is None or self._older[0] != version:
            self._older = None
            self._older = version, self._open(version, self._weights.folder_to_load(version, self._base))
        return self._older

    def _stale(self) -> bool:
        try:
            return self._weights.current() != self.version
        except VersionError:  # loading finds one that can serve
            return True

    def _open(self, version: int, folder: Path) -> "Engine":
        from memory.engine import serve_version

        settings = read_settings(self._home.settings_file)
        check_memory(self._base, settings.memory)
        return serve_version(version, folder, self._model, self._home, settings.engine)


def _plain(engine: "Engine", text: str) -> list[int]:
    """A text's tokens, without the chat template; of none the one that ends a turn.

    Raises:
        UsageError: it leaves no room for an answer.
    """
    ids = engine.encode(text) or [engine.end_of_turn]
    most = engine.context_window - 1
    if len(ids) > most:
        raise UsageError(f"the prompt is {len(ids)} tokens, the model reads {most}: send less of it")
    return ids


def until(pieces: Iterable[str], stops: Sequence[str]) -> Generator[str, None, bool]:
    """The pieces up to the first stop, which may lie across several of them; whether there was one."""
    held = ""
    for piece in pieces:
        held += piece
        if found := [held.index(stop) for stop in stops if stop in held]:
            yield held[: min(found)]
            return True
        begun = max((n for stop in stops for n in range(1, len(stop)) if held.endswith(stop[:n])), default=0)
        yield held[: len(held) - begun]
        held = held[len(held) - begun :]
    yield held
    return False
