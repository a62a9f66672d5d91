"""How long reporters waited."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Expression,
    ExpressionWrapper,
    F,
    Q,
)
from django.utils import timezone

from accounts.models import User
from reports.models import Report
from reports.models.choices import MET

RESPONSE_DAYS = 30
FEWEST_MEASURED = 5
KEPT_SECONDS = 600


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


def kept_response_times(user: User, within: Q) -> ResponseTimes:
    """`response_times` as this process read them at most KEPT_SECONDS ago: a board is read again
    each minute, and thirty days change slowly."""
    asked = f"{user.pk} {user.scope.grants} {within}"
    key = f"response-{hashlib.sha256(asked.encode()).hexdigest()}"
    kept = caches["process"]
    found: ResponseTimes | None = kept.get(key)
    if found is None:
        found = response_times(user, within, now=timezone.now())
        kept.set(key, found, KEPT_SECONDS)
    return found


def response_times(user: User, within: Q, *, now: datetime) -> ResponseTimes:
    """From the report to the first response and to the arrival, over the last RESPONSE_DAYS days.

    What police met with themselves does not count, because the officer was there before the report
    was. One statement.
    """
    rows = (
        Report.objects.in_scope(user)
        .filter(within, reported_at__gte=now - timedelta(days=RESPONSE_DAYS), reported_at__lte=now)
        .exclude(source__in=MET)
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
