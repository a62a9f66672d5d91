"""Open reports that a commander reads first: urgent, late, disputed."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q

from accounts.models import User
from reports.models import Priority, Report
from reports.models.reports import NEWEST_FIRST, OLDEST_FIRST
from reports.selectors.disputes import disputed
from reports.selectors.figures import NEWEST_READ
from territory.scope import unscoped

MOST_OF_A_KIND = 3
SHOWN = (
    *("id", "reported_at", "state", "due_at", "place", "priority", "is_sealed", "assignee"),
    *("category__label", "category__icon", "village__name", "unit__name", "unit__timezone"),
)


def reports_to_act_on(user: User, within: Q, *, now: datetime) -> list[Report]:
    """At most MOST_OF_A_KIND of each kind: urgent ones, first the newest that nobody has taken on;
    the oldest late ones; the oldest disputed ones. Each says as `disputed` whether it is that. One
    statement."""
    still_open = Report.objects.in_scope(user).filter(within).open()
    # Disputes and priorities have no index.
    newest = still_open.order_by(*NEWEST_FIRST).values("pk")[:NEWEST_READ]
    recent = Report.objects.in_scope(user).filter(pk__in=newest)
    untaken_first = F("assignee").asc(nulls_first=True)
    kinds = (
        recent.filter(priority=Priority.URGENT).order_by(untaken_first, *NEWEST_FIRST),
        still_open.overdue(now).order_by(*OLDEST_FIRST),
        recent.alias(disputed=disputed()).exclude(disputed=None).order_by(*OLDEST_FIRST),
    )
    picked = [rows.values("pk")[:MOST_OF_A_KIND] for rows in kinds]
    rows: Iterable[Report] = (
        unscoped(Report.objects, "`picked` comes from in_scope()")
        .filter(pk__in=picked[0].union(*picked[1:], all=True))
        .select_related("category", "village", "unit")
        .only(*SHOWN)
        .annotate(disputed=disputed())
        .order_by(*OLDEST_FIRST)
    )
    return sorted(rows, key=lambda report: _rank(report, now))


def _rank(report: Report, now: datetime) -> int:
    if report.priority == Priority.URGENT and report.assignee_id is None:
        return 0
    if report.is_overdue(now):
        return 1
    return 3 if report.disputed is None else 2  # type: ignore[attr-defined]
