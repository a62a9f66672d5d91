from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from patrols.models.duties import Duty
from territory.scope import Viewer
from toolkit.database.append_only import deletable
from toolkit.idempotency.models import SentOnceOrMade, sent_once
from toolkit.photos.models import Photo, PhotoQuerySet


class DutyPhotoQuerySet(PhotoQuerySet["DutyPhoto"]):
    def visible_to(self, user: Viewer) -> Self:
        """Photos of the duties the person may see."""
        return self.filter(duty__in=Duty.objects.visible_to(user))


@deletable()  # by who holds the roll call
class DutyPhoto(Photo, SentOnceOrMade):
    """A photo of the apel."""

    folder = "duties"

    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, related_name="photos", verbose_name=_("duty")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("taken by"),
    )

    objects = DutyPhotoQuerySet.as_manager()

    class Meta(Photo.Meta):
        abstract = False
        verbose_name = _("photo of the apel")
        verbose_name_plural = _("photos of the apel")
        constraints = [*Photo.Meta.constraints, sent_once("dutyphoto")]
