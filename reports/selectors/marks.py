"""What a list says beside its reports: that a reporter's note is new, that an outcome is disputed.

One statement for all reports of a page. Expressions in the statement that reads the reports took a
quarter of the time of a list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from reports.models import Report
from reports.workflow import OPEN
from territory.scope import unscoped


@dataclass(frozen=True)
class Marks:
    """The keys of the reports of which it is so."""

    new_note: set[int] = field(default_factory=set)
    disputed: set[int] = field(default_factory=set)

    def put_on(self, reports: Iterable[Report]) -> list[Report]:
        """The reports, each saying `new_note` and `disputed` of itself."""
        shown = list(reports)
        for report in shown:
            report.new_note = report.pk in self.new_note
            report.disputed = report.pk in self.disputed
        return shown


# Of one report: when the last note of the reporter came and when an officer last did anything, as
# seconds; the keys of the last dispute and the last reopening, which tell the order within one
# moment. Written in SQL: docs/adr/0029.
LAST = """
    (SELECT ARRAY[
        EXTRACT(EPOCH FROM MAX(at) FILTER (WHERE kind = 'reporter_note')),
        EXTRACT(EPOCH FROM MAX(at) FILTER (WHERE actor_id IS NOT NULL)),
        MAX(id) FILTER (WHERE kind = 'disputed'),
        MAX(id) FILTER (WHERE kind = 'reopened')
    ] FROM reports_reportevent WHERE report_id = reports_report.id)
"""

# Most open reports have no note, no dispute, and nothing merged into them.
LAST_OF_MARKED = f"""
    (CASE WHEN EXISTS (
        SELECT FROM reports_reportevent
        WHERE report_id = reports_report.id AND kind IN ('reporter_note', 'disputed')
    ) THEN {LAST} END)
"""
HAS_MERGED = """
    (EXISTS (SELECT FROM reports_report AS merged WHERE merged.duplicate_of_id = reports_report.id))
"""


def with_last(reports: QuerySet[Any]) -> QuerySet[Any]:
    """Open reports with what `marks_of_open` asks: `last`, and whether it `has_merged` ones."""
    last = RawSQL(LAST_OF_MARKED, [])  # noqa: S611 a constant
    has_merged = RawSQL(HAS_MERGED, [], BooleanField())  # noqa: S611 a constant
    found: QuerySet[Any] = reports.annotate(last=last, has_merged=has_merged)
    return found


def marks_of_open(rows: Iterable[Any], user: User) -> Marks:
    """Of rows from `with_last`. No statement, one where other reports were merged into one."""
    rows = list(rows)
    marks = marks_of({row.pk: None for row in rows if row.has_merged}, user)
    for row in rows:
        if row.last and not row.has_merged:
            noted, acted, disputed, reopened = row.last
            if is_new(noted, acted):
                marks.new_note.add(row.pk)
            if is_disputed(row.state, disputed, reopened):
                marks.disputed.add(row.pk)
    return marks


def is_new(noted: Any, *acted: Any) -> bool:
    """Whether the last note came after all that officers did last."""
    return noted is not None and all(at is None or at <= noted for at in acted)


def is_disputed(state: str, disputed: int | None, reopened: int | None) -> bool:
    return state in OPEN and (disputed or 0) > (reopened or 0)


def marks_of(merged_into: Mapping[int, int | None], user: User) -> Marks:
    """`merged_into` has the keys of reports in scope, each with the one it was merged into.

    A note is new until an officer does anything with its report or the one that was merged into.
    That of a merged report counts for both, if the person sees the merged one.
    """
    marks = Marks()
    if not merged_into:
        return marks
    keys = {*merged_into, *filter(None, merged_into.values())}
    own = unscoped(Report.objects, "these the person sees; of others only when somebody acted")
    merged = Report.objects.in_scope(user).filter(duplicate_of__in=merged_into)
    rows = (own.filter(pk__in=keys) | merged).order_by()
    rows = rows.annotate(last=RawSQL(LAST, []))  # noqa: S611 a constant
    found = {pk: row for pk, *row in rows.values_list("pk", "duplicate_of", "state", "last")}
    for pk, (target, state, (noted, _acted, disputed, reopened)) in found.items():
        acted = [found[key][2][1] for key in (pk, target) if key in found]
        if is_new(noted, *acted):
            marks.new_note.update({pk, target} & merged_into.keys())
        if is_disputed(state, disputed, reopened):
            marks.disputed.add(pk)
    return marks
