"""Receipts of deeds: a phone sends each deed until it hears an answer, and it is done once."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import DeedReceipt, User
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.idempotency.sent import LONGEST_WAIT, Sent
from toolkit.workflow import ChangeRefused

# Longer than a phone may wait with sending.
KEPT_FOR = LONGEST_WAIT + timedelta(days=60)


def is_done(sent: Sent | None) -> bool:
    """Whether a deed has this UUID already, for what comes before a deed and goes with it."""
    return sent is not None and DeedReceipt.objects.filter(client_uuid=sent.client_uuid).exists()


def done_before(*, by: User, sent: Sent | None, deed: str, **what: object) -> bool:
    """Whether the person has done the deed before under this UUID. If not, keeps the receipt.

    Call it first inside the transaction of the deed. Raises ChangeRefused where another deed has
    the UUID. Without a UUID, as from a page without script, nothing is kept.
    """
    if sent is None:
        return False
    sha256 = body_sha256({"by": by.pk, "deed": deed, "device_at": sent.device_at, **what})
    try:
        if stored_answer(DeedReceipt.objects.all(), sent.client_uuid, sha256) is not None:
            return True
    except Conflict as error:
        raise ChangeRefused(_("This page was old. Try again.")) from error
    DeedReceipt.objects.create(client_uuid=sent.client_uuid, body_sha256=sha256, by=by)
    return False


def delete_old_receipts(*, now: datetime | None = None) -> int:
    """Deletes receipts that no phone asks for any more. Returns how many."""
    before = (now or timezone.now()) - KEPT_FOR
    count, _of = DeedReceipt.objects.filter(received_at__lt=before).delete()
    return count
