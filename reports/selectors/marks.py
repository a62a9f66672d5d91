"""What a list says beside its reports: that a reporter's note is new, that an outcome is disputed.

The statement that reads the rows of a page looks for both too, because few reports have any; only
for notes of merged reports there is another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, F
from django.db.models.expressions import RawSQL

from accounts.models import User
from reports.models import Report
from reports.workflow import OPEN
from territory.scope import Rows, unscoped


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

# Most reports have no note, no dispute, and nothing merged into them. Not with EXISTS, which
# PostgreSQL may answer by reading the whole table once.
_MARKED = """
    (SELECT TRUE FROM reports_reportevent
    WHERE report_id = reports_report.id AND kind IN ('reporter_note', 'disputed') LIMIT 1)
"""
LAST_OF_MARKED = f"(CASE WHEN {_MARKED} THEN {LAST} END)"
HAS_MERGED = """
    (SELECT TRUE FROM reports_report AS merged
    WHERE merged.duplicate_of_id = reports_report.id LIMIT 1)
"""
HAS_MERGED_NOTE = """
    (SELECT TRUE FROM reports_report AS merged JOIN reports_reportevent AS event
        ON event.report_id = merged.id AND event.kind = 'reporter_note'
    WHERE merged.duplicate_of_id = reports_report.id LIMIT 1)
"""
MARKED = ("last", "has_merged_note", "merged_into")


def with_last(reports: Rows) -> Rows:
    """With what `marks_of_rows` asks of each, the names in MARKED."""
    return reports.annotate(
        last=RawSQL(LAST_OF_MARKED, []),  # noqa: S611 a constant
        has_merged_note=RawSQL(HAS_MERGED_NOTE, [], BooleanField()),  # noqa: S611 a constant
        merged_into=F("duplicate_of_id"),
    )


def marks_of_rows(rows: Iterable[Any], user: User) -> Marks:
    """Of rows from `with_last`. No statement, one where a merged report has a note."""
    rows = list(rows)
    linked = {
        row.id: row.merged_into
        for row in rows
        if row.has_merged_note or (row.merged_into and row.last)
    }
    marks = marks_of(linked, user)
    for row in rows:
        if row.last and row.id not in linked:
            noted, acted, disputed, reopened = row.last
            if is_new(noted, acted):
                marks.new_note.add(row.id)
            if is_disputed(row.state, disputed, reopened):
                marks.disputed.add(row.id)
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
