"""Which reports have a note of a reporter that no officer has acted on since."""

from functools import cache

from django.db.models import Exists, Expression, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from reports.models import EventKind, Report, ReportEvent
from territory.scope import unscoped


@cache
def _unanswered_notes() -> QuerySet[ReportEvent]:
    """Notes of the report at hand after which no officer did anything with it, or with the one it
    was merged into."""
    events = unscoped(ReportEvent.objects, "only whether there are any, of a report in scope")
    later = events.filter(actor__isnull=False, at__gt=OuterRef("at"))
    return events.filter(
        ~Exists(later.filter(report=OuterRef("report"))),
        ~Exists(later.filter(report=OuterRef("report__duplicate_of"))),
        report=OuterRef("pk"),
        kind=EventKind.REPORTER_NOTE,
    )


def new_note(user: User) -> Expression:
    """An expression on reports in scope: a number where there is a new note, on the report or on
    one merged into it that the person sees; else NULL.

    Both halves have a LIMIT, so that PostgreSQL looks up each row by an index. It may turn a plain
    EXISTS into a table of all notes.
    """
    notes = _unanswered_notes()
    merged = Report.objects.in_scope(user).filter(Exists(notes), duplicate_of=OuterRef("pk"))
    return Coalesce(
        Subquery(notes.order_by("-at").values("pk")[:1]), Subquery(merged.values("pk")[:1])
    )
