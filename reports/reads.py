"""What pages of several apps read about reports: each function is a known number of statements."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Expression,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.utils.module_loading import import_string

from accounts.models import Posting, User
from reports.models import Report, Source
from toolkit.paging import CappedCount

NEWEST_FIRST = ("-reported_at", "-id")
CAP = 1000
MOST_AT_A_GLANCE = 5
# As few columns as it shows: naming them all takes longer than reading the rows.
SHOWN_AT_A_GLANCE = (
    *("id", "reported_at", "state", "due_at", "place", "assignee"),
    *("category__label", "category__icon", "village__name", "unit__timezone"),
)
RESPONSE_DAYS = 30
FEWEST_MEASURED = 5


@dataclass(frozen=True)
class Origin:
    """Where a report came from inside the house. `url` is empty for who may not go there."""

    name: str
    url: str


def origin_of(report: Report, user: User) -> Origin | None:
    """The setting REPORT_ORIGIN names the function that knows; none for what a person told."""
    if report.source != Source.PATROL:
        return None
    reader = cast(Callable[[Report, User], Origin | None], import_string(settings.REPORT_ORIGIN))
    return reader(report, user)


def my_area(user: User) -> Q | None:
    """Reports of the villages of the person's postings; a posting without villages is its whole
    unit. None without a posting. One statement; to be used beside `in_scope`."""
    postings = (
        Posting.objects.active()
        .filter(user=user)
        .select_related("unit")
        .annotate(served=ArrayAgg("villages", filter=Q(villages__isnull=False), default=Value([])))
        .order_by()
    )
    found: Q | None = None
    for posting in postings:
        grant = posting.grant()
        area = Q(**{grant.column: grant.unit_id}) if grant.column else Q()
        if served := cast(Any, posting).served:
            area &= Q(village__in=served)
        found = area if found is None else found | area if found and area else Q()
    return found


def my_open_reports(user: User) -> list[Report]:
    """Those assigned to the person and then the newest of the area, at most MOST_AT_A_GLANCE.

    Two statements.
    """
    area = my_area(user)
    if area is None:
        return []
    still_open = Report.objects.in_scope(user).open().order_by(*NEWEST_FIRST).values("pk")
    # Each half by its own index, and few rows to sort: an OR would read all that is open.
    picked = still_open.filter(assignee=user)[:MOST_AT_A_GLANCE].union(
        still_open.filter(area)[:MOST_AT_A_GLANCE], all=True
    )
    rows = (
        Report.objects.filter(pk__in=picked)
        .select_related("category", "village", "unit")
        .only(*SHOWN_AT_A_GLANCE)
        .order_by(*NEWEST_FIRST)
    )
    return sorted(rows, key=lambda report: report.assignee_id != user.pk)[:MOST_AT_A_GLANCE]


class _Capped(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Report]) -> None:
        super().__init__(rows.order_by(*NEWEST_FIRST).values("pk")[: CAP + 1])


@dataclass(frozen=True)
class OpenFigures:
    """How many reports are open, late, and without an officer."""

    open: CappedCount
    late: CappedCount
    unassigned: CappedCount


def open_figures(user: User, within: Q, *, now: datetime) -> OpenFigures:
    """Of the reports in scope that are `within` it. One statement."""
    rows = Report.objects.in_scope(user).filter(within)
    counts = (
        User.objects.filter(pk=user.pk)
        .values_list(_Capped(rows.open()), _Capped(rows.overdue(now)), _Capped(rows.unassigned()))
        .get()
    )
    return OpenFigures(*(CappedCount(min(number, CAP), number > CAP) for number in counts))


class _Percentile(Aggregate):
    """Interpolated, as PostgreSQL's percentile_cont; NULLs are left out."""

    template = "percentile_cont(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, length: Expression, fraction: float) -> None:
        super().__init__(length, fraction=fraction)


@dataclass(frozen=True)
class ResponseTime:
    """Minutes of `count` reports; none where too few were measured to say anything."""

    count: int
    median: int | None = None
    ninetieth: int | None = None


@dataclass(frozen=True)
class ResponseTimes:
    answered: ResponseTime
    arrived: ResponseTime


def response_times(user: User, within: Q, *, now: datetime) -> ResponseTimes:
    """From the report to the first step and to the arrival, over RESPONSE_DAYS.

    Findings of a patrol are not counted: the officer was there before the report. One statement.
    """
    rows = (
        Report.objects.in_scope(user)
        .filter(within, reported_at__gte=now - timedelta(days=RESPONSE_DAYS), reported_at__lte=now)
        .exclude(source=Source.PATROL)
    )
    measures: dict[str, Aggregate] = {}
    for name, column in (("answered", "first_response_at"), ("arrived", "arrived_at")):
        length = ExpressionWrapper(F(column) - F("reported_at"), output_field=DurationField())
        measures |= {
            f"{name}_count": Count(column),
            f"{name}_median": _Percentile(length, 0.5),
            f"{name}_ninetieth": _Percentile(length, 0.9),
        }
    found = rows.aggregate(**measures)
    return ResponseTimes(_measured("answered", found), _measured("arrived", found))


def _measured(name: str, found: dict[str, Any]) -> ResponseTime:
    count = found[f"{name}_count"]
    if count < FEWEST_MEASURED:
        return ResponseTime(count)
    return ResponseTime(
        count, _minutes(found[f"{name}_median"]), _minutes(found[f"{name}_ninetieth"])
    )


def _minutes(length: timedelta) -> int:
    return round(length.total_seconds() / 60)
