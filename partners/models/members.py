from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from partners.models.groups import PartnerGroup
from territory.scope import Viewer
from toolkit.idempotency.models import SentOnceOrMade, sent_once
from toolkit.name_search import name_index
from toolkit.schema import history, one_of


class MemberRole(models.TextChoices):
    CHAIR = "chair", _("chair")
    SECRETARY = "secretary", _("secretary")
    COORDINATOR = "coordinator", _("coordinator")
    MEMBER = "member", _("member")


class GroupMemberQuerySet(models.QuerySet["GroupMember"]):
    def visible_to(self, user: Viewer) -> Self:
        condition = user.scope.rows("group__")
        return self.none() if condition is None else self.filter(condition)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def serving(self) -> Self:
        """Active members of active groups: those who may be expected on duties and see them."""
        return self.active().filter(group__is_active=True)


@history(exclude=["client_uuid", "body_sha256"])  # they never change
class GroupMember(SentOnceOrMade):
    """A person in a partner group. With an account, a volunteer who signs in."""

    group = models.ForeignKey(
        PartnerGroup, on_delete=models.PROTECT, related_name="members", verbose_name=_("group")
    )
    name = models.CharField(_("name"), max_length=100)
    role = models.CharField(_("role"), max_length=12, choices=MemberRole, default=MemberRole.MEMBER)
    agency = models.CharField(
        _("agency"),
        max_length=60,
        blank=True,
        help_text=_("Such as TNI or Satpol PP, in a Tiga Pilar."),
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    vetted_until = models.DateField(_("vetted until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="membership",
        verbose_name=_("account"),
    )

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["name", "pk"]
        constraints = [sent_once("member"), one_of("member", "role", MemberRole)]
        indexes = [
            models.Index(name="member_group", fields=["group", "is_active", "name"]),
            name_index("member_name_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_vetted(self) -> bool:
        return self.vetted_until is not None and self.vetted_until >= timezone.localdate()
