from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import PartnerGroup
from patrols.models.duties import Duty
from patrols.workflow import OPEN_SWAPS, SwapState
from territory.scope import Viewer
from toolkit.database.append_only import deletable
from toolkit.idempotency.models import SentOnceOrMade, sent_once
from toolkit.schema import history, one_of


class SwapQuerySet(models.QuerySet["Swap"]):
    def of(self, user: Viewer) -> Self:
        """Those that the person asked for, or is asked for."""
        return self.filter(Q(asker=user.pk) | Q(other=user.pk))

    def visible_to(self, user: Viewer) -> Self:
        """The person's own, those of duties in scope, and those of duties the person leads."""
        own = Q(asker=user.pk) | Q(other=user.pk) | Q(duty__leader=user.pk)
        condition = user.scope.rows("duty__")
        return self.filter(own if condition is None else own | condition if condition else Q())

    def open(self) -> Self:
        return self.filter(state__in=OPEN_SWAPS)

    def confirmed(self) -> Self:
        return self.filter(state=SwapState.CONFIRMED)


@deletable()  # with a duty that its schedule drops
@history(exclude=["client_uuid", "body_sha256"])  # they never change
class Swap(SentOnceOrMade):
    """One person asks another to stand in on a duty, perhaps for one of the other's own duties.

    Officers ask officers; volunteers ask members of their own `group`. The other agrees,
    then whoever leads or plans confirms, and only then the rolls change.
    """

    duty = models.ForeignKey(
        Duty, on_delete=models.CASCADE, related_name="swaps", verbose_name=_("duty")
    )
    in_return = models.ForeignKey(
        Duty,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="swaps_in_return",
        verbose_name=_("in return"),
    )
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
    )
    other = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("stands in"),
    )
    group = models.ForeignKey(
        PartnerGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partner group"),
        help_text=_("Of which both are members; none between officers."),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=SwapState, default=SwapState.ASKED, editable=False
    )
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)

    objects = SwapQuerySet.as_manager()

    class Meta:
        verbose_name = _("swap")
        verbose_name_plural = _("swaps")
        ordering = ["-pk"]
        constraints = [
            sent_once("swap"),
            one_of("swap", "state", SwapState),
            models.CheckConstraint(
                name="swap_two_people",
                condition=~Q(asker=F("other")),
                violation_error_message=_("Choose somebody else."),
            ),
            models.CheckConstraint(
                name="swap_two_duties", condition=Q(in_return=None) | ~Q(in_return=F("duty"))
            ),
            models.UniqueConstraint(
                name="swap_one_open",
                fields=["duty", "asker"],
                condition=Q(state__in=OPEN_SWAPS),
                violation_error_message=_("You have asked for this night already."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(other)s for %(asker)s") % {"other": self.other, "asker": self.asker}
