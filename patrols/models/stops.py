from typing import Self, TypeVar

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patrols.models.duties import Duty
from patrols.models.places import Checkpoint
from reports.models import Hotspot
from territory.scope import Viewer
from toolkit.database.append_only import append_only

Row = TypeVar("Row", bound=models.Model)


class OfDutyQuerySet(models.QuerySet[Row]):
    """Rows of a duty, which the row names as `duty`."""

    def visible_to(self, user: Viewer) -> Self:
        """Of the duties the person may see."""
        return self.filter(duty__in=Duty.objects.visible_to(user))


class PlannedStopQuerySet(OfDutyQuerySet["PlannedStop"]):
    """No more than the scope of the duty."""


class SuggestedStopQuerySet(OfDutyQuerySet["SuggestedStop"]):
    """No more than the scope of the duty."""


@append_only()
class PlannedStop(models.Model):
    """A checkpoint as it was when the duty began: somebody may change the route since, and the log
    says what the patrol was to do. `number` counts from 1, `minutes` is how long the stay."""

    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, related_name="planned_stops", verbose_name=_("duty")
    )
    checkpoint = models.ForeignKey(
        Checkpoint,
        on_delete=models.PROTECT,
        related_name="planned_stops",
        verbose_name=_("checkpoint"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=100)
    minutes = models.PositiveSmallIntegerField(_("minutes"))

    objects = PlannedStopQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned stop")
        verbose_name_plural = _("planned stops")
        ordering = ["duty", "number"]
        constraints = [
            models.UniqueConstraint(name="plannedstop_number", fields=["duty", "number"]),
            models.UniqueConstraint(name="plannedstop_once", fields=["duty", "checkpoint"]),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


@append_only()
class SuggestedStop(models.Model):
    """A stay at a hotspot that a duty was advised when it began, beside which the next morning sets
    what was done. `minutes` is how long."""

    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, related_name="suggested_stops", verbose_name=_("duty")
    )
    hotspot = models.ForeignKey(
        Hotspot,
        on_delete=models.PROTECT,
        related_name="suggested_stops",
        verbose_name=_("hotspot"),
    )
    at = models.DateTimeField(_("at"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(1), MaxValueValidator(60)]
    )

    objects = SuggestedStopQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggested stop")
        verbose_name_plural = _("suggested stops")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(name="suggestedstop_once", fields=["duty", "hotspot", "at"]),
            models.CheckConstraint(
                name="suggestedstop_minutes", condition=Q(minutes__gte=1, minutes__lte=60)
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.hotspot}, {self.at:%H.%M}"
