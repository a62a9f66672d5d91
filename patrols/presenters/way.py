"""What was planned for a patrol beside what it did: its checkpoints, the stops it was advised, and
the times of which nobody knows where it was."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from patrols.models import Checkpoint, Duty, EntryKind, LogEntry, SuggestedStop
from patrols.selectors.way import checkpoints_of_way, entries_of_way, stops_advised
from reports.models import Hotspot
from toolkit.geo.points import distance_m

MINUTE = timedelta(minutes=1)
# A time without a sign that is longer is a gap. A stay whose end nobody noted counts as so long.
GAP, UNNOTED = timedelta(minutes=45), timedelta(minutes=15)
# An advised stop may be so much earlier or later.
NEAR_ENOUGH = timedelta(minutes=45)


@dataclass(frozen=True)
class Stay:
    """A check-in. `until` is when its author tapped to leave; None where the next check-in or the
    end of the duty came first, so that nobody knows how long it was."""

    entry: LogEntry
    until: datetime | None

    @property
    def minutes(self) -> int | None:
        return None if self.until is None else round((self.until - self.entry.at) / MINUTE)


@dataclass(frozen=True)
class PlannedStop:
    """A checkpoint with the stays there; `number` counts from 1."""

    number: int
    checkpoint: Checkpoint
    stays: list[Stay]

    @property
    def is_short(self) -> bool:
        """It was visited, and no stay was as long as it should be, as far as anybody knows."""
        known = [stay.minutes for stay in self.stays if stay.minutes is not None]
        all_known = len(known) == len(self.stays) > 0
        return all_known and max(known) < self.checkpoint.dwell_minutes


@dataclass(frozen=True)
class AdvisedStop:
    """A stop that was advised, and the stay that came of it."""

    stop: SuggestedStop
    stay: Stay | None


@dataclass(frozen=True)
class Gap:
    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        return (self.end - self.start) // MINUTE


@dataclass(frozen=True)
class Way:
    """`order` is the numbers of the checkpoints as they were first visited."""

    stops: list[PlannedStop]
    advised: list[AdvisedStop]
    gaps: list[Gap]
    order: list[int]

    @property
    def visited(self) -> int:
        return sum(bool(stop.stays) for stop in self.stops)

    @property
    def followed(self) -> int:
        return sum(row.stay is not None for row in self.advised)

    @property
    def is_in_order(self) -> bool:
        return self.order == sorted(self.order)


def read_way(duty: Duty) -> Way | None:
    """None for a duty that has not begun, and for one at a post that stayed there. Three
    statements."""
    if duty.started_at is None or duty.post_id is not None:
        return None
    entries, checkpoints = entries_of_way(duty), checkpoints_of_way(duty)
    return way_of(duty, entries, checkpoints, stops_advised(duty), timezone.now())


def advised_so_far(
    advised: Iterable[SuggestedStop], check_ins: Iterable[LogEntry]
) -> list[AdvisedStop]:
    """Of a running duty."""
    return list(followed(advised, stays_of(sorted(check_ins, key=lambda row: row.at), None)))


def way_of(
    duty: Duty,
    entries: Sequence[LogEntry],
    checkpoints: Sequence[Checkpoint],
    advised: Iterable[SuggestedStop],
    now: datetime,
) -> Way:
    """`entries` of the duty, without those taken back, in the order of time."""
    stays = stays_of(entries, duty.ended_at)
    inside = [stay for stay in stays if not stay.entry.is_outside]
    stops = [
        PlannedStop(
            number, point, [stay for stay in inside if stay.entry.checkpoint_id == point.pk]
        )
        for number, point in enumerate(checkpoints, start=1)
    ]
    first = sorted((stop.stays[0].entry.at, stop.number) for stop in stops if stop.stays)
    return Way(
        stops,
        list(followed(advised, stays)),
        list(_gaps(duty, entries, stays, now)),
        [number for _at, number in first],
    )


def stays_of(entries: Sequence[LogEntry], ended_at: datetime | None) -> list[Stay]:
    """One for each check-in."""
    check_ins = [entry for entry in entries if entry.kind == EntryKind.CHECK_IN]
    # Another check-in of the same person ends a stay too, and so does the end of the duty.
    taps = {(entry.author_id, entry.at) for entry in check_ins}
    return [
        Stay(entry, None if _is_cut(entry, taps, ended_at) else entry.left_at)
        for entry in check_ins
    ]


def _is_cut(entry: LogEntry, taps: set[tuple[int, datetime]], ended_at: datetime | None) -> bool:
    return entry.left_at == ended_at or (entry.author_id, entry.left_at) in taps


def followed(advised: Iterable[SuggestedStop], stays: Sequence[Stay]) -> Iterator[AdvisedStop]:
    """Each with the nearest stay there in time; no stay counts for two."""
    left = list(stays)
    for stop in advised:
        there = [
            stay
            for stay in left
            if abs(stay.entry.at - stop.at) <= NEAR_ENOUGH and _is_at(stay.entry, stop.hotspot)
        ]
        nearest = min(there, key=lambda stay: abs(stay.entry.at - stop.at), default=None)
        if nearest is not None:
            left.remove(nearest)
        yield AdvisedStop(stop, nearest)


def _is_at(entry: LogEntry, hotspot: Hotspot) -> bool:
    """By the phone's position where it knew one, else by the checkpoint that was named."""
    if hotspot.lat is None or hotspot.lon is None:
        return False
    known = entry.lat is not None and not entry.is_position_coarse
    place = entry if known else None if entry.is_outside else entry.checkpoint
    if place is None or place.lat is None or place.lon is None:
        return False
    return distance_m(hotspot.lat, hotspot.lon, place.lat, place.lon) <= hotspot.radius_m


def _gaps(
    duty: Duty, entries: Sequence[LogEntry], stays: Sequence[Stay], now: datetime
) -> Iterator[Gap]:
    if duty.started_at is None:
        return
    end = duty.ended_at or now
    signs = [(entry.at, entry.at) for entry in entries]
    signs += [(stay.entry.at, stay.until or _at_most(stay, end)) for stay in stays]
    quiet_since = duty.started_at
    for start, until in [*sorted(signs), (end, end)]:
        if min(start, end) - quiet_since > GAP:
            yield Gap(quiet_since, min(start, end))
        quiet_since = max(quiet_since, until)


def _at_most(stay: Stay, end: datetime) -> datetime:
    return min(stay.entry.left_at or end, stay.entry.at + UNNOTED)
