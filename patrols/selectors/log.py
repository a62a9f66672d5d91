"""The log of a duty: its entries, the round along its checkpoints, its counts."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Sum
from django.utils.crypto import salted_hmac

from accounts.models import User
from patrols.models import Checkpoint, Duty, EntryKind, EntryPhoto, LogEntry, Mark, ShareTemplate
from patrols.models.entries import WRITTEN_KINDS, LogEntryQuerySet
from territory.models import Unit
from territory.scope import unscoped


@dataclass(frozen=True)
class Stop:
    """A checkpoint of the duty's route with the visits of this duty; `number` counts from 1.

    A check-in outside the radius is no visit; `away` is the last one.
    """

    number: int
    checkpoint: Checkpoint
    visits: int
    last_at: datetime | None
    away: LogEntry | None


@dataclass(frozen=True)
class Round:
    """Where a patrol is on its route.

    `next` is the stop visited least often; of several the first on the route, or, where the order
    is free, one that nobody outside can tell. `current` is the check-in of the person's own stay
    that has not ended. `seen_before` is when an earlier duty was last at `next`, read only where
    this duty was not there yet. `check_ins` are those of the duty, the latest first.
    """

    stops: tuple[Stop, ...]
    next: Stop | None
    current: LogEntry | None
    seen_before: datetime | None
    check_ins: list[LogEntry]

    @property
    def last_seen(self) -> datetime | None:
        """When a patrol was last at the next checkpoint, of this duty or an earlier one."""
        return (self.next.last_at if self.next else None) or self.seen_before

    @property
    def visited(self) -> int:
        return sum(bool(stop.visits) for stop in self.stops)


def round_of(duty: Duty, user: User) -> Round:
    """Three statements at most: the route's checkpoints, this duty's visits, the last before."""
    points = (
        list(
            unscoped(Checkpoint.objects.current(), "those of the duty's own route")
            .filter(route=duty.route_id)
            .order_by("order", "pk")
        )
        if duty.route_id
        else []
    )
    check_ins = list(
        duty.entries.standing()
        .filter(kind=EntryKind.CHECK_IN)
        .select_related("checkpoint")
        .order_by("-at", "-pk")[:1000]
    )
    visits = [row for row in check_ins if not row.is_outside]
    times = Counter(visit.checkpoint_id for visit in visits)
    last = {visit.checkpoint_id: visit.at for visit in reversed(visits)}
    away = {row.checkpoint_id: row for row in reversed(check_ins) if row.is_outside}
    stops = tuple(
        Stop(number, point, times[point.pk], last.get(point.pk), away.get(point.pk))
        for number, point in enumerate(points, start=1)
    )
    is_free = duty.route is not None and not duty.route.is_order_fixed

    def rank(stop: Stop) -> tuple[int, str, int]:
        return stop.visits, _drawn(duty, stop) if is_free else "", stop.number

    following = min(stops, key=rank, default=None)
    before = None
    if following and not following.visits:
        before = (
            unscoped(LogEntry.objects.standing(), "only when a patrol was last at this checkpoint")
            .filter(checkpoint=following.checkpoint)
            .exclude(marks__contains=[Mark.OUTSIDE])
            .order_by("-at")
            .values_list("at", flat=True)
            .first()
        )
    own = next((row for row in check_ins if row.author_id == user.pk), None)
    current = own if own and own.left_at is None else None
    return Round(stops, following, current, before, check_ins)


def _drawn(duty: Duty, stop: Stop) -> str:
    """The same on every phone of the duty, another on each duty and each round."""
    return salted_hmac("patrols.round", f"{duty.pk} {stop.visits} {stop.checkpoint.pk}").hexdigest()


def log_of(duty: Duty) -> LogEntryQuerySet:
    """All entries with author, checkpoint, finding and photos. The caller orders and limits them.

    Two statements: photos are prefetched.
    """
    return duty.entries.select_related("author", "checkpoint", "finding").prefetch_related("photos")


@dataclass(frozen=True)
class Tally:
    """Counts of a log without its withdrawn entries. `checkpoints` are different ones visited,
    `away` the check-ins outside the radius, which are no visits."""

    by_kind: dict[str, int]
    people: int
    photos: int
    checkpoints: int
    away: int

    @property
    def written(self) -> list[tuple[EntryKind, int]]:
        """Of the kinds that a person picks, those that occur, with how often."""
        return [(kind, self.by_kind[kind]) for kind in WRITTEN_KINDS if self.by_kind.get(kind)]


def tally_of(duty: Duty) -> Tally:
    """One statement."""
    photos = (
        unscoped(EntryPhoto.objects.kept(), "photos of the duty's own entries are counted")
        .filter(entry=OuterRef("pk"))
        .order_by()
        .values("entry")
    )
    rows = (
        duty.entries.standing()
        .order_by()
        .alias(
            photo_count=Subquery(
                photos.annotate(n=Count("pk")).values("n"), output_field=IntegerField()
            )
        )
        .values("kind")
        .annotate(
            n=Count("pk"),
            people=Sum("people_count"),
            places=Count("checkpoint", distinct=True, filter=~Q(marks__contains=[Mark.OUTSIDE])),
            away=Count("pk", filter=Q(marks__contains=[Mark.OUTSIDE])),
            photo_sum=Sum("photo_count"),
        )
    )
    found = list(rows)
    return Tally(
        by_kind={row["kind"]: row["n"] for row in found},
        people=sum(row["people"] or 0 for row in found),
        photos=sum(row["photo_sum"] or 0 for row in found),
        checkpoints=sum(row["places"] for row in found),
        away=sum(row["away"] for row in found),
    )


def photos_awaited(duty: Duty) -> int:
    """How many photos phones have announced for its log and not sent yet. One statement."""
    rows = duty.entries.standing().filter(photos_to_come__gt=0).order_by()
    counts = rows.annotate(came=Count("photos")).values_list("photos_to_come", "came")
    return sum(max(0, announced - came) for announced, came in counts)


def template_for(unit: Unit) -> ShareTemplate | None:
    """The unit's own texts for WhatsApp, else those of the nearest unit above. One statement."""
    templates = unscoped(ShareTemplate.objects.all(), "whoever may share a duty uses its text")
    return templates.for_unit(unit)
