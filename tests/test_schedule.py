"""Learning by itself: what makes it run, what it waits for, one owner, and a due time that survives everything."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.consolidate import Event
from agent.due import Machine, hindrance, next_due
from agent.schedule import Scheduler
from memory.conversations import Conversation
from memory.home import Home
from memory.pending import pending
from memory.settings import Schedule
from memory.storage import write_text
from memory.versions import MERGED, TARGETS, Weights
from tests.scripted import FIGURES, VERDICT

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
IDLE = Machine(on_battery=False, load=0.1)


def published(home: Home, model: str, created: datetime, experiences: Sequence[str] = ()) -> None:
    weights = Weights(home, model)
    staged = weights.staging()
    (staged / MERGED).mkdir()
    (staged / TARGETS).write_text("pairs: []")
    manifest = {"created": created.isoformat(timespec="seconds"), "experiences": [*experiences], "gate": {}}
    weights.publish(staged, weights.current(), manifest)


class Bench:
    """A scheduler with a clock and a machine that the test turns; `runs` and `told` are what came of it."""

    def __init__(self, home: Home, schedule: Schedule, outcome: Event | None = None) -> None:
        self.home, self.now, self.machine = home, START, IDLE
        self.runs, self.told = list[datetime](), list[str]()
        self._settings, self._outcome = schedule, outcome
        self.clock = self.opened()

    def opened(self) -> Scheduler:
        return Scheduler(
            self.home, "some-model", self._settings, self._run, self.told.append,
            now=lambda: self.now, machine=lambda: self.machine,
        )  # fmt: skip

    def restart(self) -> None:
        self.clock.stop()
        self.clock = self.opened()
        assert self.clock.start()

    def after(self, **passed: float) -> int:
        """Let so much time pass, look, and count the runs so far."""
        self.now += timedelta(**passed)
        self.clock.look()
        return len(self.runs)

    def _run(self) -> Event | None:
        self.runs.append(self.now)
        return self._outcome


def bench(home: Home, outcome: Event | None = None, told: int = 1, **settings: object) -> Bench:
    """A started bench with `told` things pending."""
    say(home, told)
    made = Bench(home, Schedule(**settings), outcome)  # type: ignore[arg-type]
    assert made.clock.start()
    return made


def say(home: Home, times: int = 1) -> None:
    conversation = Conversation(home.conversations)
    for number in range(times):
        conversation.add("user", f"I own {number + 2} red bicycles.", 0)


def test_every_n_minutes(home: Home) -> None:
    """It runs once when the interval is over, and again an interval later, if something is pending."""
    made = bench(home, minutes=60)
    assert [made.after(minutes=59), made.after(minutes=2), made.after(minutes=58), made.after(minutes=3)] == [
        0,
        1,
        1,
        2,
    ]
    assert made.clock.due() == made.now + timedelta(minutes=60)


def test_nothing_pending_nothing_run(home: Home) -> None:
    """A due time with nothing pending passes in silence."""
    made = bench(home, told=0, minutes=60)
    assert made.after(days=3) == 0
    assert made.clock.due() == made.now + timedelta(minutes=60)
    assert made.told == []


def test_what_was_rolled_back_is_not_learned_unasked(home: Home) -> None:
    """Pending again, it waits for something new to be said, and is learned with that."""
    made = bench(home, told=2, minutes=60)
    waiting = [experience.id for experience in pending(home, "some-model")]
    published(home, "some-model", START, waiting)
    Weights(home, "some-model").rollback()
    assert len(pending(home, "some-model")) == 2
    assert made.after(minutes=61) == 0
    say(home)
    assert made.after(minutes=61) == 1


def test_what_a_damaged_version_had_learned_is_learned_again(home: Home) -> None:
    """Nobody took that back: it is pending, and its time comes."""
    made = bench(home, told=2, minutes=60)
    waiting = [experience.id for experience in pending(home, "some-model")]
    published(home, "some-model", START, waiting)
    weights = Weights(home, "some-model")
    (weights.get(1).folder / TARGETS).write_text("torn")
    assert weights.fall_back() == 0
    assert made.after(minutes=61) == 1


@pytest.mark.parametrize("kept", [b"\xff\xfe", b'{"since": null, "ran": null, "taken": []}'])
def test_a_record_that_is_no_text(home: Home, kept: bytes) -> None:
    """It starts afresh, as without one."""
    (home.data / "schedule.json").parent.mkdir(parents=True, exist_ok=True)
    (home.data / "schedule.json").write_bytes(kept)
    made = bench(home, minutes=60)
    assert made.after(minutes=61) == 1


def test_cron_counts_in_local_time_and_not_twice(home: Home) -> None:
    """Twenty past every hour of the morning; a look at the very instant runs it once."""
    due = next_due(Schedule(cron="20 8-11 * * mon-fri"), START)
    assert due is not None
    local = due.astimezone()
    assert (local.minute, local.hour in range(8, 12), due > START) == (20, True, True)
    made = bench(home, cron="*/30 * * * *")
    assert [made.after(minutes=30), made.after(seconds=1), made.after(minutes=30)] == [1, 1, 2]


def test_after_so_many_new_experiences(home: Home) -> None:
    """The third new one starts it; refused, the same three do not start it again, three more do."""
    refused = {"event": "verdict", "verdict": {**VERDICT, "passed": False}, **FIGURES}
    made = bench(home, refused, told=2, minutes=0, experiences=3)
    assert made.clock.due() is None
    assert made.after(seconds=20) == 0
    say(home)
    assert [made.after(seconds=20), made.after(seconds=20)] == [1, 1]
    made.restart()
    say(home, 2)
    assert made.after(seconds=20) == 1
    say(home)
    assert made.after(seconds=20) == 2


def test_after_idle_minutes(home: Home) -> None:
    """Ten quiet minutes with something new start it, once; talk in between starts the count again."""
    made = bench(home, minutes=0, idle_minutes=10)
    assert [made.after(seconds=20), made.after(minutes=9)] == [0, 0]
    say(home)
    assert [made.after(minutes=2), made.after(minutes=9), made.after(minutes=2), made.after(days=1)] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("machine", "settings", "why"),
    [
        (Machine(True, 0.1), {}, "the machine is on battery"),
        (Machine(True, 0.1), {"on_battery": True}, ""),
        (Machine(False, 1.6), {}, "the machine is busy"),
        (Machine(False, 1.6), {"busy": 2.0}, ""),
        (Machine(False, 99.0), {"busy": 0.0}, ""),
    ],
)
def test_it_waits_for_the_machine(home: Home, machine: Machine, settings: dict[str, object], why: str) -> None:
    """What is due waits while the machine is on battery or busy, says so once, and runs as soon as it is not."""
    made = bench(home, minutes=60, **settings)
    made.machine = machine
    assert [made.after(minutes=61), made.after(minutes=61)] == [0 if why else 1, 0 if why else 2]
    assert made.told == ([f"learning is due and waits: {why}"] if why else [])
    made.machine = IDLE
    assert made.after(minutes=1) == (1 if why else 2)


@pytest.mark.parametrize(
    ("quiet", "loud", "silent"),
    [
        ("22:00-07:00", ("21:59", "07:00", "12:00"), ("22:00", "23:59", "00:00", "06:59")),
        ("09:00-17:30", ("08:59", "17:30", "00:00"), ("09:00", "17:29")),
    ],
)
def test_quiet_hours(quiet: str, loud: tuple[str, ...], silent: tuple[str, ...]) -> None:
    """Within quiet hours it waits, across midnight too; local time counts, the end is outside."""
    for at in loud + silent:
        now = datetime.strptime(f"2026-03-02 {at}", "%Y-%m-%d %H:%M").astimezone()
        why = f"it is quiet until {quiet.split('-')[1]}" if at in silent else ""
        assert hindrance(Schedule(quiet=quiet), now.astimezone(UTC), IDLE) == why, at


def test_due_an_interval_after_the_last_version(home: Home) -> None:
    """A home without a record of the schedule counts from its last version."""
    published(home, "some-model", START - timedelta(minutes=10))
    assert bench(home, minutes=60).clock.due() == START + timedelta(minutes=50)


def test_the_due_time_survives_a_restart(home: Home) -> None:
    """Opened again and again it is due when it was; closed for two days it is made up for once, and said so."""
    made = bench(home, minutes=60)
    for _ in range(3):
        made.now += timedelta(minutes=15)
        made.restart()
        assert made.clock.due() == START + timedelta(minutes=60)
    made.now += timedelta(days=2)
    made.restart()
    assert [made.after(), made.after(seconds=20)] == [1, 1]
    assert len(made.told) == 1
    assert "and missed (closed or asleep): it is made up for once" in made.told[0]


def test_a_damaged_record_starts_afresh(home: Home) -> None:
    """A record that cannot be read costs an interval, nothing else."""
    made = bench(home, minutes=60)
    naive = '{"since": "9999-03-02T12:00:00", "taken": [], "ran": null}'
    for damage in (
        "",
        "{",
        "[]",
        '{"since": 3}',
        '{"since": "2026-03-02T12:00:00+00:00", "taken": [], "more": 1}',
        naive,
    ):
        (home.data / "schedule.json").write_text(damage)
        made.restart()
        assert made.clock.due() == made.now + timedelta(minutes=60)


@pytest.mark.parametrize("settings", [{"minutes": 60}, {"cron": "0 * * * *"}])
@pytest.mark.parametrize("days", [-400, -1, 1, 400])
def test_a_clock_that_jumps(home: Home, settings: dict[str, object], days: int) -> None:
    """However far the clock is set and set right again, it runs about once an hour: neither in a loop nor never."""
    made = bench(home, **settings)
    for jump in (timedelta(days=days), timedelta(days=-days)):
        made.now += jump
        before = len(made.runs)
        for _ in range(6 * 60):
            made.after(seconds=20)
        assert 1 <= len(made.runs) - before <= 3


def test_the_outcome_is_kept(home: Home) -> None:
    """What came of the last run outlives the process."""
    failed = {"event": "error", "message": "the disk is full"}
    made = bench(home, failed, minutes=60)
    made.after(minutes=61)
    assert '"outcome": "failed: the disk is full"' in (home.data / "schedule.json").read_text()


def test_a_draft_is_no_outcome(home: Home) -> None:
    """A target set written for review ends no run: nothing is kept of it."""
    made = bench(home)
    made.clock.ended({"event": "targets", "targets": "", "experiences": []})
    assert '"outcome": ""' in (home.data / "schedule.json").read_text()


def test_one_owner(home: Home) -> None:
    """A second clock on the same home does not start, and says so; when the first stops it may."""
    first, second = Bench(home, Schedule()), Bench(home, Schedule())
    assert first.clock.start()
    assert not second.clock.start()
    assert second.clock.due() is None
    assert second.told == ["another process keeps the schedule"]
    first.clock.stop()
    assert second.clock.start()


def test_off(home: Home) -> None:
    """Without a trigger: never by itself."""
    assert not Bench(home, Schedule(minutes=0)).clock.start()


def test_a_watcher_takes_over_and_errors_are_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the owner ends, the other becomes it; a home that cannot be read is told once, and looked at again."""
    monkeypatch.setattr("agent.schedule.AT_REST", 0.01)
    monkeypatch.setattr("agent.schedule.LOOK_EVERY", 0.01)
    say(home)
    first, second = Bench(home, Schedule()), Bench(home, Schedule())
    first.clock.start()
    ran = threading.Event()
    watcher = Scheduler(home, "some-model", Schedule(), lambda: ran.set(), second.told.append,
                        now=lambda: second.now, machine=lambda: IDLE)  # fmt: skip
    assert not watcher.start()
    keeper = threading.Thread(target=watcher.keep, daemon=True)
    keeper.start()
    [segment] = home.conversations.glob("*/0001.json")
    good = segment.read_text()
    write_text(segment, "{")  # at once: half a file is another fault, told in other words
    first.clock.stop()
    second.now += timedelta(minutes=61)
    assert not ran.wait(0.2)
    write_text(segment, good)
    assert ran.wait(5)
    watcher.stop()
    keeper.join(5)
    assert not keeper.is_alive()
    assert sum("cannot be read" in line for line in second.told) == 1


@pytest.mark.parametrize("field", ["minutes", "cron", "experiences", "idle_minutes"])
def test_any_trigger_turns_it_on(field: str) -> None:
    """One trigger is enough."""
    value = "0 3 * * *" if field == "cron" else 3
    assert replace(Schedule(minutes=0), **{field: value}).on  # type: ignore[arg-type]
