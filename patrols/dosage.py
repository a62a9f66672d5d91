"""How often and how long patrols stay at a hotspot: 10 to 15 minutes, at least every two hours of
its risky time, and never when somebody who watches expects it (Koper 1995)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random, SystemRandom

from reports.models import Hotspot

SHORTEST, LONGEST = 10, 15  # minutes of a stay
LONGEST_GAP = timedelta(hours=2)
EARLY = time(6)
# Minutes from the beginning to the first stay, and from one stay to the next at the same place:
# drawn anew each time, and with the way between two places still within the longest gap.
FIRST, AGAIN = (0, 45), (65, 95)
STEP, WAY = 5, 5  # minutes: advice is given to the next five, and a way takes as long


@dataclass(frozen=True)
class Advice:
    """A stay of so many `minutes` at a hotspot."""

    hotspot: Hotspot
    at: datetime
    minutes: int


def risky_span(hotspot: Hotspot, night: date) -> tuple[datetime, datetime] | None:
    """The risky hours of the night in the unit's time zone; those that begin before 06.00 are in
    the small hours after it. None for a hotspot without hours."""
    start, end = hotspot.risky_from, hotspot.risky_until
    if start is None or end is None:
        return None
    zone = hotspot.unit.zone
    first = night + timedelta(days=start < EARLY)
    last = first + timedelta(days=end <= start)
    return (
        datetime.combine(first, start, tzinfo=zone),
        datetime.combine(last, end, tzinfo=zone),
    )


def advise(
    hotspots: Sequence[Hotspot],
    night: date,
    starts: datetime,
    ends: datetime,
    draw: Random | None = None,
) -> list[Advice]:
    """Stays for a patrol from `starts` to `ends`, in the order of time, none two at once.

    Each hotspot has its stays within its risky hours, any time where it has none. Where they are
    more than the time allows, later ones are left out.
    """
    draw = draw or SystemRandom()
    wanted: list[tuple[datetime, datetime, Hotspot]] = []
    for hotspot in hotspots:
        span = risky_span(hotspot, night) or (starts, ends)
        first, last = max(span[0], starts), min(span[1], ends) - timedelta(minutes=SHORTEST)
        room = (last - first) // timedelta(minutes=1)
        if room < 0:
            continue
        at = first + timedelta(minutes=draw.randint(FIRST[0], min(FIRST[1], room)))
        while at <= last:
            wanted.append((at, last, hotspot))
            at += timedelta(minutes=draw.randint(*AGAIN))
    return list(_one_after_another(sorted(wanted, key=lambda one: one[0]), starts, draw))


def _one_after_another(
    wanted: Iterable[tuple[datetime, datetime, Hotspot]], free_at: datetime, draw: Random
) -> Iterable[Advice]:
    for wish, last, hotspot in wanted:
        at = _next_step(max(wish, free_at))
        if at > last:
            continue
        room = (last - at) // timedelta(minutes=1) + SHORTEST
        minutes = min(draw.randint(SHORTEST, LONGEST), room)
        yield Advice(hotspot, at, minutes)
        free_at = at + timedelta(minutes=minutes + WAY)


def _next_step(at: datetime) -> datetime:
    odd = timedelta(minutes=at.minute % STEP, seconds=at.second, microseconds=at.microsecond)
    return at + timedelta(minutes=STEP) - odd if odd else at
