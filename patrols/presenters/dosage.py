"""How often and how long patrols stayed at a hotspot, against patrols/dosage.py. Nights count,
nobody's work does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from patrols.dosage import LONGEST_GAP, SHORTEST, risky_span
from patrols.models.schedules import night_of
from patrols.selectors.visits import Visit
from reports.models import Hotspot


@dataclass(frozen=True)
class NightDose:
    """The visits of one night. `longest` is the longest time without one in the risky hours until
    now; None where the hotspot has no hours, or they have not begun."""

    night: date
    visits: list[Visit] = field(default_factory=list)
    longest: timedelta | None = None

    @property
    def has_gap(self) -> bool:
        return self.longest is not None and self.longest > LONGEST_GAP

    @property
    def long_enough(self) -> int:
        return sum((visit.minutes or 0) >= SHORTEST for visit in self.visits)

    @property
    def is_enough(self) -> bool:
        """Some visit was long enough, and no time without one too long."""
        return self.longest is not None and not self.has_gap and self.long_enough > 0


def doses(
    hotspot: Hotspot, visits: Sequence[Visit], nights: Sequence[date], now: datetime
) -> list[NightDose]:
    """One for each night. Visits outside the risky hours do not count, where there are hours."""
    found = []
    for night in nights:
        span = risky_span(hotspot, night)
        if span is None:
            zone = hotspot.unit.zone
            own = [one for one in visits if night_of(one.at.astimezone(zone)) == night]
            found.append(NightDose(night, own))
            continue
        start, end = span
        own = [one for one in visits if start <= one.at < end]
        longest = longest_gap(own, start, min(end, now)) if now > start else None
        found.append(NightDose(night, own, longest))
    return found


def longest_gap(visits: Sequence[Visit], start: datetime, end: datetime) -> timedelta:
    """The longest time without anybody there from `start` to `end`. The visits are in the order of
    time; one without an end counts as a moment."""
    free_since, longest = start, timedelta()
    for visit in visits:
        longest = max(longest, visit.at - free_since)
        left = visit.at + timedelta(minutes=visit.minutes or 0)
        free_since = max(free_since, min(left, end))
    return max(longest, end - free_since)
