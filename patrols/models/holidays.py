from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from toolkit.schema import history

if TYPE_CHECKING:
    from patrols.models.schedules import Schedule


@history()
class Holiday(models.Model):
    """A public holiday of the whole country. Schedules may skip them, or run only on them."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("public holiday")
        verbose_name_plural = _("public holidays")
        ordering = ["day"]

    def __str__(self) -> str:
        return self.name


def read_holidays(schedules: Iterable["Schedule"]) -> None:
    """Reads the holidays once for many schedules; one statement, none where no schedule minds."""
    minding = [schedule for schedule in schedules if schedule.on_holidays]
    if minding:
        days = frozenset(Holiday.objects.values_list("day", flat=True))
        for schedule in minding:
            schedule.holidays = days
