from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import GroupMember
from patrols.models.duties import Duty
from patrols.models.entries import LogEntry
from patrols.models.places import GuardPost
from territory.models import UnitScoped, UnitScopedQuerySet, scope_indexes
from territory.scope import Viewer
from toolkit.idempotency.models import SentOnce
from toolkit.idempotency.sent import CLOCK_TOLERANCE, LATE_AFTER
from toolkit.schema import history


class PostHandoverQuerySet(UnitScopedQuerySet["PostHandover"]):
    def visible_to(self, user: Viewer) -> Self:
        """Handovers in scope, and those from and to the person's own duties."""
        own = Duty.objects.of(user).values("pk")
        mine, condition = Q(duty__in=own) | Q(to_duty__in=own), user.scope.rows()
        if condition is None:
            return self.filter(mine)
        return self.filter(condition | mine) if condition else self

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


@history(exclude=["client_uuid", "body_sha256"])  # they never change
class PostHandover(UnitScoped, SentOnce):
    """What one duty at a post hands over to the next, and how each thing was (serah terima).

    Both are named: `giver` is who sent it; the taker is a person of the next roll, or somebody by
    name only. `to_duty` is the duty that follows at the post, if one is planned. `at` is the
    phone's time, or the server's where the phone's clock is off. `difference` is what the taker
    found otherwise. Its `entry` stands in the log of the duty; who takes that back takes this back.
    """

    post = models.ForeignKey(
        GuardPost, on_delete=models.PROTECT, related_name="handovers", verbose_name=_("post")
    )
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, related_name="handovers", verbose_name=_("handed over by")
    )
    to_duty = models.ForeignKey(
        Duty,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="handovers_taken",
        verbose_name=_("taken over by"),
    )
    entry = models.OneToOneField(
        LogEntry, on_delete=models.PROTECT, related_name="handover", verbose_name=_("log entry")
    )
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("given by"),
    )
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken by"),
    )
    taker_member = models.ForeignKey(
        GroupMember,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken by a member"),
    )
    taker_name = models.CharField(_("name of who takes over"), max_length=100)
    note = models.TextField(_("note"), blank=True, max_length=1000)
    at = models.DateTimeField(_("at"))
    device_at = models.DateTimeField(_("phone's time"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    difference = models.TextField(_("what is different"), blank=True, max_length=500)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = PostHandoverQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("handover of a post")
        verbose_name_plural = _("handovers of posts")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="posthandover_once", fields=["duty"], condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                name="posthandover_two_duties",
                condition=Q(to_duty=None) | ~Q(to_duty=F("duty")),
            ),
            models.CheckConstraint(
                name="posthandover_two_people",
                condition=Q(taker=None) | ~Q(taker=F("giver")),
                violation_error_message=_("Choose somebody else: nobody hands over to themselves."),
            ),
            models.CheckConstraint(
                name="posthandover_taker_named",
                condition=~Q(taker_name="") & (Q(taker=None) | Q(taker_member=None)),
            ),
            models.CheckConstraint(
                name="posthandover_confirmed",
                condition=Q(confirmed_by=None, confirmed_at=None, difference="")
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False, withdrawn_at=None)
                    & ~Q(confirmed_by=F("giver"))
                ),
            ),
        ]
        indexes = [
            models.Index(name="posthandover_post", fields=["post", "-at", "-id"]),
            *scope_indexes("posthandover", "-at", "-id"),
        ]

    def __str__(self) -> str:
        return _("%(post)s, to %(taker)s") % {"post": self.post, "taker": self.taker_name}

    @property
    def is_late(self) -> bool:
        """It arrived long after it was done."""
        return self.received_at - self.at > LATE_AFTER

    @property
    def is_clock_off(self) -> bool:
        """The phone's clock was not believed."""
        return self.device_at is not None and abs(self.device_at - self.at) > CLOCK_TOLERANCE
