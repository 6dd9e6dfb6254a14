"""Many users' homes consolidated by Ray (the extra `fleet`), a task a home. Knows nothing of what is learned in one.

A home and the cache of models are folders that every node sees by the same name. The consolidation of a node that died
has published a version or has changed nothing; the task is tried again elsewhere and finds the home whole either way.
"""

import os
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from agent.consolidate import EXIT_NOTHING, run
from agent.journal import open_journal
from memory.errors import BusyError, SelfparamError, UsageError
from memory.home import Home, home_at
from memory.locks import owning
from memory.models import base_folder, check_name
from memory.parser import fetch_readers
from memory.pending import nothing_pending, pending
from memory.schema import bring_up_to_date
from memory.settings import read_settings
from memory.versions import Weights
from memory.wheels import Say

PATIENCE = 60
"""Seconds that a task tried again waits for the lock of its forerunner, whose node may not be quite dead."""
_ANSWERS = 5
"""Seconds in which a cluster must answer; Ray itself would try for minutes."""


@dataclass(frozen=True)
class Work:
    """What is the same for every home: the model (None: of the home's settings) and the folder the models are in."""

    model: str | None
    cache: Path

    def home(self, root: str) -> Home:
        """The home in a folder.

        Raises:
            UsageError: there is none.
        """
        home = home_at(Path(root))
        if not _is_folder(home.data):
            raise UsageError(
                f"{root} is no home: name a folder that SELFPARAM_HOME was set to, and that this node sees"
            )
        return Home(home.config, home.data, self.cache)

    def model_of(self, home: Home) -> str:
        """The model that learns in a home.

        Raises:
            ModelError: there is no such model.
        """
        name = self.model or read_settings(home.settings_file).model
        check_name(name)
        return name


@dataclass(frozen=True)
class Needs:
    """What a task takes of its node, and how often it is tried again when that dies."""

    cpus: int = 2
    gpus: float = 0.0
    retries: int = 3


@dataclass(frozen=True)
class Outcome:
    """What became of a home.

    state: "learned", "refused" by the gate, "nothing pending" or "failed". version: the one that answers now. recall:
    of the questions set aside. tries: more than one if a node died. words: why it was not learned.
    """

    home: str
    state: str
    words: str
    version: int | None = None
    recall: float | None = None
    seconds: float = 0.0
    node: str = ""
    tries: int = 1


def consolidate_all(
    roots: Sequence[str], work: Work, needs: Needs, address: str | None = None, say: Say = lambda line: None
) -> Iterator[Outcome]:
    """Consolidate every home on the cluster at `address` (default: one on this machine); outcomes as they come.

    Raises:
        UsageError: no folder is a home with a model that can be had, or no node has what a task needs.
        SelfparamError: there is no cluster at the address.
    """
    good, bad = _looked_at(dict.fromkeys(str(Path(root).expanduser().absolute()) for root in roots), work, say)
    if not good:
        raise next(iter(bad.values()))
    wanted = {read_settings(work.home(root).settings_file).recipe.hearing for root in good}
    with _cluster(address):
        _check_room(needs)
        fetch_readers(Home(Path(), Path(), work.cache), say, "parser" if "parser" in wanted else "rules")
        yield from (Outcome(root, "failed", str(error)) for root, error in bad.items())
        yield from _all_done(good, work, needs)


def _looked_at(roots: Iterable[str], work: Work, say: Say) -> tuple[list[str], dict[str, SelfparamError]]:
    """The homes that can learn, their models on this machine, and why the others cannot."""
    good, bad = [], {}
    for root in roots:
        try:
            base_folder(work.model_of(work.home(root)), Home(Path(), Path(), work.cache), say)
            good.append(root)
        except SelfparamError as error:
            bad[root] = error
    return good, bad


def _is_folder(path: Path) -> bool:
    """Whether it is one that this user may look into."""
    return os.access(path, os.R_OK | os.X_OK) and path.is_dir()


def _all_done(roots: Sequence[str], work: Work, needs: Needs) -> Iterator[Outcome]:
    import ray
    from ray.exceptions import RayError, RayTaskError

    task = ray.remote(num_cpus=needs.cpus, num_gpus=needs.gpus, max_retries=0)(learn)
    running = {task.remote(root, work, 1): (root, 1) for root in roots}
    while running:
        (done, *_), _ = ray.wait([*running])
        root, tries = running.pop(done)
        try:
            yield ray.get(done)
        except RayTaskError as error:  # a bug, or a node without this program: the other homes go on
            yield Outcome(root, "failed", f"{error.cause!r} on its node", tries=tries)
        except RayError:
            if tries <= needs.retries:
                running[task.remote(root, work, tries + 1)] = (root, tries + 1)
            else:
                words = "its node died each time; what was pending still is, run it again"
                yield Outcome(root, "failed", words, tries=tries)


def learn(root: str, work: Work, tries: int) -> Outcome:
    """The task: consolidate what is pending in a home, on the node that this runs on."""
    started, version, recall = time.monotonic(), None, None
    try:
        home = work.home(root)
        model = work.model_of(home)
        open_journal(home)
        bring_up_to_date(home)
        if read_settings(home.settings_file).review == "always":
            raise UsageError(
                "review = always: nothing is learned unseen; run `selfparam-agent consolidate` in a terminal"
            )
        if tries > 1:
            _await_forerunner(home)
        version = Weights(home, model).current()
        if not pending(home, model):
            raise nothing_pending(home, model)
        verdict = run(home, model, lambda event: None)
        version, recall = Weights(home, model).current(), verdict["verdict"]["recall_after"]
        state, words = ("learned", "") if verdict["version"] else ("refused", verdict["verdict"]["reason"])
    except SelfparamError as error:
        state = "nothing pending" if error.exit_code == EXIT_NOTHING else "failed"
        words = str(error)
    seconds = round(time.monotonic() - started, 1)
    return Outcome(root, state, words, version, recall, seconds, socket.gethostname(), tries)


def _await_forerunner(home: Home) -> None:
    """Until the home's lock is free, or PATIENCE is at its end: then the consolidation says that it is not."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(BusyError), owning(home.data, "consolidation", ""):
            return
        time.sleep(0.5)


@contextmanager
def _cluster(address: str | None) -> Iterator[None]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # else Ray tells its makers of each start
    import ray

    if address not in (None, "auto"):
        _check_answers(str(address))
    try:
        ray.init(address, include_dashboard=None if address else False, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise SelfparamError(f"no cluster ({reason}): `ray start --head` makes one, its nodes know `auto`") from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_answers(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or "/" in host or not port.isdigit():
        raise UsageError(f"--address is HOST:PORT of the cluster's head, or auto, not {address!r}")
    try:
        socket.create_connection((host, int(port)), _ANSWERS).close()
    except (OSError, OverflowError) as error:
        raise SelfparamError(f"nothing answers at {address} ({error}): is the cluster's head up?") from error


def _check_room(needs: Needs) -> None:
    import ray

    there = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    if not any(node.get("CPU", 0) >= needs.cpus and node.get("GPU", 0) >= needs.gpus for node in there):
        raise UsageError(f"no node has {needs.cpus:g} cores and {needs.gpus:g} GPUs: ask for less with --cpus, --gpus")
