from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models.activities import Activity
from reports.models.contacts import ContactField, Unreadable
from territory.scope import Viewer
from toolkit.database.append_only import append_only, deletable


class ActivityResidentQuerySet(models.QuerySet["ActivityResident"]):
    def visible_to(self, user: Viewer) -> Self:
        """Only the officer who wrote the name down: it is there to be copied, once."""
        return self.filter(activity__author=user.pk)


@deletable()
class ActivityResident(models.Model):
    """The name of the resident who was visited, encrypted, until the officer has copied it.

    The history does not track it. Only `open_resident` reads it; `forget_residents` deletes it.
    """

    activity = models.OneToOneField(
        Activity, on_delete=models.PROTECT, related_name="resident", verbose_name=_("activity")
    )
    name = ContactField(_("name"), max_length=100)
    kept_since = models.DateTimeField(_("kept since"))

    objects = ActivityResidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("name of a resident")
        verbose_name_plural = _("names of residents")
        indexes = [models.Index(name="activityresident_oldest", fields=["kept_since"])]

    def __str__(self) -> str:
        return str(self.activity)

    @property
    def is_readable(self) -> bool:
        """Whether the keys open it."""
        return not isinstance(self.name, Unreadable)


class ResidentOpeningQuerySet(models.QuerySet["ResidentOpening"]):
    def visible_to(self, user: Viewer) -> Self:
        return self.filter(activity__in=Activity.objects.visible_to(user))


@append_only()
class ResidentOpening(models.Model):
    """Somebody has looked at the name of a resident. Written with every look."""

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="openings", verbose_name=_("activity")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    objects = ResidentOpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at a resident's name")
        verbose_name_plural = _("looks at residents' names")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return str(self.by)
