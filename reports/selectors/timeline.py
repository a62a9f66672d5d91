"""What the page of one report reads beside the report itself, which the person may see."""

from collections.abc import Iterable, Sequence

from django.db.models import BooleanField, Q, prefetch_related_objects
from django.db.models.expressions import RawSQL

from accounts.models import User
from reports.extensions import Origin, report_origin
from reports.models import (
    ContactAccess,
    EventKind,
    Privacy,
    Report,
    ReportEvent,
    ReportPhoto,
)
from reports.rights import may_read_openings
from reports.selectors.marks import HAS_MERGED
from territory.scope import unscoped

MOST_EVENTS, MOST_MERGED = 300, 100
# Events of a merged report that the page of the report it was merged into shows too.
TOLD = (EventKind.RECEIVED, EventKind.REPORTER_NOTE)
# Whether others were merged into a report, whoever sees those, and whether it has photos. Most have
# neither; then nothing more is read. Written out, because Django takes longer to write these two
# than the database takes to answer them.
_PHOTOS = "EXISTS (SELECT FROM reports_reportphoto WHERE report_id = reports_report.id)"
COMPANY = {
    "has_merged": RawSQL(HAS_MERGED, [], BooleanField()),  # noqa: S611 a constant
    "has_photos": RawSQL(_PHOTOS, [], BooleanField()),  # noqa: S611 a constant
}


def timeline_of(report: Report, merged: Sequence[Report] = ()) -> list[ReportEvent]:
    """The last MOST_EVENTS events, the oldest first, each with its photos as `shown_photos`.

    Among them are receipt and reporter's notes of each of the `merged` reports: the work goes on
    here, so nobody would read them there. One statement, and one each where there are photos and
    where another unit had the report.
    """
    columns = ("kind", "is_public", "text", "at", "report", "unit", "actor__name", "actor__rank")
    told = Q(report=report)
    if merged:
        told |= Q(report__in=merged, kind__in=TOLD)
    events = list(
        unscoped(ReportEvent.objects, "the person sees these reports")
        .filter(told)
        .select_related("actor")
        .only(*columns)
        .order_by("-at", "-pk")[:MOST_EVENTS]
    )
    events.reverse()
    # The page names the unit of these only.
    elsewhere = [event for event in events if event.unit_id != report.unit_id]
    prefetch_related_objects(elsewhere, "unit")
    photos = unscoped(ReportPhoto.objects, "the person sees these reports")
    has_photos = report.has_photos or merged
    attach_photos(events, photos.filter(report__in=[report, *merged]) if has_photos else ())
    return events


def public_timeline(report: Report) -> list[ReportEvent]:
    """The events that the reporter sees, the oldest first, each with its public photos as
    `shown_photos`. The report comes from `held_by()`. Two statements."""
    events = list(report.timeline.public().select_related("unit"))
    attach_photos(events, ReportPhoto.objects.held_by(report.code))
    return events


def is_confirmed(report: Report, events: Iterable[ReportEvent]) -> bool:
    """Whether the reporter confirmed the present outcome, and not only an earlier one."""
    resolved_at = report.resolved_at
    return resolved_at is not None and any(
        event.kind == EventKind.CONFIRMED and event.at >= resolved_at for event in events
    )


def is_disputed(report: Report, events: Iterable[ReportEvent]) -> bool:
    """Whether the report is open again because the reporter disputed the outcome; `marks_of`
    asks the same of many. The events are in order."""
    kinds = (EventKind.DISPUTED, EventKind.REOPENED)
    own = [one.kind for one in events if one.report_id == report.pk and one.kind in kinds]
    return report.is_open and own[-1:] == [EventKind.DISPUTED]


def attach_photos(events: Iterable[ReportEvent], photos: Iterable[ReportPhoto]) -> None:
    """Gives each event the list of its photos as `shown_photos`."""
    by_event: dict[int, list[ReportPhoto]] = {}
    for photo in photos:
        by_event.setdefault(photo.event_id, []).append(photo)
    for event in events:
        event.shown_photos = by_event.get(event.pk, [])


def reports_merged_into(report: Report, user: User) -> list[Report]:
    """Reports of the same incident that were merged into this one, as far as the person sees
    them; with their ids only. No statement where there are none."""
    if not report.has_merged:
        return []
    rows = Report.objects.in_scope(user).filter(duplicate_of=report)
    return list(rows.only("id").order_by("id")[:MOST_MERGED])


def sees_report_merged_into(report: Report, user: User) -> bool:
    """Whether the person may know which report this one was merged into."""
    other = report.duplicate_of_id
    return other is not None and Report.objects.visible_to(user).filter(pk=other).exists()


def count_openings(report: Report, user: User) -> int | None:
    """How often the contact was opened. None where there is no contact, and for everybody but
    those who head the unit."""
    if report.privacy == Privacy.ANONYMOUS or not may_read_openings(user, report):
        return None
    return ContactAccess.objects.visible_to(user).filter(report=report).count()


def origin_of(report: Report, user: User) -> Origin | None:
    """The police work that led to it: a duty on which it was found, what a resident said at a visit
    or meeting. None, without a statement, for other reports."""
    return next(filter(None, report_origin(report.pk, report.source, user)), None)
