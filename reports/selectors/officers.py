"""Who is likeliest to go to a report, and why: on duty now, of its village, with little to do."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from accounts.models import Posting, User
from reports.extensions import officers_on_duty
from reports.models import Report
from territory.scope import unscoped


@dataclass(frozen=True)
class Likely:
    """An officer who may be assigned. `village` is the name of the report's village where the
    officer serves it, `open` how many open reports of the unit the officer has."""

    officer: User
    is_on_duty: bool
    village: str
    open: int


def likeliest(people: QuerySet[User], report: Report, by: User, *, limit: int) -> list[Likely]:
    """Those on duty now first, then those of the village, then those with the fewest open reports;
    at most `limit` of them.

    `people` come from `officers_for`. Four statements. All are ranked by a few columns, because
    whoever is on duty may stand last by name; only those shown are read whole.
    """
    serves: Combinable = Value(False)
    if report.village_id is not None:
        served = unscoped(Posting.objects.active(), "of people who may be assigned")
        serves = Exists(served.filter(user=OuterRef("pk"), villages=report.village_id))
    found = list(people.order_by("name", "pk").values_list("pk", serves))
    on_duty = officers_on_duty([pk for pk, _serves in found])
    counts = _open_by_assignee(report, by)
    # A stable sort: those alike stay by name.
    found.sort(key=lambda one: (one[0] not in on_duty, not one[1], counts.get(one[0], 0)))
    first = found[:limit]
    officers = people.in_bulk([pk for pk, _serves in first])
    village = report.village.name if report.village else ""
    return [
        Likely(officers[pk], pk in on_duty, village if serves else "", counts.get(pk, 0))
        for pk, serves in first
        if pk in officers
    ]


def _open_by_assignee(report: Report, by: User) -> dict[int | None, int]:
    """Of the report's unit, as far as `by` sees them."""
    here = Q(polsek=report.polsek_id) if report.polsek_id else Q(unit=report.unit_id)
    rows = Report.objects.in_scope(by).open().filter(here, assignee__isnull=False)
    counts = rows.exclude(pk=report.pk).order_by().values_list("assignee").annotate(n=Count("pk"))
    return dict(counts)
