"""What the pages of a report offer to choose from: officers, similar reports, units."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import Posting, User
from accounts.roles import GRANTS, Action
from reports.models import Report
from reports.rights import may_be_assigned
from reports.selectors.marks import marks_of
from reports.selectors.routing import lineage, unit_of
from reports.workflow import OPEN
from territory.models import Unit
from territory.scope import rows_below, unscoped
from toolkit.geo.points import distance_m
from toolkit.name_search import NameKey
from toolkit.names import name_key

MOST_OFFICERS, MOST_UNITS, MOST_SIMILAR = 12, 12, 6
SIMILAR_WITHIN = timedelta(days=2)
FIELD_ROLES = [role for role, actions in GRANTS.items() if Action.LOG in actions]


def officers_for(report: Report, by: User) -> QuerySet[User]:
    """Who may be assigned, `by` first: people posted to the unit, or anywhere in its Polsek."""
    active = unscoped(Posting.objects.active(), "only those of the report's unit are used")
    posted = active.filter(role__in=FIELD_ROLES)
    at = Q(unit__polsek=report.polsek_id) if report.polsek_id else Q(unit=report.unit_id)
    people = Q(pk__in=posted.filter(at).values("user"))
    if may_be_assigned(by, report):
        people |= Q(pk=by.pk)
    found = unscoped(User.objects, "`people` are of the report's unit").filter(
        people, is_active=True
    )
    if report.about_unit is not None:
        # As own_units() has it: a superuser belongs to the unit of the account, too.
        accused = active.below(report.about_unit)
        of_accused = Q(is_superuser=True) & rows_below(report.about_unit, "unit__")
        found = found.exclude(Q(pk__in=accused.values("user")) | of_accused)
    if report.is_sealed:
        found = found.filter(let_in_by=None)
    self_first = Case(When(pk=by.pk, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(self_first, "name", "pk")


def filter_by_name(people: QuerySet[User], text: str) -> QuerySet[User]:
    """Keeps the people whose name contains the text, or whose NRP begins with it."""
    text = text.strip()
    if not text:
        return people
    return people.filter(Q(name__alike=text) | Q(nrp__startswith=name_key(text) or text))


@dataclass(frozen=True)
class SimilarReport:
    """A report that may be about the same incident. `distance_m` is None if either has no position;
    `apart` is the time between the two."""

    report: Report
    distance_m: int | None
    apart: timedelta


def similar_reports(report: Report, by: User) -> list[SimilarReport]:
    """At most MOST_SIMILAR open reports of the same category, unit and days, the nearest first."""
    rows = (
        Report.objects.in_scope(by)
        .filter(
            rows_below(report.unit),
            state__in=OPEN,
            category=report.category_id,
            reported_at__range=(
                report.reported_at - SIMILAR_WITHIN,
                report.reported_at + SIMILAR_WITHIN,
            ),
        )
        .exclude(pk=report.pk)
        .select_related("unit", "village")
        .prefetch_related("photos")
        .order_by("-reported_at", "-pk")[: MOST_SIMILAR * 4]
    )
    marks = marks_of({row.pk: None for row in rows}, by)
    found = [
        SimilarReport(row, metres_between(report, row), abs(row.reported_at - report.reported_at))
        for row in marks.put_on(rows)
    ]
    found.sort(
        key=lambda one: (one.distance_m is None, one.distance_m or 0, one.apart, one.report.pk)
    )
    return found[:MOST_SIMILAR]


def metres_between(one: Report, other: Report) -> int | None:
    """None where one of the reports has no position."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return distance_m(one.lat, one.lon, other.lat, other.lon)


def units_for(report: Report) -> QuerySet[Unit]:
    """Every unit of the country that the report may be handed to."""
    units = (
        unscoped(Unit.objects, "a report may be handed to any unit")
        .exclude(pk=report.unit_id)
        .select_related("parent")
    )
    if report.about_unit is not None:
        # Never to the unit it is about, nor to a unit below that.
        units = units.exclude(pk=report.about_unit.pk).exclude(rows_below(report.about_unit))
    return units


def units_of_accused(report: Report) -> dict[str, Unit]:
    """The units whose people the report may be about, by kind of unit. The Polsek of the village
    is one of them even if the report is with a unit above it."""
    of_village = unit_of(report.village) if report.village else None
    is_below = of_village is not None and report.unit_id in of_village.lineage_ids()
    return lineage(of_village if of_village is not None and is_below else report.unit)


def units_near(report: Report) -> list[Unit]:
    """At most MOST_UNITS likely units: that of the village, the one above, its other units, those
    below."""
    unit = report.unit
    of_village = unit_of(report.village) if report.village else None
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
    """At most MOST_UNITS units by a part of their name, those that begin with it first."""
    key = name_key(text)
    return list(
        units_for(report)
        .filter(name__alike=text)
        .alias(key=NameKey("name"))
        .annotate(
            rank=Case(
                When(key=key, then=Value(0)),
                When(key__startswith=key, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", "name", "pk")[:MOST_UNITS]
    )
