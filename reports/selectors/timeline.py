"""What the page of one report shows beside the report itself. The person may read the report."""

from accounts.models import User
from reports.extensions import Origin, report_origin
from reports.models import Report, ReportEvent, Source

MOST_EVENTS, MOST_MERGED = 300, 20


def merged_with(report: Report, user: User) -> list[Report]:
    """Reports that tell of the same, as far as the person may read them."""
    rows = Report.objects.in_scope(user).filter(duplicate_of=report)
    return list(rows.only("id").order_by("id")[:MOST_MERGED])


def sees_other(report: Report, user: User) -> bool:
    """Whether the person may know which report this one was merged with."""
    other = report.duplicate_of_id
    return other is not None and Report.objects.visible_to(user).filter(pk=other).exists()


def timeline_of(report: Report) -> list[ReportEvent]:
    """Of a report that the person may read: its last events, each with its photos."""
    shown = (
        "kind",
        "is_public",
        "text",
        "at",
        "report",
        "unit__name",
        "actor__name",
        "actor__rank",
    )
    events = list(
        report.timeline.select_related("actor", "unit")
        .only(*shown)
        .order_by("-at", "-pk")[:MOST_EVENTS]
    )
    events.reverse()
    photos = list(report.photos.all())
    for event in events:
        event.shown_photos = [photo for photo in photos if photo.event_id == event.pk]  # type: ignore[attr-defined]
    return events


def origin_of(report: Report, user: User) -> Origin | None:
    """The duty during which police found it. None, without a statement, for other reports."""
    if report.source != Source.PATROL:
        return None
    return report_origin(report.pk, user)
