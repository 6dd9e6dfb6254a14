"""What the schedule will do when, in words and as data. Looks only; whoever keeps the schedule acts."""

from dataclasses import dataclass
from datetime import UTC, datetime

from agent.due import Machine, hindrance, next_due, this_machine
from agent.schedule import Record, read_record, to_learn_unasked
from memory.errors import BusyError
from memory.home import Home
from memory.locks import owning
from memory.pending import pending
from memory.settings import Schedule


@dataclass(frozen=True)
class Outlook:
    """The schedule as it stands. due: of the clock, may be past; hindered: what learning would have to wait for now.

    undone: whether all that is pending was rolled back, so that it waits for something new.
    """

    on: bool
    now: datetime
    due: datetime | None
    pending: int
    new: int
    hindered: str
    ran: datetime | None
    outcome: str
    owner: str
    pid: int | None
    undone: bool


def look_ahead(
    home: Home, model: str, schedule: Schedule, now: datetime | None = None, machine: Machine | None = None
) -> Outlook:
    """The schedule of `home` as it stands now, on this machine."""
    now = now or datetime.now(UTC)
    record = read_record(home, model, now)
    waiting = [experience.id for experience in pending(home, model)]
    owned = _owned(home, record)
    return Outlook(
        schedule.on, now, next_due(schedule, record.since), len(waiting), len(set(waiting) - set(record.taken)),
        hindrance(schedule, now, machine or this_machine()), record.ran, record.outcome,
        record.owner if owned else "", record.pid if owned else None,
        bool(waiting) and not to_learn_unasked(home, model),
    )  # fmt: skip


def in_words(outlook: Outlook, schedule: Schedule) -> list[str]:
    """Lines that say what happens when."""
    if not outlook.on:
        return ["off: nothing is learned by itself; one of minutes, cron, experiences and idle_minutes turns it on"]
    hours = schedule.quiet_hours
    return [
        *filter(None, (_clock(outlook), _experiences(outlook, schedule), _idle(schedule))),
        _conditions(outlook, schedule),
        *([f"quiet from {hours[0]:%H:%M} to {hours[1]:%H:%M}"] if hours else []),
        f"last run {_at(outlook.ran, outlook.now)}: {outlook.outcome}" if outlook.ran else "no run yet",
        f"{outlook.owner} with pid {outlook.pid} keeps the schedule" if outlook.owner else
        "nobody keeps the schedule: open a chat, or run `selfparam-agent schedule run`",
    ]  # fmt: skip


def _clock(outlook: Outlook) -> str:
    if outlook.due is None:
        return ""
    if outlook.due > outlook.now:
        minutes = max(1, round((outlook.due - outlook.now).total_seconds() / 60))
        when = f"next at {_at(outlook.due, outlook.now)}, in {_span(minutes)}"
    else:
        when = f"due since {_at(outlook.due, outlook.now)}"
    waits = ", rolled back: they wait for something new, or `consolidate`" if outlook.undone else ""
    return f"{when}, if something is pending ({_are(outlook.pending)}{waits})"


def _experiences(outlook: Outlook, schedule: Schedule) -> str:
    return f"as soon as {schedule.experiences} are new ({_are(outlook.new)})" if schedule.experiences else ""


def _idle(schedule: Schedule) -> str:
    spans = _span(schedule.idle_minutes)
    return f"as soon as something is new and nobody has said anything for {spans}" if schedule.idle_minutes else ""


def _conditions(outlook: Outlook, schedule: Schedule) -> str:
    if outlook.hindered:
        return f"waits now: {outlook.hindered}"
    wanted = [
        "" if schedule.on_battery else "the machine is on mains",
        f"its load is at most {schedule.busy:g} per core" if schedule.busy else "",
    ]
    said = " and ".join(filter(None, wanted))
    return f"only if {said}: so it is now" if said else "whatever the machine does"


def _are(count: int) -> str:
    return f"{count} {'is' if count == 1 else 'are'}"


def _span(minutes: int) -> str:
    if minutes < 120:
        return f"{minutes} min"
    return f"{round(minutes / 60)} hours" if minutes < 48 * 60 else f"{round(minutes / 60 / 24)} days"


def _at(when: datetime, now: datetime) -> str:
    """Local time, with the day if it is not today."""
    local = when.astimezone()
    return f"{local:%H:%M}" if local.date() == now.astimezone().date() else f"{local:%Y-%m-%d %H:%M}"


def _owned(home: Home, record: Record) -> bool:
    """Whether whoever kept the schedule last still does."""
    if not record.owner:
        return False
    try:
        with owning(home.data, "schedule", ""):
            return False
    except BusyError:
        return True
