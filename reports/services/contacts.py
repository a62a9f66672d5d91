"""Opens the reporter's contact, always with a reason and a record."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from reports.models import ContactAccess, Report, ReportContact
from reports.rights import may_open_contact


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
    ContactAccess.objects.create(
        report=report,
        unit_id=report.unit_id,
        by=by,
        reason=reason.strip(),
        at=now or timezone.now(),
    )
    return OpenedContact(contact.name or "", contact.phone or "")
