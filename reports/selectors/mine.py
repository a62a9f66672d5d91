"""The reports that concern one officer: of the officer's villages, and assigned to the officer."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from reports.models import Report
from reports.models.reports import NEWEST_FIRST
from reports.selectors.marks import marks_of_rows, with_last
from territory.scope import unscoped

MOST_AT_A_GLANCE = 5
# Only the columns shown, because naming all of them takes longer than reading the rows.
SHOWN_AT_A_GLANCE = (
    *("id", "reported_at", "state", "due_at", "place", "assignee"),
    *("category__label", "category__icon", "village__name", "unit__timezone"),
)


def my_area(user: User) -> Q | None:
    """The condition for reports of the villages of the person's postings. A posting without
    villages stands for its whole unit.

    None without a posting. It narrows, so use it after `in_scope()`.
    """
    now = timezone.now()
    found: Q | None = None
    for posting in user.postings_held():
        if not posting.is_on(posting.unit.today(now)):
            continue
        grant = posting.grant()
        area = Q(**{grant.column: grant.unit_id}) if grant.column else Q()
        if posting.served:
            area &= Q(village__in=posting.served)
        found = area if found is None else found | area if found and area else Q()
    return found


def my_open_reports(user: User) -> list[Report]:
    """At most MOST_AT_A_GLANCE open reports: first those assigned to the person, then the newest
    of the person's villages. Each says as `new_note` whether a reporter's note is new, and as
    `disputed` whether the reporter disputed the outcome.

    One statement, one more where a report merged into one of them has a note.
    """
    area = my_area(user)
    if area is None:
        return []
    still_open = Report.objects.in_scope(user).open().order_by(*NEWEST_FIRST).values("pk")
    # Two halves, each on its own index: one query with OR would read every open report.
    picked = still_open.filter(assignee=user)[:MOST_AT_A_GLANCE].union(
        still_open.filter(area)[:MOST_AT_A_GLANCE], all=True
    )
    rows: Iterable[Report] = (
        with_last(unscoped(Report.objects, "`picked` comes from in_scope()"))
        .filter(pk__in=picked)
        .select_related("category", "village", "unit")
        .only(*SHOWN_AT_A_GLANCE)
        .order_by(*NEWEST_FIRST)
    )
    shown = sorted(rows, key=lambda report: report.assignee_id != user.pk)[:MOST_AT_A_GLANCE]
    return marks_of_rows(shown, user).put_on(shown)
