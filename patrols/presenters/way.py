"""What was planned for a patrol beside what it did: its checkpoints, the stops it was advised, and
the times of which nobody knows where it was."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from patrols.models import Duty, EntryKind, LogEntry, PlannedStop, SuggestedStop
from patrols.selectors.way import entries_of_way, stops_advised, stops_planned
from reports.models import Hotspot
from toolkit.geo.points import distance_m

MINUTE = timedelta(minutes=1)
# A time without a sign that is longer is a gap. A stay whose end nobody noted counts as so long.
GAP, UNNOTED = timedelta(minutes=45), timedelta(minutes=15)
# An advised stop may be so much earlier or later.
NEAR_ENOUGH = timedelta(minutes=45)


@dataclass(frozen=True)
class Stay:
    """A check-in. `is_noted` is whether its author tapped to leave; otherwise the next check-in or
    the end of the duty came first, and it was at most as long as until then."""

    entry: LogEntry
    is_noted: bool

    @property
    def minutes(self) -> int | None:
        """How long it was, or at most; None while it goes on."""
        left = self.entry.left_at
        return None if left is None else round((left - self.entry.at) / MINUTE)


@dataclass(frozen=True)
class StopDone:
    """A checkpoint that was planned, with the stays there and the check-ins too far away to be
    visits."""

    stop: PlannedStop
    stays: list[Stay]
    away: list[Stay]

    @property
    def is_short(self) -> bool:
        """It was visited, and no stay can have been as long as planned."""
        minutes = [stay.minutes for stay in self.stays]
        known = [one for one in minutes if one is not None]
        return len(known) == len(minutes) > 0 and max(known) < self.stop.minutes


@dataclass(frozen=True)
class AdvisedStop:
    """A stop that was advised, and the stay that came of it. `is_over` says that the duty had ended
    before its time."""

    stop: SuggestedStop
    stay: Stay | None
    is_over: bool = False


@dataclass(frozen=True)
class Gap:
    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        return (self.end - self.start) // MINUTE


@dataclass(frozen=True)
class Way:
    stops: list[StopDone]
    advised: list[AdvisedStop]
    gaps: list[Gap]

    @property
    def visited(self) -> int:
        return sum(bool(row.stays) for row in self.stops)

    @property
    def due(self) -> int:
        """How many stops were advised for the time that the duty lasted."""
        return sum(not row.is_over for row in self.advised)

    @property
    def followed(self) -> int:
        return sum(row.stay is not None for row in self.advised)

    @property
    def order(self) -> list[int]:
        """The numbers of the checkpoints as they were first visited."""
        first = sorted((row.stays[0].entry.at, row.stop.number) for row in self.stops if row.stays)
        return [number for _at, number in first]

    @property
    def is_in_order(self) -> bool:
        return self.order == sorted(self.order)


def read_way(duty: Duty) -> Way | None:
    """None for a duty that has not begun, and for one at a post that stayed there. Four statements
    at most."""
    if duty.started_at is None or duty.post_id is not None:
        return None
    entries = entries_of_way(duty)
    for entry in entries:
        entry.duty = duty
    return way_of(duty, entries, stops_planned(duty), stops_advised(duty), timezone.now())


def advised_so_far(
    advised: Iterable[SuggestedStop], check_ins: Iterable[LogEntry]
) -> list[AdvisedStop]:
    """Of a running duty."""
    return list(followed(advised, stays_of(sorted(check_ins, key=lambda row: row.at), None), None))


def way_of(
    duty: Duty,
    entries: Sequence[LogEntry],
    planned: Sequence[PlannedStop],
    advised: Iterable[SuggestedStop],
    now: datetime,
) -> Way:
    """`entries` of the duty, without those taken back, in the order of time."""
    stays = stays_of(entries, duty.ended_at)
    stops = [
        _done(stop, [stay for stay in stays if stay.entry.checkpoint_id == stop.checkpoint_id])
        for stop in [*planned, *_added(stays, planned)]
    ]
    return Way(
        stops,
        list(followed(advised, stays, duty.ended_at)),
        list(_gaps(duty, entries, stays, now)),
    )


def _added(stays: Iterable[Stay], planned: Sequence[PlannedStop]) -> list[PlannedStop]:
    """Checkpoints that the route got, or got back, while the patrol was under way, if visited."""
    known = {stop.checkpoint_id for stop in planned}
    points = {stay.entry.checkpoint_id: stay.entry.checkpoint for stay in stays}
    added = [point for key, point in points.items() if point is not None and key not in known]
    return [
        PlannedStop(checkpoint=point, number=number, name=point.name, minutes=point.dwell_minutes)
        for number, point in enumerate(added, start=len(planned) + 1)
    ]


def _done(stop: PlannedStop, stays: Sequence[Stay]) -> StopDone:
    return StopDone(
        stop,
        [stay for stay in stays if not stay.entry.is_outside],
        [stay for stay in stays if stay.entry.is_outside],
    )


def stays_of(entries: Sequence[LogEntry], ended_at: datetime | None) -> list[Stay]:
    """One for each check-in."""
    check_ins = [entry for entry in entries if entry.kind == EntryKind.CHECK_IN]
    # Another check-in of the same person ends a stay too, and so does the end of the duty.
    taps = {(entry.author_id, entry.at) for entry in check_ins}
    return [
        Stay(
            entry,
            entry.left_at not in (None, ended_at) and (entry.author_id, entry.left_at) not in taps,
        )
        for entry in check_ins
    ]


def followed(
    advised: Iterable[SuggestedStop], stays: Sequence[Stay], ended_at: datetime | None
) -> Iterator[AdvisedStop]:
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
        is_over = nearest is None and ended_at is not None and stop.at >= ended_at
        yield AdvisedStop(stop, nearest, is_over)


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
    signs += [(stay.entry.at, _until(stay, end)) for stay in stays]
    quiet_since = duty.started_at
    for start, until in [*sorted(signs), (end, end)]:
        if min(start, end) - quiet_since > GAP:
            yield Gap(quiet_since, min(start, end))
        quiet_since = max(quiet_since, until)


def _until(stay: Stay, end: datetime) -> datetime:
    left = stay.entry.left_at or end
    return left if stay.is_noted else min(left, stay.entry.at + UNNOTED)
