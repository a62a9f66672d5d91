"""Puts the demo together."""

from datetime import date, datetime, time, timedelta
from random import Random

from patrols.models import Attendance, Duty, LogEntry
from patrols.models.schedules import night_of
from patrols.services.schedules import make_duties
from territory.models import Unit
from tools.demo.nights import Made, make_night
from tools.demo.setting import (
    create_accounts,
    create_groups,
    create_neighbourhoods,
    create_rolls,
)

BATCH = 2000
EVENING = time(23, 30)


def moment_of(until: date, unit: Unit, now: datetime) -> datetime:
    """The present if `until` is tonight; on another night half past eleven, local time."""
    if until == night_of(now.astimezone(unit.zone)):
        return now
    return datetime.combine(until, EVENING, tzinfo=unit.zone)


def load_demo(*, until: date, now: datetime, seed: int) -> Made:
    """All rows of the demo up to `now`, on the night `until`, and the duties planned after it."""
    users = create_accounts(until)
    create_neighbourhoods()
    rolls = create_rolls(until, users, create_groups(until, users))
    made = Made()
    for roll in rolls:
        # One source of chance a schedule: a change in one leaves the others as they were.
        random = Random(f"{seed} {roll.schedule.name}")  # noqa: S311
        for night in roll.schedule.nights(until - timedelta(days=roll.plan.nights), until):
            make_night(roll, night, now, random, made)
    Duty.objects.bulk_create(made.duties, BATCH)
    Attendance.objects.bulk_create(made.attendances, BATCH)
    LogEntry.objects.bulk_create(made.entries, BATCH)
    make_duties(now=now)
    return made
