"""From the clock times that people type to moments. People leave out the date, and tell at 00.20
what happened at 23.45.

Days and clock times are those of a zone; every moment is aware of its zone. A time that cannot be
is a result that the form asks about, not an exception.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

# By how much a person's clock may be fast. Within it, a time ahead means now.
CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True)
class Moment:
    """Never later than now."""

    at: datetime


@dataclass(frozen=True)
class StillToCome:
    """The date and time as they were typed, which is later than now."""

    at: datetime


@dataclass(frozen=True)
class Interval:
    """`end` is neither before `start` nor later than now."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class EndsAhead:
    """The end would be later than now. `over_midnight` says that it would be on the day after
    `start`: the person typed an end before the start."""

    start: datetime
    end: datetime
    over_midnight: bool


def moment_of(day: date | None, clock: time, now: datetime, zone: tzinfo) -> Moment | StillToCome:
    """When it was. Without a day, the last time that clocks in `zone` showed `clock`."""
    latest = now + CLOCK_SLACK
    at = datetime.combine(day or latest.astimezone(zone).date(), clock, zone)
    if at > latest:
        if day is not None:
            return StillToCome(at)
        at -= timedelta(days=1)
    return Moment(min(at, now.astimezone(zone)))


def interval_of(start: datetime, until: time, now: datetime) -> Interval | EndsAhead:
    """From `start` until the clock in its zone showed `until`, on the same day or the next."""
    end = datetime.combine(start.date(), until, start.tzinfo)
    over_midnight = end < start
    if over_midnight:
        end += timedelta(days=1)
    if end > now + CLOCK_SLACK:
        return EndsAhead(start, end, over_midnight)
    return Interval(start, max(start, min(end, now.astimezone(start.tzinfo))))
