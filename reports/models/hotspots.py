from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reports.models.categories import Category
from territory.models import Area, UnitScoped, UnitScopedQuerySet
from toolkit.geo.models import Positioned, position_checks
from toolkit.geo.nearby import square_index
from toolkit.name_search import name_index
from toolkit.schema import history, link_history


class HotspotQuerySet(UnitScopedQuerySet["Hotspot"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


@history()
class Hotspot(UnitScoped, Positioned):
    """A named place with risky hours (titik rawan). `radius_m` is in metres.

    Hours are local; 22.00 until 03.00 goes past midnight. Without hours, any time is risky.
    """

    name = models.CharField(_("name"), max_length=100)
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
    )
    radius_m = models.PositiveSmallIntegerField(
        _("radius (m)"), default=150, validators=[MinValueValidator(10), MaxValueValidator(5000)]
    )
    risky_from = models.TimeField(_("risky from"), null=True, blank=True)
    risky_until = models.TimeField(_("risky until"), null=True, blank=True)
    categories = models.ManyToManyField(
        Category, blank=True, related_name="hotspots", verbose_name=_("kinds of risk")
    )
    advice = models.CharField(
        _("advice"),
        max_length=200,
        blank=True,
        help_text=_("What to do there, read by the patrol: stay 10–15 minutes, talk to the youth."),
    )
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Where this is known from.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Off once it has calmed down; the place stays.")
    )

    objects = HotspotQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("hotspot")
        verbose_name_plural = _("hotspots")
        ordering = ["name"]
        constraints = [
            *position_checks("hotspot"),
            models.UniqueConstraint(
                name="hotspot_unit_name",
                fields=["unit", "name"],
                violation_error_message=_("This unit has a hotspot of that name."),
            ),
            models.CheckConstraint(
                name="hotspot_hours",
                condition=Q(risky_from=None, risky_until=None)
                | (
                    Q(risky_from__isnull=False, risky_until__isnull=False)
                    & ~Q(risky_from=F("risky_until"))
                ),
                violation_error_message=_("Give both hours, or neither."),
            ),
            models.CheckConstraint(
                name="hotspot_radius",
                condition=Q(radius_m__range=(10, 5000)),
                violation_error_message=_("A radius of 10 to 5,000 metres."),
            ),
        ]
        indexes = [name_index("hotspot_name_key"), square_index("hotspot_square")]

    def __str__(self) -> str:
        return self.name


@link_history("HotspotCategoryEvent")
class HotspotCategory(Hotspot.categories.through):  # type: ignore[name-defined]
    """A kind of risk of a hotspot."""

    class Meta:
        proxy = True
