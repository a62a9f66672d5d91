"""What patrols did at a hotspot: entries by week, visits, and duties that pass it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncWeek

from accounts.models import User
from patrols.models import Checkpoint, Duty, EntryKind, GuardPost, LogEntry, Mark
from patrols.models.entries import COARSE_M
from patrols.selectors.hotspots import NEARBY_M
from reports.models import Hotspot
from territory.scope import unscoped
from toolkit.geo.nearby import near

MOST_VISITS, MOST_DUTIES = 1000, 200
# They say nothing about the place.
OF_THE_DUTY = (EntryKind.START, EntryKind.END, EntryKind.PAUSE)
BESIDE = "places beside the hotspot; the entries and duties there are read through the scope"


@dataclass(frozen=True)
class Visit:
    """A check-in at the hotspot; `minutes` is None where nobody noted the leaving."""

    at: datetime
    minutes: int | None
    duty_id: int


@dataclass(frozen=True)
class Work:
    """By the Monday of each week: check-ins, and what else was written there."""

    visits: dict[date, int]
    entries: dict[date, int]


@dataclass(frozen=True)
class Passing:
    """The keys of checkpoints within the radius, and of routes and posts that pass the hotspot."""

    stops: set[int]
    routes: set[int]
    posts: set[int]


def passing(hotspot: Hotspot) -> Passing:
    """Two statements, none for a hotspot without a position."""
    if hotspot.lat is None or hotspot.lon is None:
        return Passing(set(), set(), set())
    spot, reach = (hotspot.lat, hotspot.lon), hotspot.radius_m + NEARBY_M
    inside = set(
        near(unscoped(Checkpoint.objects, BESIDE), *spot, hotspot.radius_m).values_list(
            "pk", flat=True
        )
    )
    around = near(unscoped(Checkpoint.objects.current(), BESIDE), *spot, reach)
    posts = near(unscoped(GuardPost.objects.current(), BESIDE), *spot, reach)
    return Passing(
        inside,
        set(around.order_by().values_list("route", flat=True)),
        set(posts.order_by().values_list("pk", flat=True)),
    )


def _located(user: User, hotspot: Hotspot, since: datetime) -> "QuerySet[LogEntry]":
    """Entries whose phone was within the radius, in the person's scope."""
    assert hotspot.lat is not None and hotspot.lon is not None  # noqa: S101, PT018
    rows = LogEntry.objects.in_scope(user).standing()
    rows = near(rows, hotspot.lat, hotspot.lon, hotspot.radius_m).filter(at__gte=since)
    return rows.filter(Q(accuracy_m=None) | Q(accuracy_m__lte=COARSE_M))


def _at_stops(user: User, passed: Passing, since: datetime) -> "QuerySet[LogEntry]":
    """Check-ins at checkpoints within the radius by phones that knew no position."""
    rows = LogEntry.objects.in_scope(user).standing().filter(checkpoint__in=passed.stops)
    rows = rows.filter(at__gte=since, kind=EntryKind.CHECK_IN)
    unknown = Q(lat=None) | Q(accuracy_m__gt=COARSE_M)
    return rows.filter(unknown).exclude(marks__contains=[Mark.OUTSIDE])


def weeks_of_work(user: User, hotspot: Hotspot, passed: Passing, since: datetime) -> Work:
    """Two statements, fewer where nothing lies there."""
    visits: dict[date, int] = {}
    entries: dict[date, int] = {}
    sources: list[QuerySet[LogEntry]] = []
    if hotspot.lat is not None:
        sources.append(_located(user, hotspot, since))
    if passed.stops:
        sources.append(_at_stops(user, passed, since))
    is_visit, is_step = Q(kind=EntryKind.CHECK_IN), Q(kind__in=OF_THE_DUTY)
    for rows in sources:
        counts = (
            rows.order_by()
            .annotate(week=TruncWeek("at", tzinfo=hotspot.unit.zone))
            .values_list("week")
            .annotate(
                visits=Count("pk", filter=is_visit),
                entries=Count("pk", filter=~is_visit & ~is_step),
            )
        )
        for week, seen, written in counts:
            monday = week.date()
            visits[monday] = visits.get(monday, 0) + seen
            entries[monday] = entries.get(monday, 0) + written
    return Work(visits, entries)


def visits_of(user: User, hotspot: Hotspot, passed: Passing, since: datetime) -> list[Visit]:
    """At most MOST_VISITS, the last ones, in the order of time. Two statements at most."""
    found: list[tuple[datetime, datetime | None, int]] = []
    for rows in (
        [_located(user, hotspot, since)] if hotspot.lat is not None else [],
        [_at_stops(user, passed, since)] if passed.stops else [],
    ):
        for one in rows:
            checked = one.filter(kind=EntryKind.CHECK_IN).order_by("-at", "-pk")
            found += checked.values_list("at", "left_at", "duty")[:MOST_VISITS]
    return [
        Visit(at, None if left is None else round((left - at) / timedelta(minutes=1)), duty_id)
        for at, left, duty_id in sorted(found, key=lambda row: (row[0], row[2]))
    ]


def duties_at(user: User, hotspot: Hotspot, passed: Passing, first: date, last: date) -> list[Duty]:
    """Duties in the person's scope that pass the hotspot on these nights, and its extra rounds, the
    latest first; at most MOST_DUTIES. One statement."""
    way = Q(hotspot=hotspot)
    if passed.routes:
        way |= Q(route__in=passed.routes)
    if passed.posts:
        way |= Q(post__in=passed.posts)
    rows = Duty.objects.in_scope(user).filter(way, night__range=(first, last))
    rows = rows.select_related("unit", "route", "post").order_by("-night", "-starts_at", "-pk")
    return list(rows[:MOST_DUTIES])
