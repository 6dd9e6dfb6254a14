"""When learning is due and what it waits for: settings, times and the machine in, an answer out. Knows no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from memory.settings import Schedule


@dataclass(frozen=True)
class Machine:
    """The state of the machine. load: average of the last minute, per core."""

    on_battery: bool
    load: float


def this_machine() -> Machine:
    """How the machine is now; without a battery, or one that can be read, it is on mains."""
    import psutil

    battery = psutil.sensors_battery()
    load = psutil.getloadavg()[0] / (psutil.cpu_count() or 1)
    return Machine(bool(battery and battery.power_plugged is False), load)


def next_due(schedule: Schedule, since: datetime) -> datetime | None:
    """When the clock next comes round after `since`; None if it is off."""
    if schedule.cron:
        from apscheduler.triggers.cron import CronTrigger

        due: datetime | None = CronTrigger.from_crontab(schedule.cron).get_next_fire_time(since, since)
        return due
    return since + timedelta(minutes=schedule.minutes) if schedule.minutes else None


def hindrance(schedule: Schedule, now: datetime, machine: Machine) -> str:
    """What learning has to wait for, in words; "" if nothing."""
    if hours := schedule.quiet_hours:
        start, end = hours
        at = now.astimezone().time()
        if start <= at < end if start < end else at >= start or at < end:
            return f"it is quiet until {end:%H:%M}"
    if machine.on_battery and not schedule.on_battery:
        return "the machine is on battery"
    if schedule.busy and machine.load > schedule.busy:
        return "the machine is busy"
    return ""
