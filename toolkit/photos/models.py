from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def photo_path(photo: "Photo", name: str) -> str:
    """``reports/2026/11/<name>``, by the month of the site's time zone."""
    month = timezone.localtime(timezone=timezone.get_default_timezone())
    return f"{photo.folder}/{month:%Y/%m}/{name}"


class Photo(models.Model):
    """A photo in two sizes, re-encoded without any metadata. Sizes in pixels.

    A subclass names its `folder` below MEDIA_ROOT, and has `visible_to`: files have no address of
    their own, a page serves them with the rights of the row they belong to.
    """

    folder: ClassVar[str]

    large = models.FileField(_("photo"), upload_to=photo_path, max_length=120)
    small = models.FileField(_("thumbnail"), upload_to=photo_path, max_length=120)
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"
