from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from territory.models import Unit
from territory.scope import Viewer
from toolkit.database.append_only import deletable
from toolkit.schema import history
from toolkit.sharing.text import placeholders

DUTY_WORDS = (
    "kesatuan",
    "kegiatan",
    "jenis",
    "hari",
    "tanggal",
    "pukul",
    "tempat",
    "sprin",
    "pimpinan",
    "personel",
    "uraian",
    "hasil",
    "situasi",
)
ENTRY_WORDS = (*DUTY_WORDS, "catatan", "koordinat")


class ShareTemplateQuerySet(models.QuerySet["ShareTemplate"]):
    def visible_to(self, user: Viewer) -> Self:
        condition = user.scope.rows("unit__")
        return self.none() if condition is None else self.filter(condition)

    def for_unit(self, unit: Unit) -> "ShareTemplate | None":
        """The unit's own template, else that of the nearest unit above."""
        found = {row.unit_id: row for row in self.filter(unit__in=unit.lineage_ids())}
        return next((found[pk] for pk in unit.lineage_ids() if pk in found), None)


@deletable()
@history()
class ShareTemplate(models.Model):
    """The text a unit and those below it send by WhatsApp, with placeholders in braces."""

    unit = models.OneToOneField(
        Unit, on_delete=models.PROTECT, related_name="share_template", verbose_name=_("unit")
    )
    duty_text = models.TextField(_("report of a duty"), max_length=4000)
    entry_text = models.TextField(_("report of an entry"), max_length=4000)
    names_people = models.BooleanField(
        _("names the people on duty"),
        default=False,
        help_text=_("Off: only how many officers, members and guests there were."),
    )

    objects = ShareTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("share template")
        verbose_name_plural = _("share templates")

    def __str__(self) -> str:
        return str(self.unit)

    def clean(self) -> None:
        for field, words in (("duty_text", DUTY_WORDS), ("entry_text", ENTRY_WORDS)):
            unknown = sorted(placeholders(getattr(self, field)) - set(words))
            if unknown:
                raise ValidationError(
                    {
                        field: _("Unknown word in braces: %(unknown)s. Known are: %(known)s.")
                        % {"unknown": ", ".join(unknown), "known": ", ".join(words)}
                    }
                )
