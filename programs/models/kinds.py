from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from territory.scope import Viewer
from toolkit.schema import history


class ActivityKindQuerySet(models.QuerySet["ActivityKind"]):
    def visible_to(self, user: Viewer) -> Self:
        """Everybody sees all of them."""
        return self

    def offered(self) -> Self:
        return self.filter(is_active=True)


@history()
class ActivityKind(models.Model):
    """A kind of community work, as units count it by day and by month. Data: the counts change.

    `is_common` kinds stand on top of the form. Kinds with the same `counted_as` make one line of
    the monthly sets.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label = models.CharField(_("name"), max_length=80)
    counted_as = models.CharField(
        _("line of the monthly sets"),
        max_length=80,
        blank=True,
        help_text=_("Empty: counted under its own name."),
    )
    is_common = models.BooleanField(_("often used"), default=False)
    has_outcome = models.BooleanField(
        _("asks for the outcome"),
        default=False,
        help_text=_("Such as problem solving: what was agreed or done."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    objects = ActivityKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of activity")
        verbose_name_plural = _("kinds of activity")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def line(self) -> str:
        """The line of the monthly sets under which it is counted."""
        return self.counted_as or self.label
