"""Opens the reporter's contact, always with a reason and a record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from reports.models import ContactAccess, Report, ReportContact
from reports.rights import may_open_contact
from toolkit.idempotency.answers import lock_until_commit

SAME_TAP = timedelta(minutes=1)  # the same reason within this time is a second tap


@dataclass(frozen=True)
class OpenedContact:
    name: str
    phone: str


@transaction.atomic
def open_contact(
    *, report: Report, by: User, reason: str, now: datetime | None = None
) -> OpenedContact:
    """The reporter's name and phone. The opening is recorded in the same transaction."""
    report = Report.objects.visible_to(by).get(pk=report.pk)
    if not may_open_contact(by, report):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Say what you need it for. The unit's head reads it.")})
    contact = ReportContact.objects.filter(report=report).first()
    if contact is None:
        raise ValidationError(_("The reporter left neither name nor phone."))
    if not contact.is_readable:
        raise ValidationError(
            _(
                "This contact cannot be read: its key is missing on the server. Nothing was opened,"
                " and nothing is recorded. Tell whoever runs the server."
            )
        )
    now = now or timezone.now()
    lock_until_commit(f"opening {report.pk} {by.pk}")
    same = ContactAccess.objects.filter(report=report, by=by, reason=reason.strip())
    if not same.filter(at__gt=now - SAME_TAP).exists():
        ContactAccess.objects.create(
            report=report, unit_id=report.unit_id, by=by, reason=reason.strip(), at=now
        )
    return OpenedContact(contact.name or "", contact.phone or "")
