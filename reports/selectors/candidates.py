"""Who could go, which reports tell of the same, which units could take one: what pages offer."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import Posting, User
from accounts.roles import GRANTS, Action
from reports.models import Report
from reports.rights import may_be_assigned
from reports.selectors.routing import lineage
from reports.workflow import OPEN
from territory.models import Unit
from territory.scope import rows_below
from toolkit.geo.points import distance_m

MOST_OFFICERS, MOST_UNITS, MOST_ALIKE = 12, 12, 6
ALIKE_WITHIN = timedelta(days=2)
FIELD_ROLES = [role for role, actions in GRANTS.items() if Action.LOG in actions]


def officers_for(report: Report, by: User) -> QuerySet[User]:
    """Who could be assigned, oneself first: people posted to the unit, or to its Polsek."""
    posted = Posting.objects.active().filter(role__in=FIELD_ROLES)
    at = Q(unit__polsek=report.polsek_id) if report.polsek_id else Q(unit=report.unit_id)
    people = Q(pk__in=posted.filter(at).values("user"))
    if may_be_assigned(by, report):
        people |= Q(pk=by.pk)
    found = User.objects.filter(people, is_active=True)
    if report.about_unit_id is not None:
        accused = Posting.objects.active().filter(unit=report.about_unit_id)
        found = found.exclude(pk__in=accused.values("user"))
    oneself = Case(When(pk=by.pk, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(oneself, "name", "pk")


def named(people: QuerySet[User], text: str) -> QuerySet[User]:
    """Those of them whose name or NRP holds the text."""
    text = text.strip()
    return people.filter(Q(name__icontains=text) | Q(nrp__startswith=text)) if text else people


@dataclass(frozen=True)
class Alike:
    """A report that may tell of the same. `distance_m` is none where a place is not known."""

    report: Report
    distance_m: int | None
    apart: timedelta


def alike(report: Report, by: User) -> list[Alike]:
    """Open reports of the same category, unit and days; the nearest first."""
    rows = (
        Report.objects.in_scope(by)
        .filter(
            rows_below(report.unit),
            state__in=OPEN,
            category=report.category_id,
            reported_at__range=(
                report.reported_at - ALIKE_WITHIN,
                report.reported_at + ALIKE_WITHIN,
            ),
        )
        .exclude(pk=report.pk)
        .select_related("unit", "village")
        .prefetch_related("photos")
        .order_by("-reported_at", "-pk")[: MOST_ALIKE * 4]
    )
    found = [
        Alike(row, metres_between(report, row), abs(row.reported_at - report.reported_at))
        for row in rows
    ]
    found.sort(
        key=lambda one: (one.distance_m is None, one.distance_m or 0, one.apart, one.report.pk)
    )
    return found[:MOST_ALIKE]


def metres_between(one: Report, other: Report) -> int | None:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return distance_m(one.lat, one.lon, other.lat, other.lon)


def units_for(report: Report) -> QuerySet[Unit]:
    """Every unit of the country that may take the report."""
    units = Unit.objects.exclude(pk=report.unit_id).select_related("parent")
    if report.about_unit is not None:
        # Neither the unit it is about nor anybody below.
        units = units.exclude(pk=report.about_unit.pk).exclude(rows_below(report.about_unit))
    return units


def units_of_accused(report: Report) -> dict[str, Unit]:
    """By kind: whose people the report may be about. The Polsek of the village too, where the
    report lies above it."""
    of_village = Unit.objects.of_area(report.village) if report.village else None
    is_below = of_village is not None and report.unit_id in of_village.lineage_ids()
    return lineage(of_village if of_village is not None and is_below else report.unit)


def units_near(report: Report) -> list[Unit]:
    """The likeliest: the unit of the village, the one above, its other units, those below."""
    unit = report.unit
    of_village = Unit.objects.of_area(report.village) if report.village else None
    first = of_village.pk if of_village and not of_village.is_fallback else None
    units = units_for(report)
    if report.category.is_crime:
        units = units.filter(investigates=True)
    return list(
        units.filter(
            Q(pk=first) | Q(pk=unit.parent_id) | Q(parent=unit.parent_id) | Q(parent=unit.pk)
        )
        .annotate(
            rank=Case(
                When(pk=first, then=Value(0)),
                When(pk=unit.parent_id, then=Value(1)),
                When(parent=unit.parent_id, then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", "name", "pk")[:MOST_UNITS]
    )


def units_named(report: Report, text: str) -> list[Unit]:
    """By a part of the name, those that begin with it first."""
    return list(
        units_for(report)
        .filter(name__icontains=text)
        .annotate(
            rank=Case(
                When(name__iexact=text, then=Value(0)),
                When(name__istartswith=text, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", "name", "pk")[:MOST_UNITS]
    )
