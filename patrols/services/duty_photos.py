"""Photos of the apel."""

import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from patrols.models import Duty, DutyPhoto
from patrols.services.moves import keep_from_schedule
from patrols.services.rollcall import lock_roll_to_run
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.idempotency.sent import Sent
from toolkit.photos.clean import CleanPhoto
from toolkit.photos.fields import MAX_PHOTOS
from toolkit.photos.store import fill_missing, store_photo
from toolkit.refusals import log_refusal

logger = logging.getLogger(__name__)


class DutyPhotoConflict(Conflict):
    stored: DutyPhoto


@log_refusal(logger, "Photo of an apel")
@transaction.atomic
def add_duty_photo(*, duty: Duty, by: User, photo: CleanPhoto, sent: Sent) -> DutyPhoto:
    """Stores one photo, or gives the one that this form has stored, whether or not the roll has
    been closed since. At most MAX_PHOTOS. Raises DutyPhotoConflict for another photo."""
    sha256 = body_sha256({"duty": duty.pk, "by": by.pk, "photo": photo.digest})
    rows = DutyPhoto.objects.all()
    stored = stored_answer(rows, sent.client_uuid, sha256, conflict=DutyPhotoConflict)
    if stored is not None:
        fill_missing(rows.filter(pk=stored.pk), [photo])
        stored.refresh_from_db()
        return stored
    duty = lock_roll_to_run(duty, by=by)
    if duty.is_ahead(sent.believed(timezone.now()).at):
        raise ValidationError(_("The roll call is yet to come."))
    if rows.filter(duty=duty).count() >= MAX_PHOTOS:
        raise ValidationError(_("This apel has 5 photos. Remove one first."))
    row = DutyPhoto(duty=duty, by=by, client_uuid=sent.client_uuid, body_sha256=sha256)
    store_photo(row, photo)
    # Else its schedule may drop tonight's duty, which nobody has marked yet, and the photo with it.
    keep_from_schedule(duty)
    return row


@transaction.atomic
def remove_duty_photo(*, photo: DutyPhoto, by: User) -> None:
    """One that was added by mistake, as long as the roll is open. Its files go with the job."""
    lock_roll_to_run(photo.duty, by=by)
    DutyPhoto.objects.filter(pk=photo.pk).delete()
