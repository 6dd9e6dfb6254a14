"""What `schedule status` says, and that the unit that comes with it is one."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.due import Machine
from agent.outlook import in_words, look_ahead
from memory.home import Home
from memory.pending import pending
from memory.settings import Schedule
from memory.versions import Weights
from tests.scripted import VERDICT, publish
from tests.test_cli import ROOT, run
from tests.test_schedule import IDLE, START, Bench, bench, published, say


def lines(made: Bench, schedule: Schedule, machine: Machine = IDLE) -> list[str]:
    return in_words(look_ahead(made.home, "some-model", schedule, made.now, machine), schedule)


def test_it_says_when_under_which_conditions_and_who(home: Home) -> None:
    """Due time and what is pending, conditions, quiet hours, last run, owner, each in a line."""
    schedule = Schedule(quiet="22:00-07:00")
    made = bench(home, told=3)
    made.now += timedelta(minutes=35)
    said = lines(made, Schedule())
    at = START.astimezone() + timedelta(minutes=60)
    assert said[0] == f"next at {at:%H:%M}, in 25 min, if something is pending (3 are)"
    assert said[1] == "only if the machine is on mains and its load is at most 1.5 per core: so it is now"
    assert said[2] == "no run yet"
    assert said[3].startswith("the chat with pid ")
    assert "quiet from 22:00 to 07:00" in lines(made, schedule)
    made.clock.stop()
    assert lines(made, schedule)[-1].startswith("nobody keeps the schedule: open a chat")


def test_it_says_what_was_rolled_back(home: Home) -> None:
    """What a person undid is pending, and by itself waits for something new."""
    made = bench(home, told=2)
    published(home, "some-model", START, [experience.id for experience in pending(home, "some-model")])
    Weights(home, "some-model").rollback()
    assert "(2 are, rolled back: they wait for something new, or `consolidate`)" in lines(made, Schedule())[0]


def test_it_says_what_hinders(home: Home) -> None:
    """What is past due says since when, and what it waits for."""
    made = bench(home)
    made.now += timedelta(minutes=90)
    said = lines(made, Schedule(), Machine(on_battery=True, load=0.0))
    assert said[0].startswith("due since ")
    assert said[1] == "waits now: the machine is on battery"


def test_it_says_the_other_triggers(home: Home) -> None:
    """Experiences, idle minutes and no clock; off says what turns it on."""
    made = bench(home, told=2)
    said = lines(made, Schedule(minutes=0, experiences=5, idle_minutes=10, on_battery=True, busy=0.0))
    assert said[:3] == [
        "as soon as 5 are new (2 are)",
        "as soon as something is new and nobody has said anything for 10 min",
        "whatever the machine does",
    ]
    assert lines(made, Schedule(minutes=0)) == [
        "off: nothing is learned by itself; one of minutes, cron, experiences and idle_minutes turns it on"
    ]


def test_the_last_run(home: Home) -> None:
    """The last run's outcome is said with its time; one of another day with its date."""
    say(home)
    made = Bench(home, Schedule())
    made.clock._model = "scripted"
    made.clock.start()
    made.clock.ended({"event": "verdict", "verdict": VERDICT, "version": publish(home)})
    assert f"last run {START.astimezone():%H:%M}: learned 1, version 1" in lines(made, Schedule())
    made.now += timedelta(days=1)
    assert f"last run {START.astimezone():%Y-%m-%d %H:%M}: learned 1, version 1" in lines(made, Schedule())


def test_the_command(tmp_path: Path) -> None:
    """`schedule status` in a fresh home is words, as JSON one value, and it writes nothing of the schedule."""
    said = run("schedule", "status", home=tmp_path)
    assert said.stdout.startswith("next at ")
    told = json.loads(run("schedule", "status", "--json", home=tmp_path).stdout)
    due = datetime.fromisoformat(told["due"]) - datetime.now(UTC)
    assert (told["pending"], told["on"], told["pid"]) == (0, True, None)
    assert timedelta(minutes=59) < due <= timedelta(minutes=60)
    assert not (tmp_path / "data" / "schedule.json").exists()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_the_unit_is_one(tmp_path: Path) -> None:
    """systemd finds nothing to complain about in the unit but the command, which is not installed where it says."""
    unit = (ROOT / "examples" / "systemd" / "selfparam-agent.service").read_text()
    copy = tmp_path / "selfparam-agent.service"
    copy.write_text(unit.replace("%h/.local/bin/selfparam-agent", shutil.which("true") or "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(copy)], capture_output=True, text=True, check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
