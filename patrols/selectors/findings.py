"""Findings of a patrol that became reports: what both pages, the duty's and the report's, read."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from patrols.models import EntryKind, FindingReport, LogEntry
from patrols.models.findings import origin_words
from patrols.rights import may_view
from reports.extensions import Origin
from reports.models import Report, Source
from territory.scope import unscoped


def origin_of(report_id: int, source: str, user: User) -> Origin | None:
    """The duty a report came from, for the report's page. One statement, for a finding."""
    if source != Source.PATROL:
        return None
    found = (
        unscoped(FindingReport.objects, "whoever reads the report may know where it came from")
        .filter(report=report_id)
        .select_related("entry__duty__leader")
        .first()
    )
    if found is None:
        return None
    duty = found.entry.duty
    url = ""
    if may_view(user, duty):
        url = f"{reverse('patrols:duty_detail', args=[duty.pk])}#entry-{found.entry_id}"
    return Origin(origin_words(duty), url)


def open_to(user: User, entries: Iterable[LogEntry]) -> set[int]:
    """Ids of the reports that came of these entries and that the person may open.

    At most one statement, none where nothing became a report.
    """
    ids = [entry.finding.report_id for entry in entries if hasattr(entry, "finding")]
    if not ids:
        return set()
    rows = Report.objects.visible_to(user).filter(pk__in=ids)
    return set(rows.order_by().values_list("pk", flat=True))


def unreported(entries: Iterable[LogEntry], pk: int | None) -> LogEntry | None:
    """The entry of this key, if it is a finding that became no report. No statement."""
    return next(
        (
            entry
            for entry in entries
            if entry.pk == pk
            and entry.kind == EntryKind.FINDING
            and entry.withdrawn_at is None
            and not hasattr(entry, "finding")
        ),
        None,
    )
