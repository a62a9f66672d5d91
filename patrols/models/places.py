from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from territory.models import Area, UnitScoped, UnitScopedQuerySet, scope_indexes
from territory.scope import Viewer
from toolkit.geo.models import Positioned, position_checks
from toolkit.geo.nearby import square_index
from toolkit.schema import history


class RouteQuerySet(UnitScopedQuerySet["Route"]):
    def current(self) -> Self:
        return self.filter(retired_on=None)


class GuardPostQuerySet(UnitScopedQuerySet["GuardPost"]):
    def current(self) -> Self:
        return self.filter(retired_on=None)


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    def visible_to(self, user: Viewer) -> Self:
        condition = user.scope.rows("route__")
        return self.none() if condition is None else self.filter(condition)

    def current(self) -> Self:
        return self.filter(retired_on=None)


@history()
class Route(UnitScoped):
    """A way with checkpoints through a part of the area. Retired, not deleted: logs point to it.

    Where the order is not fixed, each duty is led along the checkpoints in an order of its own, so
    that nobody outside can tell when a patrol comes by.
    """

    name = models.CharField(_("name"), max_length=100)
    is_order_fixed = models.BooleanField(
        _("fixed order"),
        default=False,
        db_default=False,
        help_text=_("Only where the way allows no other: who watches learns when you come by."),
    )
    note = models.TextField(_("note"), blank=True, max_length=1000)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    objects = RouteQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="route_name_in_unit",
                fields=["unit", "name"],
                condition=Q(retired_on=None),
                violation_error_message=_("This unit has a route of that name already."),
            )
        ]
        indexes = scope_indexes("route", "name", "id")

    def __str__(self) -> str:
        return self.name


@history()
class Checkpoint(Positioned):
    """A place on a route where a patrol stops. `radius_m` in metres, `dwell_minutes` in minutes.

    `plate` is what the QR on the spot holds. A new one makes the printed one worth nothing.
    """

    route = models.ForeignKey(
        Route, on_delete=models.PROTECT, related_name="checkpoints", verbose_name=_("route")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=100)
    radius_m = models.PositiveSmallIntegerField(
        _("radius (m)"), default=75, validators=[MinValueValidator(10), MaxValueValidator(2000)]
    )
    dwell_minutes = models.PositiveSmallIntegerField(
        _("stay (minutes)"), default=12, validators=[MaxValueValidator(240)]
    )
    plate = models.UUIDField(_("QR plate"), db_default=RandomUUID(), unique=True, editable=False)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["route", "order", "pk"]
        constraints = [
            *position_checks("checkpoint"),
            models.CheckConstraint(
                name="checkpoint_radius", condition=Q(radius_m__gte=10, radius_m__lte=2000)
            ),
        ]
        indexes = [square_index("checkpoint_square")]

    def __str__(self) -> str:
        return self.name


@history()
class GuardPost(UnitScoped, Positioned):
    """A pos pantau or poskamling."""

    name = models.CharField(_("name"), max_length=100)
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    radius_m = models.PositiveSmallIntegerField(
        _("radius (m)"), default=100, validators=[MinValueValidator(10), MaxValueValidator(2000)]
    )
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    objects = GuardPostQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("guard post")
        verbose_name_plural = _("guard posts")
        ordering = ["name", "pk"]
        constraints = [
            *position_checks("post"),
            models.UniqueConstraint(
                name="post_name_in_unit",
                fields=["unit", "name"],
                condition=Q(retired_on=None),
                violation_error_message=_("This unit has a post of that name already."),
            ),
        ]
        indexes = [*scope_indexes("post", "name", "id"), square_index("post_square")]

    def __str__(self) -> str:
        return self.name
