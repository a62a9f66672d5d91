"""Makes a report of a finding, with its place, time and photos."""

import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from patrols.models import EntryKind, FindingReport, LogEntry
from patrols.models.findings import origin_words
from patrols.rights import may_log
from patrols.services.stays import check_ins
from reports.models import Precision, Report, Source
from reports.services.intake import ReportDraft, category_of_words, receive_report
from toolkit.geo.models import Positioned
from toolkit.photos.store import stored_photo


def report_finding(
    *, entry: LogEntry, by: User, now: datetime | None = None
) -> tuple[Report, bool]:
    """Makes a report of the finding; returns it with True if it is new.

    Raises PermissionDenied for who may not write on the duty, ValidationError for an entry that is
    no finding or was taken back.
    """
    now = now or timezone.now()
    with transaction.atomic():
        entry = (
            LogEntry.objects.visible_to(by)
            .select_related("duty__unit", "duty__post", "duty__route", "checkpoint")
            .select_for_update(of=("self",), no_key=True)
            .get(pk=entry.pk)
        )
        if not may_log(by, entry.duty):
            raise PermissionDenied
        if made := FindingReport.objects.filter(entry=entry).select_related("report").first():
            return made.report, False
        if entry.kind != EntryKind.FINDING or entry.withdrawn_at is not None:
            raise ValidationError(_("Only a finding that stands in the log becomes a report."))
        report, _is_new = receive_report(draft=_draft(entry), by=by, now=now)
        FindingReport.objects.create(entry=entry, report=report, by=by, at=now)
    return report, True


def _draft(entry: LogEntry) -> ReportDraft:
    duty = entry.duty
    stay = _stay_at(entry)
    stop = entry.checkpoint or (stay.checkpoint if stay else None)
    # The phone's own position: of the entry, else of the author's check-in. Without both, or where
    # the phone is kilometres wrong, that of the checkpoint or post.
    known = [row for row in (entry, stay) if row and row.lat is not None]
    phone = next((row for row in known if not row.is_position_coarse), None)
    spot: Positioned | None = phone or stop or duty.post
    if spot is None and known:
        spot = phone = known[0]
    place = str(stop or duty.place_name or duty.name)
    if stay and stay.is_outside and stay.distance_m is not None:
        place = _("%(m)d m from %(place)s") % {"m": stay.distance_m, "place": place}
    return ReportDraft(
        category=category_of_words(entry.text),
        text=entry.text,
        place=place,
        lat=spot.lat if spot else None,
        lon=spot.lon if spot else None,
        accuracy_m=phone.accuracy_m if phone else None,
        precision=Precision.EXACT,
        occurred_from=entry.at,
        reported_at=entry.at,
        source=Source.PATROL,
        home=duty.unit,
        origin=origin_words(duty),
        photos=tuple(filter(None, map(stored_photo, entry.photos.all()))),
        client_uuid=uuid.uuid5(entry.client_uuid, "report"),
    )


def _stay_at(entry: LogEntry) -> LogEntry | None:
    """The check-in of the stay during which its author wrote the entry."""
    return (
        check_ins(entry.duty)
        .filter(Q(left_at=None) | Q(left_at__gte=entry.at), author=entry.author_id)
        .filter(at__lte=entry.at)
        .select_related("checkpoint")
        .order_by("-at", "-pk")
        .first()
    )
