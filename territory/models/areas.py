import re
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from territory.scope import Viewer
from toolkit.geo.models import Positioned, position_checks
from toolkit.name_search import name_index
from toolkit.schema import one_of

AREA_CODE = re.compile(r"^\d{2}(\.\d{2}){0,2}(\.\d{4})?(-\d{3}(-\d{3})?)?\Z")


class AreaLevel(models.TextChoices):
    PROVINCE = "province", _("province")
    REGENCY = "regency", _("regency or city")
    DISTRICT = "district", _("district (kecamatan)")
    VILLAGE = "village", _("village (kelurahan/desa)")
    RW = "rw", _("RW")
    RT = "rt", _("RT")


class AreaQuerySet(models.QuerySet["Area"]):
    def visible_to(self, user: Viewer) -> Self:
        """Areas are public facts: everybody sees all of them."""
        return self

    def villages(self) -> Self:
        return self.filter(level=AreaLevel.VILLAGE)


class Area(Positioned):
    """An administrative area with its Kemendagri code, from province down to RT.

    RW and RT have no Kemendagri code: theirs is the village's with ``-005`` and ``-005-012``.
    `lat`, `lon` are the centroid; `population` counts people in `population_year`.
    """

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    level = models.CharField(_("level"), max_length=10, choices=AreaLevel)
    code = models.CharField(
        _("code"),
        max_length=24,
        unique=True,
        validators=[RegexValidator(AREA_CODE, _("A code such as 31.73.04.1001."))],
    )
    name = models.CharField(_("name"), max_length=100)
    alt_name = models.CharField(_("other name"), max_length=100, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(
        _("year of the count"), null=True, blank=True
    )

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]
        constraints = [
            *position_checks("area"),
            one_of("area", "level", AreaLevel),
            models.CheckConstraint(
                name="area_population_year",
                condition=Q(population=None, population_year=None)
                | Q(population__isnull=False, population_year__isnull=False),
                violation_error_message=_("A population needs the year it was counted."),
            ),
            models.CheckConstraint(
                name="area_parent",
                condition=Q(level=AreaLevel.PROVINCE, parent=None)
                | (~Q(level=AreaLevel.PROVINCE) & Q(parent__isnull=False)),
                violation_error_message=_("Every area but a province is part of another."),
            ),
        ]
        indexes = [name_index("area_name_key")]

    def __str__(self) -> str:
        return self.name

    def lineage(self) -> list[str]:
        """Codes of this area and of those it is part of, the smallest first."""
        codes = [self.code]
        while "-" in codes[-1] or "." in codes[-1]:
            codes.append(re.sub(r"[-.]\d+$", "", codes[-1]))
        return codes
