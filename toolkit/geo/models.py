from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Positioned(models.Model):
    """A place in WGS 84 degrees, both nullable where unknown. Numbers, so that no GIS is needed."""

    lat = models.FloatField(
        _("latitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    lon = models.FloatField(
        _("longitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

    class Meta:
        abstract = True


def position_checks(name: str) -> list[models.CheckConstraint]:
    """Latitude and longitude: both or neither, in degrees, inside the world's bounds."""
    return [
        models.CheckConstraint(
            name=f"{name}_position",
            condition=Q(lat=None, lon=None)
            | Q(
                lat__isnull=False,
                lon__isnull=False,
                lat__range=(-90, 90),
                lon__range=(-180, 180),
            ),
            violation_error_message=_("Give both latitude and longitude, or neither."),
        )
    ]
