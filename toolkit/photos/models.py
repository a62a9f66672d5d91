from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound="Photo")


def photo_path(photo: "Photo", name: str) -> str:
    """``reports/2026/11/<name>``, by the month of the site's time zone."""
    month = timezone.localtime(timezone=timezone.get_default_timezone())
    return f"{photo.folder}/{month:%Y/%m}/{name}"


class PhotoQuerySet(models.QuerySet[Row]):
    def kept(self) -> Self:
        """Without those that are missing."""
        return self.exclude(large="")


class Photo(models.Model):
    """A photo in two sizes, re-encoded without any metadata. Sizes in pixels.

    One without files is missing: it was sent, but the disk was full or the machine too busy. It
    may come later. `digest` tells it then, as CleanPhoto says.

    A subclass names its `folder` below MEDIA_ROOT, and has `visible_to`: files have no address of
    their own, a page serves them with the rights of the row they belong to.
    """

    folder: ClassVar[str]

    large = models.FileField(_("photo"), upload_to=photo_path, max_length=120, blank=True)
    small = models.FileField(_("thumbnail"), upload_to=photo_path, max_length=120, blank=True)
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True, db_default="", editable=False)

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_has_both_or_none",
                condition=Q(large="", small="", width=0, height=0)
                | ~Q(large="") & ~Q(small="") & Q(width__gt=0, height__gt=0),
            )
        ]

    def __str__(self) -> str:
        return str(_("missing")) if self.is_missing else f"{self.width}×{self.height}"

    @property
    def is_missing(self) -> bool:
        return not self.large
