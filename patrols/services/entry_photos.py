"""Adds photos to an entry: those that are missing, and those a phone sends after it."""

import logging
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from patrols.models import EntryPhoto, FindingReport, LogEntry
from patrols.rights import may_add_photos
from patrols.services.entries import why_no_entries
from reports.services.intake import add_photos
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.idempotency.sent import Sent
from toolkit.photos.clean import CleanPhoto
from toolkit.photos.store import fill_missing, store_photo
from toolkit.refusals import log_refusal

logger = logging.getLogger(__name__)


@log_refusal(logger, "Missing photos")
@transaction.atomic
def add_missing_photos(*, entry: LogEntry, by: User, photos: Sequence[CleanPhoto]) -> LogEntry:
    """Each takes the place of the missing photo that it is, else of the first one.

    More photos than are missing are refused: the entry was written with so many.
    """
    entry = (
        LogEntry.objects.visible_to(by)
        .select_related("duty")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=entry.pk)
    )
    if not may_add_photos(by, entry):
        raise PermissionDenied
    if not entry.duty.accepts_entries:
        raise ValidationError(why_no_entries(entry.duty), code="duty_closed")
    rows = EntryPhoto.objects.filter(entry=entry)
    kept = set(rows.kept().values_list("digest", flat=True))
    # A second tap, or a phone that heard no answer, sends what is there already.
    others = [photo for photo in fill_missing(rows, photos) if photo.digest not in kept]
    missing = list(rows.filter(large=""))
    if len(others) > len(missing):
        most = len(photos) - len(others) + len(missing)
        text = ngettext("Only %(n)d photo is missing.", "Only %(n)d photos are missing.", most)
        raise ValidationError({"photos": text % {"n": most}})
    for row, photo in zip(missing, others, strict=False):
        store_photo(row, photo)
    return entry


class PhotoConflict(Conflict):
    stored: EntryPhoto


@log_refusal(logger, "Photo of an entry")
@transaction.atomic
def add_photo(
    *, entry: LogEntry, by: User, photo: CleanPhoto, sent: Sent
) -> tuple[EntryPhoto, bool]:
    """One that the phone has announced with the entry; True with it if it is new.

    It may come when the log is approved: the commander has seen that it was on its way. It also
    goes to the report that was made of the entry. One stored before is found as in `log_entry`.
    """
    rows = LogEntry.objects.select_related("duty")
    entry = rows.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    if not may_add_photos(by, entry):
        raise PermissionDenied
    sha256 = body_sha256({"entry": entry.pk, "photo": photo.digest})
    stored = stored_answer(
        EntryPhoto.objects.all(), sent.client_uuid, sha256, conflict=PhotoConflict
    )
    if stored is not None:
        fill_missing(EntryPhoto.objects.filter(pk=stored.pk), [photo])
        stored.refresh_from_db()
        return stored, False
    if not LogEntry.objects.visible_to(by).filter(pk=entry.pk).exists():
        raise PermissionDenied
    if not entry.photos_awaited:
        raise ValidationError(_("All photos of this entry are there."))
    row = EntryPhoto(entry=entry, client_uuid=sent.client_uuid, body_sha256=sha256)
    store_photo(row, photo)
    if made := FindingReport.objects.filter(entry=entry).select_related("report").first():
        add_photos(made.report, made.report.timeline.earliest("pk"), [photo])
    return row, True
