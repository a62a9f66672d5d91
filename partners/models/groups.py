from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from territory.models import Area, UnitScoped, UnitScopedQuerySet, scope_indexes
from territory.scope import Viewer
from toolkit.name_search import name_index
from toolkit.schema import history

RENEWAL_NOTICE = timedelta(days=60)


class GroupKindQuerySet(models.QuerySet["GroupKind"]):
    def visible_to(self, user: Viewer) -> Self:
        """Kinds are public facts: everybody sees all of them."""
        return self


class GroupKind(models.Model):
    """A kind of partner group. Kinds are data, because they differ from place to place."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label = models.CharField(_("name"), max_length=80)
    needs_confirmation = models.BooleanField(
        _("needs a pengukuhan"),
        default=False,
        help_text=_("Pam Swakarsa groups are confirmed by the police (Perpol 4/2020)."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = GroupKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of group")
        verbose_name_plural = _("kinds of groups")
        ordering = ["order", "label"]

    def __str__(self) -> str:
        return self.label


class ConfirmationState(models.TextChoices):
    VALID = "valid", _("confirmed")
    EXPIRING = "expiring", _("expires soon")
    EXPIRED = "expired", _("expired")
    MISSING = "missing", _("not confirmed yet")
    NOT_NEEDED = "not_needed", _("no pengukuhan needed")


class PartnerGroupQuerySet(UnitScopedQuerySet["PartnerGroup"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def with_confirmation(self, state: str, today: date | None = None) -> Self:
        """Groups whose pengukuhan is in the given `ConfirmationState`."""
        today = today or timezone.localdate()
        soon = today + RENEWAL_NOTICE
        needed = Q(kind__needs_confirmation=True)
        conditions = {
            ConfirmationState.VALID: Q(confirmed_on__isnull=False)
            & (Q(confirmation_expires_on=None) | Q(confirmation_expires_on__gt=soon)),
            ConfirmationState.EXPIRING: Q(confirmation_expires_on__range=(today, soon)),
            ConfirmationState.EXPIRED: Q(confirmation_expires_on__lt=today),
            ConfirmationState.MISSING: needed & Q(confirmed_on=None),
            ConfirmationState.NOT_NEEDED: ~needed & Q(confirmed_on=None),
        }
        return self.filter(conditions[ConfirmationState(state)])


@history()
class PartnerGroup(UnitScoped):
    """A group that works with the police. Pam Swakarsa groups have a pengukuhan."""

    name = models.CharField(_("name"), max_length=100)
    kind = models.ForeignKey(
        GroupKind, on_delete=models.PROTECT, related_name="groups", verbose_name=_("kind")
    )
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
    )
    confirmation_number = models.CharField(_("number of the pengukuhan"), max_length=80, blank=True)
    confirmed_on = models.DateField(_("date of the pengukuhan"), null=True, blank=True)
    confirmation_expires_on = models.DateField(_("pengukuhan valid until"), null=True, blank=True)
    contact_name = models.CharField(_("contact"), max_length=100, blank=True)
    contact_phone = PhoneNumberField(_("contact's phone"), blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    is_active = models.BooleanField(_("active"), default=True)

    objects = PartnerGroupQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("partner group")
        verbose_name_plural = _("partner groups")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="group_name_in_unit",
                fields=["unit", "name"],
                violation_error_message=_("This unit has a group of that name already."),
            ),
            models.CheckConstraint(
                name="group_confirmation_whole",
                condition=Q(confirmation_number="", confirmed_on=None, confirmation_expires_on=None)
                | (~Q(confirmation_number="") & Q(confirmed_on__isnull=False)),
                violation_error_message=_("A pengukuhan has a number and a date."),
            ),
            models.CheckConstraint(
                name="group_confirmation_dates",
                condition=Q(confirmation_expires_on=None)
                | Q(confirmation_expires_on__gt=F("confirmed_on")),
                violation_error_message=_("The pengukuhan must expire after its date."),
            ),
        ]
        indexes = [*scope_indexes("group", "name", "id"), name_index("group_name_key")]

    def __str__(self) -> str:
        return self.name

    @property
    def confirmation_state(self) -> ConfirmationState:
        """Needs `kind` loaded."""
        today = timezone.localdate()
        if self.confirmed_on is None:
            needed = self.kind.needs_confirmation
            return ConfirmationState.MISSING if needed else ConfirmationState.NOT_NEEDED
        expires = self.confirmation_expires_on
        if expires is None or expires > today + RENEWAL_NOTICE:
            return ConfirmationState.VALID
        return ConfirmationState.EXPIRED if expires < today else ConfirmationState.EXPIRING
