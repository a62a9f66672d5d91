"""How many reports are open and late, and how long reporters waited. One statement each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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
)

from accounts.models import User
from reports.models import Report, Source
from reports.models.reports import NEWEST_FIRST
from reports.selectors.notes import new_note
from territory.scope import unscoped
from toolkit.paging import CappedCount

CAP = 1000
RESPONSE_DAYS = 30
FEWEST_MEASURED = 5


class _Capped(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Report]) -> None:
        super().__init__(rows.order_by(*NEWEST_FIRST).values("pk")[: CAP + 1])


@dataclass(frozen=True)
class OpenFigures:
    """How many reports are open, late, and without an officer; and how many of the newest open
    ones have a new note of a reporter."""

    open: CappedCount
    late: CappedCount
    unassigned: CappedCount
    noted: CappedCount


def open_figures(user: User, within: Q, *, now: datetime) -> OpenFigures:
    """Counts reports in the person's scope that match `within`. One statement."""
    rows = Report.objects.in_scope(user).filter(within)
    # Notes are looked up for each report, so only for the newest.
    newest = rows.open().order_by(*NEWEST_FIRST).values("pk")[:CAP]
    noted = Report.objects.in_scope(user).filter(pk__in=newest).alias(note=new_note(user))
    counts = (
        unscoped(User.objects, "the one row that carries the counts")
        .filter(pk=user.pk)
        .values_list(
            _Capped(rows.open()),
            _Capped(rows.overdue(now)),
            _Capped(rows.unassigned()),
            _Capped(noted.exclude(note=None)),
        )
        .get()
    )
    return OpenFigures(*(CappedCount(min(number, CAP), number > CAP) for number in counts))


class _Percentile(Aggregate):
    """PostgreSQL's percentile_cont, which interpolates and leaves out NULLs."""

    template = "percentile_cont(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, length: Expression, fraction: float) -> None:
        super().__init__(length, fraction=fraction)


@dataclass(frozen=True)
class ResponseTime:
    """Minutes over `count` reports; None with fewer than FEWEST_MEASURED reports."""

    count: int
    median: int | None = None
    ninetieth: int | None = None


@dataclass(frozen=True)
class ResponseTimes:
    answered: ResponseTime
    arrived: ResponseTime


def response_times(user: User, within: Q, *, now: datetime) -> ResponseTimes:
    """From the report to the first response and to the arrival, over the last RESPONSE_DAYS days.

    Findings of a patrol do not count, because the officer was there before the report was. One
    statement.
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
