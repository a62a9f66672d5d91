"""The open reports of a board: how many of each kind, and those that a commander reads first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from accounts.selectors.counts import CAP, capped_counts
from reports.models import Priority, Report
from reports.models.reports import NEWEST_FIRST, OLDEST_FIRST, is_late
from reports.selectors.marks import MARKED, Marks, marks_of_rows, with_last
from territory.scope import unscoped
from toolkit.paging import CappedCount

MOST_OF_A_KIND = 3
SHOWN = (
    *("id", "reported_at", "state", "due_at", "place", "priority", "is_sealed", "assignee"),
    *("category__label", "category__icon", "village__name", "unit__name", "unit__timezone"),
)


@dataclass(frozen=True)
class OpenReports:
    """`noted` counts those with a new note of the reporter.

    `first` are at most MOST_OF_A_KIND of each kind, in this order: urgent ones that nobody has
    taken on, the newest first; late ones, the oldest first; disputed ones and other urgent ones.
    Each says as `disputed` whether it is that. `more_late` says that not every late one is there.
    """

    open: CappedCount
    late: CappedCount
    unassigned: CappedCount
    noted: CappedCount
    first: list[Report]

    @property
    def more_late(self) -> bool:
        return self.late.number > MOST_OF_A_KIND


def open_reports(user: User, within: Q, *, now: datetime) -> OpenReports:
    """Of the person's scope, those that match `within`. Notes, disputes and priorities are looked
    for among the newest CAP.

    Two statements, one more where a report merged into an open one has a note, two more where more
    than CAP are open. Python counts them: to say each kind in SQL took Django longer than it takes
    to read them all.
    """
    rows = Report.objects.in_scope(user).filter(within)
    columns = ("id", "state", "due_at", "priority", "assignee", *MARKED)
    read = with_last(rows.open()).order_by(*NEWEST_FIRST).values_list(*columns, named=True)
    found = list(read[: CAP + 1])
    newest = found[:CAP]
    late = [row.id for row in reversed(newest) if is_late(row.state, row.due_at, now)]
    counts = {
        "open": CappedCount(len(newest), is_capped=len(found) > CAP),
        "late": _exactly(len(late)),
        "unassigned": _exactly(sum(row.assignee is None for row in newest)),
    }
    if counts["open"].is_capped:
        # The late ones are the old ones, so most are not among the newest.
        overdue = rows.overdue(now)
        older = {"late": overdue, "unassigned": rows.unassigned()}
        counts |= capped_counts(
            user, {name: kind.order_by(*NEWEST_FIRST) for name, kind in older.items()}
        )
        late = list(overdue.order_by(*OLDEST_FIRST).values_list("pk", flat=True)[:MOST_OF_A_KIND])
    marks = marks_of_rows(newest, user)
    urgent = [row for row in newest if row.priority == Priority.URGENT]
    urgent.sort(key=lambda row: row.assignee is not None)
    disputed = [row.id for row in reversed(newest) if row.id in marks.disputed]
    kinds = ([row.id for row in urgent], late, disputed)
    picked = {pk for kind in kinds for pk in kind[:MOST_OF_A_KIND]}
    return OpenReports(
        **counts,
        noted=_exactly(len(marks.new_note)),
        first=_shown(picked, marks, now) if picked else [],
    )


def _exactly(number: int) -> CappedCount:
    return CappedCount(number, is_capped=False)


def _shown(picked: set[int], marks: Marks, now: datetime) -> list[Report]:
    rows: Iterable[Report] = (
        unscoped(Report.objects, "`picked` comes from in_scope()")
        .filter(pk__in=picked)
        .select_related("category", "village", "unit")
        .only(*SHOWN)
        .order_by()
    )
    # OLDEST_FIRST within a rank. Python sorts these few faster than Django writes the order.
    return sorted(
        marks.put_on(rows), key=lambda report: (_rank(report, now), report.reported_at, report.pk)
    )


def _rank(report: Report, now: datetime) -> int:
    if report.priority == Priority.URGENT and report.assignee_id is None:
        return 0
    if report.is_overdue(now):
        return 1
    return 2 if report.disputed else 3
