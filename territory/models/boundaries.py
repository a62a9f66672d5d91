from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from territory.models.areas import Area
from territory.scope import Viewer


class BoundaryQuerySet(models.QuerySet["Boundary"]):
    def visible_to(self, user: Viewer) -> Self:
        """Outlines are public facts: everybody sees all of them."""
        return self


class Boundary(models.Model):
    """The outline of an area, as `load_boundaries` read it. `rings` is a toolkit.geo.shapes.Shape:
    lists of [longitude, latitude] in units of 1e-5 degree."""

    area = models.OneToOneField(
        Area, on_delete=models.PROTECT, related_name="boundary", verbose_name=_("area")
    )
    rings = models.JSONField(_("outline"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    loaded_at = models.DateTimeField(_("loaded"))

    objects = BoundaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("boundary")
        verbose_name_plural = _("boundaries")
        ordering = ["area__code"]
        constraints = [
            models.CheckConstraint(
                name="boundary_rings",
                condition=~models.Q(rings=[]),
                violation_error_message=_("An outline has at least one ring."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.area)

    @property
    def point_count(self) -> int:
        return sum(len(ring) for ring in self.rings)
