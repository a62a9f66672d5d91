"""Who of a schedule does not serve at its unit on one of its nights, or is away, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.selectors.presence import NotServing, presence_of
from patrols.models import Duty, Schedule


def first_day(duty: Duty) -> date:
    """The date on which it begins, which for a duty after midnight is the day after its night.

    Needs `unit` loaded.
    """
    return duty.unit.today(duty.starts_at)


def roll_day(duty: Duty) -> date:
    """The day on which people must serve to be added to its roll: its first, or today after it."""
    return max(first_day(duty), duty.unit.today())


@dataclass(frozen=True)
class Absences:
    """Officers by night; a night without anybody absent is missing."""

    by_night: dict[date, dict[int, NotServing]]

    def of(self, night: date) -> dict[int, NotServing]:
        return self.by_night.get(night, {})


def absences_of(
    schedule: Schedule, officers: Iterable[int | None], nights: Iterable[date]
) -> Absences:
    """Which of these officers do not serve at the unit, night by night, and why. One statement."""
    ids = {pk for pk in officers if pk is not None}
    presence = presence_of(ids)
    found: dict[date, dict[int, NotServing]] = {}
    for night in nights:
        day = schedule.unit.today(schedule.times(night)[1])
        for pk in ids:
            if absence := presence.absence(pk, schedule.unit, day):
                found.setdefault(night, {})[pk] = absence
    return Absences(found)
