"""Keeps what a phone could not store in the log it was written for, for the commander to read."""

import logging
import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import GroupMember
from patrols.models import Duty, LateNote, LateNotePhoto, LogEntry
from patrols.rights import may_read_notes
from territory.models import Unit
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.idempotency.sent import Sent
from toolkit.photos.clean import CleanPhoto
from toolkit.photos.store import fill_missing, store_photo
from toolkit.refusals import log_refusal

logger = logging.getLogger(__name__)


class LateNoteConflict(Conflict):
    stored: LateNote


@log_refusal(logger, "Late note")
@transaction.atomic
def hand_over_note(
    *,
    by: User,
    sent: Sent,
    text: str = "",
    kind: str = "",
    meant_for: int | uuid.UUID | None = None,
    photos: tuple[CleanPhoto, ...] = (),
    now: datetime | None = None,
) -> tuple[LateNote, bool]:
    """Stores a note; returns it with True if it is new. `meant_for` is the key of a duty.

    Anybody who is signed in may hand one over: who has lost the right to a duty keeps the words.
    Raises LateNoteConflict where another body is stored under the UUID.
    """
    now = now or timezone.now()
    digests = [photo.digest for photo in photos]
    body = {"author": by.pk, "duty": meant_for, "kind": kind, "text": text, "photos": digests}
    sha256 = body_sha256({**body, "device_at": sent.device_at})
    rows = LateNote.objects.all()
    stored = stored_answer(rows, sent.client_uuid, sha256, conflict=LateNoteConflict)
    if stored is not None:
        fill_missing(LateNotePhoto.objects.filter(note=stored), photos)
        return stored, False
    duty = _duty_of(by, meant_for)
    note = LateNote.objects.create(
        duty=duty,
        unit=duty.unit if duty else unit_of(by),
        author=by,
        kind=kind,
        text=text.strip(),
        at=sent.believed(now).at,
        device_at=sent.device_at,
        received_at=now,
        client_uuid=sent.client_uuid,
        body_sha256=sha256,
    )
    for photo in photos:
        store_photo(LateNotePhoto(note=note), photo)
    return note, True


def _duty_of(by: User, key: int | uuid.UUID | None) -> Duty | None:
    """The duty, where the person may see it or has written on it; else as if there were none."""
    if key is None:
        return None
    written = LogEntry.objects.filter(duty=OuterRef("pk"), author=by)
    seen = Q(pk__in=Duty.objects.visible_to(by).values("pk"))
    found = Duty.objects.filter(seen | Q(leader=by) | Q(Exists(written)))
    column = "client_uuid" if isinstance(key, uuid.UUID) else "pk"
    return found.select_related("unit").filter(**{column: key}).first()


def unit_of(user: User) -> Unit:
    """Whose commander reads what the person hands over: the own unit's, or the group's."""
    if user.unit is not None:
        return user.unit
    membership = GroupMember.objects.filter(user=user).select_related("group__unit").first()
    if membership is None:
        raise ValidationError(_("You belong to no unit, so that nobody could read it."))
    return membership.group.unit


@transaction.atomic
def mark_note_read(*, note: LateNote, by: User, now: datetime | None = None) -> bool:
    """Notes who has read it first. Returns False where somebody has before."""
    rows = LateNote.objects.filter(pk=note.pk)
    if not may_read_notes(by, rows.get()):
        raise PermissionDenied
    return bool(rows.unread().update(read_by=by, read_at=now or timezone.now()))
