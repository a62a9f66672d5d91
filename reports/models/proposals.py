from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models.hotspots import Hotspot
from territory.models import UnitScoped, UnitScopedQuerySet
from toolkit.geo.models import Positioned, position_checks
from toolkit.schema import history, one_of


class ProposalState(models.TextChoices):
    WAITING = "waiting", _("waits for a decision")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    LAPSED = "lapsed", _("lapsed: too few reports by now")


class HotspotProposalQuerySet(UnitScopedQuerySet["HotspotProposal"]):
    def waiting(self) -> Self:
        return self.filter(state=ProposalState.WAITING)


@history()
class HotspotProposal(UnitScoped, Positioned):
    """A place that the system proposes as a hotspot, since several citizens' reports are near it.

    `report_count` and `latest_at` say how many there were and when the last one came, until
    somebody has decided. A declined place is proposed again once it has grown, or after a while
    (services/proposals.py).
    """

    report_count = models.PositiveIntegerField(
        _("reports"), validators=[MinValueValidator(1)], editable=False
    )
    latest_at = models.DateTimeField(_("last report"), editable=False)
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now, editable=False)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ProposalState,
        default=ProposalState.WAITING,
        editable=False,
    )
    reason = models.CharField(_("why declined"), max_length=200, blank=True, editable=False)
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
    hotspot = models.ForeignKey(
        Hotspot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="proposals",
        verbose_name=_("hotspot"),
    )

    objects = HotspotProposalQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("proposed hotspot")
        verbose_name_plural = _("proposed hotspots")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            *position_checks("proposal"),
            one_of("proposal", "state", ProposalState),
            models.CheckConstraint(
                name="proposal_has_position", condition=Q(lat__isnull=False, lon__isnull=False)
            ),
            models.CheckConstraint(name="proposal_reports", condition=Q(report_count__gte=1)),
            models.CheckConstraint(
                name="proposal_decided",
                condition=Q(
                    state__in=[ProposalState.WAITING, ProposalState.LAPSED],
                    decided_by=None,
                    decided_at=None,
                    hotspot=None,
                    reason="",
                )
                | Q(
                    state=ProposalState.ACCEPTED,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    hotspot__isnull=False,
                    reason="",
                )
                | Q(
                    state=ProposalState.DECLINED,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    hotspot=None,
                )
                & ~Q(reason=""),
            ),
            models.UniqueConstraint(
                name="proposal_waiting_once",
                fields=["unit", "lat", "lon"],
                condition=Q(state=ProposalState.WAITING),
            ),
        ]
        indexes = [
            models.Index(
                name=f"proposal_{column}",
                fields=[column, "-report_count", "id"],
                condition=Q(state=ProposalState.WAITING),
            )
            for column in ("polda", "polres", "polsek")
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.lat}, {self.lon}"
