"""Which open reports are open again because the reporter disputed the outcome."""

from functools import cache

from django.db.models import Case, Exists, Expression, IntegerField, OuterRef, Subquery, When

from reports.models import EventKind, ReportEvent
from reports.workflow import OPEN
from territory.scope import unscoped


@cache
def disputed() -> Expression:
    """An expression on reports in scope: a number where it is so, else NULL.

    After an officer has reopened it for another reason, it is so no more. Only reports that are
    open are looked up, each by an index.
    """
    events = unscoped(ReportEvent.objects, "only whether there are any, of a report in scope")
    later = events.filter(report=OuterRef("report"), pk__gt=OuterRef("pk"), kind=EventKind.REOPENED)
    found = events.filter(~Exists(later), report=OuterRef("pk"), kind=EventKind.DISPUTED)
    return Case(
        When(state__in=OPEN, then=Subquery(found.order_by("-pk").values("pk")[:1])),
        output_field=IntegerField(),
    )
