import hashlib
import hmac
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from reports.models.reports import Report
from territory.models import UnitScoped, UnitScopedQuerySet, scope_indexes
from territory.scope import Viewer


def phone_digest(phone: str) -> str:
    """Tells the same number again without telling which: HMAC-SHA-256 in hex."""
    key = settings.SALT_KEY[0].encode()
    return hmac.new(key, phone.encode(), hashlib.sha256).hexdigest()


class ReportContactQuerySet(models.QuerySet["ReportContact"]):
    def visible_to(self, user: Viewer) -> Self:
        return self.filter(report__in=Report.objects.visible_to(user))


class ReportContact(models.Model):
    """Who reported, encrypted; no row at all for who stays without a name.

    Not tracked by the history, so that a purge is one. Read by `open_contact` only.
    """

    report = models.OneToOneField(
        Report, on_delete=models.PROTECT, related_name="contact", verbose_name=_("report")
    )
    name = EncryptedCharField(_("name"), max_length=100, null=True, blank=True)
    phone = EncryptedCharField(_("phone"), max_length=20, null=True, blank=True)
    phone_digest = models.CharField(
        _("digest of the phone"), max_length=64, blank=True, editable=False
    )

    objects = ReportContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact of a reporter")
        verbose_name_plural = _("contacts of reporters")
        indexes = [models.Index(name="contact_phone", fields=["phone_digest"])]
        triggers = [
            pgtrigger.Trigger(
                name="none_if_anonymous",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF (SELECT privacy FROM reports_report WHERE id = NEW.report_id)
                        = 'anonymous' THEN
                        RAISE EXCEPTION 'no contact is kept of an anonymous reporter'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return str(self.report)


class ContactAccessQuerySet(UnitScopedQuerySet["ContactAccess"]):
    def in_scope(self, user: Viewer) -> Self:
        """Of the unit that held the report then, and only of reports the person may see: a sealed
        one is not named by its openings."""
        return super().in_scope(user).filter(report__in=Report.objects.visible_to(user))


class ContactAccess(UnitScoped):
    """Somebody has opened a reporter's contact, and why. `unit` held the report. Append-only."""

    report = models.ForeignKey(
        Report,
        on_delete=models.PROTECT,
        related_name="contact_accesses",
        verbose_name=_("report"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("opened by"),
    )
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = ContactAccessQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("opening of a contact")
        verbose_name_plural = _("openings of contacts")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(name="contactaccess_newest", fields=["-at", "-id"]),
            *scope_indexes("contactaccess", "-at", "-id"),
        ]
        triggers = [
            *UnitScoped.Meta.triggers,
            # A unit that moves takes its rows along; what was done stays as it is.
            pgtrigger.Protect(
                name="append_only",
                operation=pgtrigger.UpdateOf("report_id", "by_id", "reason", "at")  # type: ignore[no-untyped-call]
                | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.by}"
