"""What a list says beside its reports: that a reporter's note is new, that an outcome is disputed.

One statement for all reports of a page. Expressions in the statement that reads the reports took a
quarter of the time of a list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Max, Q

from accounts.models import User
from reports.models import EventKind, Report
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


def _last(what: str, **events: object) -> Max:
    """When the last of these events was, or its key: of one moment, keys tell the order."""
    of = {f"timeline__{name}": value for name, value in events.items()}
    return Max(f"timeline__{what}", filter=Q(**of))


LAST = {
    "noted": _last("at", kind=EventKind.REPORTER_NOTE),
    "acted": _last("at", actor__isnull=False),
    "disputed": _last("pk", kind=EventKind.DISPUTED),
    "reopened": _last("pk", kind=EventKind.REOPENED),
}


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
    found = {row["pk"]: row for row in rows.values("pk", "duplicate_of", "state").annotate(**LAST)}
    for pk, row in found.items():
        target = row["duplicate_of"]
        acted = [found[key]["acted"] for key in (pk, target) if key in found]
        if row["noted"] and all(at is None or at <= row["noted"] for at in acted):
            marks.new_note.update({pk, target} & merged_into.keys())
        is_disputed = (row["disputed"] or 0) > (row["reopened"] or 0)
        if is_disputed and row["state"] in OPEN:
            marks.disputed.add(pk)
    return marks
