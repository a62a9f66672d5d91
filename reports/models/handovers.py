from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from territory.models import Unit, UnitScoped, UnitScopedQuerySet, scope_indexes, unit_stays
from toolkit.database.append_only import append_only


@append_only(may_change=["unit"])
class Handover(UnitScoped):
    """A unit has given a report to another. `unit` gave it away and may still read it, which is
    what this row is for (`ReportQuerySet.visible_to`).
    """

    report = models.ForeignKey(
        "reports.Report",
        on_delete=models.PROTECT,
        related_name="handovers",
        verbose_name=_("report"),
    )
    to_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("handed to")
    )
    at = models.DateTimeField(_("at"))

    objects = UnitScopedQuerySet["Handover"].as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("handing over")
        verbose_name_plural = _("handings over")
        ordering = ["-at", "-pk"]
        triggers = [*UnitScoped.Meta.triggers, unit_stays()]
        indexes = scope_indexes("handover", "-at")
        constraints = [
            models.CheckConstraint(name="handover_elsewhere", condition=~Q(unit=F("to_unit")))
        ]

    def __str__(self) -> str:
        return f"{self.report} → {self.to_unit}"
