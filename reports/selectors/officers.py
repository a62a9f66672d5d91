"""Who is likeliest to go to a report, and why: on duty now, of its village, with little to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Posting, User
from reports.extensions import officers_on_duty
from reports.models import Report
from territory.scope import unscoped

# So many people of one unit are ranked; in a larger one the others are found by name.
MOST_RANKED = 300


@dataclass(frozen=True)
class Likely:
    """An officer who may be assigned. `village` is the name of the report's village where the
    officer serves it, `open` how many open reports of the unit the officer has."""

    officer: User
    is_on_duty: bool
    village: str
    open: int


def likeliest(people: QuerySet[User], report: Report, by: User) -> list[Likely]:
    """Those on duty now first, then those of the village, then those with the fewest open reports.

    `people` come from `officers_for`. Three statements.
    """
    if report.village_id is not None:
        served = unscoped(Posting.objects.active(), "of people who may be assigned")
        serves = Exists(served.filter(user=OuterRef("pk"), villages=report.village_id))
        people = people.annotate(serves=serves)
    found = list(people[:MOST_RANKED])
    ids = [one.pk for one in found]
    on_duty = officers_on_duty(ids)
    counts = _open_of(ids, report, by)
    village = report.village.name if report.village else ""
    likely = [
        Likely(
            one,
            one.pk in on_duty,
            village if getattr(one, "serves", False) else "",
            counts.get(one.pk, 0),
        )
        for one in found
    ]
    likely.sort(key=lambda one: (not one.is_on_duty, not one.village, one.open, one.officer.name))
    return likely


def _open_of(ids: Iterable[int], report: Report, by: User) -> dict[int, int]:
    """Of the report's unit, as far as `by` sees them."""
    here = Q(polsek=report.polsek_id) if report.polsek_id else Q(unit=report.unit_id)
    rows = Report.objects.in_scope(by).open().filter(here, assignee__in=ids)
    counts = rows.exclude(pk=report.pk).order_by().values_list("assignee").annotate(n=Count("pk"))
    return dict(counts)
