"""What the reporter may do with the code: add a note, confirm, dispute, rate.

Nothing is stored about the person who does it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

import pghistory
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.models import EventKind, Report, ReportEvent, ReportPhoto
from reports.services.intake import add_photos, is_same_note
from reports.services.transitions import write_change
from reports.workflow import CHANGES, ENDED
from toolkit.photos.clean import CleanPhoto
from toolkit.photos.store import fill_missing
from toolkit.refusals import log_refusal
from toolkit.workflow import state_allows

logger = logging.getLogger(__name__)

# Limits for one report, because anybody may have got hold of the code.
MOST_NOTES = 50
MOST_RATINGS = 10


def lock_report_of(code: str) -> Report:
    """The report of the code, locked until the transaction ends. Raises Report.DoesNotExist.

    The history gets no user, because the reporter may be signed in as an officer.
    """
    pghistory.context(user=None)
    return (
        Report.objects.held_by(code)
        .select_related("unit", "category")
        .select_for_update(of=("self",), no_key=True)
        .get()
    )


def _add_event(report: Report, kind: EventKind, text: str, at: datetime) -> ReportEvent:
    return ReportEvent.objects.create(
        report=report, kind=kind, unit=report.unit, is_public=True, text=text.strip(), at=at
    )


@log_refusal(logger, "Note of a reporter")
def add_reporter_note(
    *,
    code: str,
    text: str = "",
    photos: Sequence[CleanPhoto] = (),
    now: datetime | None = None,
) -> ReportEvent:
    """Adds a note or photos. The same note sent twice in a row is stored once.

    A photo that is missing so far takes its place, and makes no note of its own.
    """
    with transaction.atomic():
        report = lock_report_of(code)
        if not text.strip() and not photos:
            raise ValidationError({"text": _("Write a few words, or add a photo.")})
        written = ReportEvent.objects.filter(report=report, kind=EventKind.REPORTER_NOTE)
        last = written.order_by("-at", "-pk").first()
        if last is not None and is_same_note(last, text, photos):
            fill_missing(last.photos.all(), photos)
            return last
        sent = ReportPhoto.objects.held_by(code)
        late, photos = photos, fill_missing(sent, photos)
        if late and not photos and not text.strip():
            return sent.filter(digest=late[-1].digest).select_related("event").latest("pk").event
        if written.count() >= MOST_NOTES:
            raise ValidationError(
                _("This report has so many notes already. Please call the unit."), code="too_many"
            )
        event = _add_event(report, EventKind.REPORTER_NOTE, text, now or timezone.now())
        add_photos(report, event, photos)
    return event


@log_refusal(logger, "Confirmation of a reporter")
@transaction.atomic
def confirm_outcome(*, code: str, now: datetime | None = None) -> Report:
    """The reporter agrees with the outcome, which closes a resolved report."""
    now = now or timezone.now()
    report = lock_report_of(code)
    if report.state not in ENDED:
        raise ValidationError(_("There is no outcome to confirm yet."), code="no_outcome")
    if ReportEvent.objects.filter(
        report=report, kind=EventKind.CONFIRMED, at__gte=report.resolved_at
    ).exists():
        return report
    if not state_allows(CHANGES, "confirm", report.state):
        _add_event(report, EventKind.CONFIRMED, "", now)
        return report
    return write_change(report, EventKind.CONFIRMED, CHANGES["confirm"].to_state, by=None, at=now)


@log_refusal(logger, "Dispute of a reporter")
@transaction.atomic
def dispute_outcome(*, code: str, reason: str, now: datetime | None = None) -> Report:
    """The reporter disagrees, which opens the report again. The timeline shows the reason."""
    report = lock_report_of(code)
    if not state_allows(CHANGES, "dispute", report.state):
        raise ValidationError(_("The police are still at work on this report."), code="no_outcome")
    if not reason.strip():
        raise ValidationError({"reason": _("Write what is not right.")})
    return write_change(
        report,
        EventKind.DISPUTED,
        CHANGES["dispute"].to_state,
        by=None,
        at=now or timezone.now(),
        text=reason,
    )


@log_refusal(logger, "Rating of a reporter")
@transaction.atomic
def rate_report(*, code: str, rating: int, text: str = "", now: datetime | None = None) -> Report:
    """Rates from 1 to 5 once there is an outcome. A second rating replaces the first."""
    report = lock_report_of(code)
    if report.state not in ENDED:
        raise ValidationError(_("You can rate once there is an outcome."), code="no_outcome")
    if rating not in range(1, 6):
        raise ValidationError({"rating": _("Choose from 1 to 5.")})
    event_text = f"{rating}/5. {text.strip()}" if text.strip() else f"{rating}/5"
    rated = ReportEvent.objects.filter(report=report, kind=EventKind.RATED)
    last = rated.order_by("-at", "-pk").first()
    is_same_text = last is not None and last.text == event_text
    if report.rating == rating and (is_same_text or not text.strip()):
        return report
    if rated.count() >= MOST_RATINGS:
        raise ValidationError(_("You have rated this report often enough."), code="too_many")
    report.rating = rating
    report.save(update_fields=["rating"])
    _add_event(report, EventKind.RATED, event_text, now or timezone.now())
    return report
