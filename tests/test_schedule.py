"""The clock: one owner, a due time that follows the last version, errors told."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.schedule import Scheduler
from memory.home import Home
from memory.versions import MERGED, Weights


def published(home: Home, model: str, created: datetime) -> None:
    weights = Weights(home, model)
    staged = weights.staging()
    (staged / MERGED).mkdir()
    manifest = {"created": created.isoformat(timespec="seconds"), "experiences": [], "gate": {}}
    weights.publish(staged, weights.current(), manifest)


def scheduler(home: Home, minutes: int = 60, work: object = None, told: list[str] | None = None) -> Scheduler:
    tell = told.append if told is not None else lambda line: None
    return Scheduler(home, "some-model", minutes, work or (lambda: None), tell)  # type: ignore[arg-type]


def test_due_an_interval_after_the_last_version(home: Home) -> None:
    """The due time survives a restart because it is recomputed from the last version; a missed one is due soon."""
    now = datetime.now(UTC)
    for ago, expected in ((10, 50), (300, 1)):
        published(home, "some-model", now - timedelta(minutes=ago))
        clock = scheduler(home)
        assert clock.start()
        due = clock.due()
        clock.stop()
        assert due
        assert abs((due - now).total_seconds() / 60 - expected) < 0.2


def test_one_owner(home: Home) -> None:
    """A second clock on the same home does not start, and says so; when the first stops it may."""
    told: list[str] = []
    first, second = scheduler(home), scheduler(home, told=told)
    assert first.start()
    assert not second.start()
    assert second.due() is None
    assert told == ["another process keeps the schedule"]
    first.stop()
    assert second.start()
    second.stop()


def test_off(home: Path) -> None:
    """Zero minutes: never by itself."""
    assert not scheduler(home, minutes=0).start()  # type: ignore[arg-type]


def test_runs_and_tells_errors(home: Home) -> None:
    """What is due runs, and what goes wrong in it is told, not only logged."""
    ran, told, heard = threading.Event(), [], threading.Event()

    def work() -> None:
        ran.set()
        raise OSError("disk on fire")

    def tell(line: str) -> None:
        told.append(line)
        heard.set()

    clock = Scheduler(home, "some-model", 60, work, tell)
    clock.start()
    clock._scheduler.modify_job("consolidate", next_run_time=datetime.now(UTC))  # type: ignore[attr-defined]
    assert ran.wait(5)
    assert heard.wait(5)
    clock.stop()
    assert "disk on fire" in told[0]


def test_a_long_run_is_told_once(home: Home) -> None:
    """What comes due again and again beside a long consolidation is said once, and again after the next one."""
    told: list[str] = []
    clock = scheduler(home, told=told)
    for _ in range(3):
        clock._skipped()
    assert len(told) == 1
    clock._ran()
    clock._skipped()
    assert len(told) == 2
