"""Adds photos that are missing from an entry."""

import logging
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import ngettext

from accounts.models import User
from patrols.models import EntryPhoto, LogEntry
from patrols.rights import may_add_photos
from patrols.services.entries import why_no_entries
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
