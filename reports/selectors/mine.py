"""The reports that concern one officer: of the officer's villages, and assigned to the officer."""

from typing import Any, cast

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, Value

from accounts.models import Posting, User
from reports.models import Report
from reports.models.reports import NEWEST_FIRST

MOST_AT_A_GLANCE = 5
# As few columns as it shows: naming them all takes longer than reading the rows.
SHOWN_AT_A_GLANCE = (
    *("id", "reported_at", "state", "due_at", "place", "assignee"),
    *("category__label", "category__icon", "village__name", "unit__timezone"),
)


def my_area(user: User) -> Q | None:
    """Reports of the villages of the person's postings; a posting without villages is its whole
    unit. None without a posting. One statement; to be used beside `in_scope`."""
    postings = (
        Posting.objects.active()
        .filter(user=user)
        .select_related("unit")
        .annotate(served=ArrayAgg("villages", filter=Q(villages__isnull=False), default=Value([])))
        .order_by()
    )
    found: Q | None = None
    for posting in postings:
        grant = posting.grant()
        area = Q(**{grant.column: grant.unit_id}) if grant.column else Q()
        if served := cast(Any, posting).served:
            area &= Q(village__in=served)
        found = area if found is None else found | area if found and area else Q()
    return found


def my_open_reports(user: User) -> list[Report]:
    """Those assigned to the person and then the newest of the area, at most MOST_AT_A_GLANCE.

    Two statements.
    """
    area = my_area(user)
    if area is None:
        return []
    still_open = Report.objects.in_scope(user).open().order_by(*NEWEST_FIRST).values("pk")
    # Each half by its own index, and few rows to sort: an OR would read all that is open.
    picked = still_open.filter(assignee=user)[:MOST_AT_A_GLANCE].union(
        still_open.filter(area)[:MOST_AT_A_GLANCE], all=True
    )
    rows = (
        Report.objects.filter(pk__in=picked)
        .select_related("category", "village", "unit")
        .only(*SHOWN_AT_A_GLANCE)
        .order_by(*NEWEST_FIRST)
    )
    return sorted(rows, key=lambda report: report.assignee_id != user.pk)[:MOST_AT_A_GLANCE]
