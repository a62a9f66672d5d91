"""The hotspots (titik rawan) of a unit, and the reports around a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from reports.models import Category, Hotspot, Report, Source
from reports.workflow import ASIDE, Outcome
from territory.models import Unit
from territory.scope import rows_below, unscoped
from toolkit.geo.nearby import near
from toolkit.geo.points import distance_m

MOST_SEEN = 100
# Fewer reports than this are not told to somebody who may not read them.
FEWEST_TOLD = 5
# What an officer found is not what citizens told.
FOUND = (Source.PATROL, Source.CYBER)
NEIGHBOURS_M, MOST_NEIGHBOURS = 1000, 8
LARGEST_RADIUS_M = 5000


def hotspots_to_see(unit: Unit) -> Sequence[Hotspot]:
    """Those in use, for a map to pick a place on."""
    rows = unscoped(Hotspot.objects.active(), "the unit was reached through its scope")
    rows = rows.filter(rows_below(unit), lat__isnull=False)
    return list(rows.order_by("name", "pk")[:MOST_SEEN])


@dataclass(frozen=True)
class Neighbour:
    """A hotspot nearby. `name` is that of its unit where the person does not reach it."""

    hotspot: Hotspot
    name: str
    distance_m: int


def neighbours_of(user: User, hotspot: Hotspot, within_m: int = NEIGHBOURS_M) -> list[Neighbour]:
    """Other hotspots in use nearby, whichever unit keeps them, the nearest first. One statement.

    Of those outside the person's scope only the unit is told, so that two units do not keep one
    place twice without knowing.
    """
    if hotspot.lat is None or hotspot.lon is None:
        return []
    every = unscoped(Hotspot.objects.active(), "nearby, whichever unit keeps them")
    rows = near(every, hotspot.lat, hotspot.lon, within_m).exclude(pk=hotspot.pk)
    found = [
        Neighbour(
            row,
            _name_for(user, row),
            distance_m(hotspot.lat, hotspot.lon, row.lat, row.lon),
        )
        for row in rows.select_related("unit").order_by("pk")[:MOST_SEEN]
        if row.lat is not None and row.lon is not None
    ]
    found.sort(key=lambda one: (one.distance_m, one.name))
    return found[:MOST_NEIGHBOURS]


def _name_for(user: User, hotspot: Hotspot) -> str:
    if user.may(Action.VIEW, hotspot):
        return hotspot.name
    return _("a hotspot of %(unit)s") % {"unit": hotspot.unit}


def counted() -> Q:
    """Reports of an event that took place: not merged, passed on, set aside or unfounded. Sealed
    ones are not located anywhere."""
    return Q(is_sealed=False) & ~Q(state__in=ASIDE) & ~Q(outcome=Outcome.UNFOUNDED)


def reports_around(rows: QuerySet[Report], hotspot: Hotspot, since: datetime) -> QuerySet[Report]:
    """Of `rows`, those that count within the hotspot's radius. The hotspot has a position."""
    assert hotspot.lat is not None and hotspot.lon is not None  # noqa: S101, PT018
    found = near(rows, hotspot.lat, hotspot.lon, hotspot.radius_m)
    return found.filter(counted(), reported_at__gte=since)


@dataclass(frozen=True)
class ReportsAround:
    """By the Monday of each week: what citizens told and what officers found, of the reports that
    the person may read. `elsewhere` is how many others there are at other units; None where there
    are fewer than FEWEST_TOLD, none included."""

    told: dict[date, int]
    found: dict[date, int]
    elsewhere: int | None


def weeks_of_reports(user: User, hotspot: Hotspot, since: datetime) -> ReportsAround:
    """Two statements; none for a hotspot without a position."""
    told: dict[date, int] = {}
    found: dict[date, int] = {}
    if hotspot.lat is None:
        return ReportsAround(told, found, None)
    rows = reports_around(Report.objects.in_scope(user), hotspot, since)
    week = TruncWeek("reported_at", tzinfo=hotspot.unit.zone)
    is_found = Q(source__in=FOUND)
    counts = (
        rows.order_by()
        .annotate(week=week)
        .values("week")
        .annotate(found=Count("pk", filter=is_found), told=Count("pk", filter=~is_found))
    )
    for row in counts:
        monday = row["week"].date()
        told[monday], found[monday] = row["told"], row["found"]
    every = unscoped(Report.objects, "only whether there are FEWEST_TOLD others, and how many")
    others = reports_around(every, hotspot, since).count()
    others -= sum(told.values()) + sum(found.values())
    return ReportsAround(told, found, others if others >= FEWEST_TOLD else None)


def usual_kinds(user: User, hotspot: Hotspot, since: datetime) -> QuerySet[Category]:
    """The kinds that citizens told most often within the radius, at most three."""
    rows = reports_around(Report.objects.in_scope(user), hotspot, since)
    rows = rows.exclude(source__in=FOUND).order_by()
    counts = rows.values("category").annotate(n=Count("pk")).order_by("-n", "category")[:3]
    ids = [row["category"] for row in counts]
    return unscoped(Category.objects, "reference data").filter(pk__in=ids, is_sealed=False)
