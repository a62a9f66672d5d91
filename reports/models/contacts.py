from typing import Any, Self

import pgtrigger
from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from accounts.roles import Action
from reports.encryption import all_keys, phone_digests
from reports.models.reports import Report
from territory.models import UnitScoped, UnitScopedQuerySet, scope_indexes, unit_stays
from territory.scope import Viewer
from toolkit.database.append_only import append_only, deletable


class Unreadable(str):
    """What stands for a text that none of the keys opens: empty, so that no page shows cipher."""

    __slots__ = ()


class ContactField(EncryptedCharField):
    """Encrypted text. The keys are those of the settings at the moment."""

    @property
    def f(self) -> MultiFernet:
        return all_keys()

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Unreadable):
            raise TypeError("Storing it would destroy what an older key may still open.")
        return super().get_prep_value(value)

    def from_db_value(self, value: str | None, *_details: Any) -> str | None:
        if value is None:
            return None
        try:
            return self.f.decrypt(value.encode()).decode()
        except InvalidToken:
            return Unreadable()

    def to_python(self, value: Any) -> Any:
        return models.CharField.to_python(self, value)


@deletable(may_change=False)
class ContactKey(models.Model):
    """A key with which contacts of this database are encrypted; the key itself is not here.

    `prove_keys` compares at each start: a key that was lost or mistaken is noticed then, and not
    when an officer has to call a reporter.
    """

    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True)
    used_since = models.DateTimeField(_("used since"), default=timezone.now)

    class Meta:
        verbose_name = _("key of contacts")
        verbose_name_plural = _("keys of contacts")

    def __str__(self) -> str:
        return self.fingerprint[:8]


class ReportContactQuerySet(models.QuerySet["ReportContact"]):
    def visible_to(self, user: Viewer) -> Self:
        return self.filter(report__in=Report.objects.visible_to(user))

    def of_phone(self, phone: str) -> Self:
        """Contacts with this number, whichever of the keys its digest was made with."""
        return self.filter(phone_digest__in=phone_digests(phone))


class ReportContact(models.Model):
    """The reporter's name and phone, encrypted. An anonymous reporter has no row.

    The history does not track it, so that a purge deletes everything. Only `open_contact` reads it.
    """

    report = models.OneToOneField(
        Report, on_delete=models.PROTECT, related_name="contact", verbose_name=_("report")
    )
    name = ContactField(_("name"), max_length=100, null=True, blank=True)
    phone = ContactField(_("phone"), max_length=20, null=True, blank=True)
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
                    -- Locked, so that the report is not made anonymous at the same moment.
                    IF (SELECT privacy FROM reports_report WHERE id = NEW.report_id FOR SHARE)
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

    @property
    def is_readable(self) -> bool:
        """Whether the keys open it."""
        return not any(isinstance(text, Unreadable) for text in (self.name, self.phone))


class ContactAccessQuerySet(UnitScopedQuerySet["ContactAccess"]):
    def in_scope(self, user: Viewer) -> Self:
        """Openings while the report was at the person's units, of reports the person may see. An
        opening must not reveal that a sealed report exists."""
        return super().in_scope(user).filter(report__in=Report.objects.visible_to(user))

    def of_head(self, user: Viewer) -> Self:
        """Those in scope, while the report was at a unit that the person heads."""
        headed = user.scope.rows(action=Action.REVIEW)
        return self.none() if headed is None else self.in_scope(user).filter(headed)


@append_only(may_change=["unit"])
class ContactAccess(UnitScoped):
    """Who opened a reporter's contact and why. `unit` had the report then. Append-only."""

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
            # The scope columns are not protected: they change when a unit moves in the tree.
            pgtrigger.Protect(
                name="append_only",
                operation=pgtrigger.UpdateOf("report_id", "by_id", "reason", "at")  # type: ignore[no-untyped-call]
                | pgtrigger.Delete,
            ),
            unit_stays(),
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.by}"
