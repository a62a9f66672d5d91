from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models.kinds import ActivityKind
from territory.scope import Viewer
from toolkit.database.append_only import deletable
from toolkit.schema import history, link_history, one_of


class SheetSource(models.TextChoices):
    """What fills a line of a sheet."""

    DATE = "date", _("date")
    TIME = "time", _("time")
    OFFICER = "officer", _("officer")
    UNIT = "unit", _("unit")
    KIND = "kind", _("kind of activity")
    PLACE = "place", _("place in words")
    RT = "rt", _("RT")
    RW = "rw", _("RW")
    VILLAGE = "village", _("kelurahan or desa")
    DISTRICT = "district", _("kecamatan")
    REGENCY = "regency", _("kabupaten or kota")
    PROVINCE = "province", _("province")
    RESIDENT = "resident", _("name of the resident, sealed")
    GROUP = "group", _("partner group")
    AGENCIES = "agencies", _("together with")
    PEOPLE = "people", _("people met")
    TOPIC = "topic", _("field (bidang)")
    KEYWORDS = "keywords", _("keywords")
    TEXT = "text", _("account")
    OUTCOME = "outcome", _("outcome")
    FIXED = "fixed", _("the words given here")
    BY_HAND = "by_hand", _("nothing: filled in there")


class SheetQuerySet(models.QuerySet["Sheet"]):
    def visible_to(self, user: Viewer) -> Self:
        """Everybody sees all of them."""
        return self

    def of_kind(self, kind: ActivityKind) -> Self:
        return self.filter(kinds=kind, is_active=True)


@history()
class Sheet(models.Model):
    """The fields of a form as another system, or paper, has them. Data: those systems change.

    `refuses_same_text` where it refuses a text that the officer has sent before in that month.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    system = models.CharField(
        _("system"),
        max_length=40,
        blank=True,
        help_text=_("Such as BOS V2. Empty for a sheet on paper."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    kinds = models.ManyToManyField(
        ActivityKind, blank=True, related_name="sheets", verbose_name=_("kinds of activity")
    )
    refuses_same_text = models.BooleanField(_("refuses the same text"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sheet")
        verbose_name_plural = _("sheets")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.system} · {self.name}" if self.system else self.name


@link_history("SheetKindEvent")
class SheetKind(Sheet.kinds.through):  # type: ignore[name-defined]
    class Meta:
        proxy = True


class SheetLineQuerySet(models.QuerySet["SheetLine"]):
    def visible_to(self, user: Viewer) -> Self:
        """Everybody sees all of them."""
        return self


@deletable()
@history()
class SheetLine(models.Model):
    """One field of a sheet. `fewest` characters, 0 where any number will do."""

    sheet = models.ForeignKey(
        Sheet, on_delete=models.PROTECT, related_name="lines", verbose_name=_("sheet")
    )
    panel = models.CharField(
        _("panel"), max_length=60, blank=True, help_text=_("The heading above it there.")
    )
    label = models.CharField(_("field"), max_length=120)
    source = models.CharField(_("filled with"), max_length=10, choices=SheetSource)
    words = models.CharField(_("words"), max_length=200, blank=True)
    is_required = models.BooleanField(_("required there"), default=False)
    fewest = models.PositiveSmallIntegerField(_("fewest characters"), default=0)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = SheetLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a sheet")
        verbose_name_plural = _("lines of sheets")
        ordering = ["order", "pk"]
        constraints = [
            one_of("sheetline", "source", SheetSource),
            models.UniqueConstraint(name="sheetline_order", fields=["sheet", "order"]),
            models.CheckConstraint(
                name="sheetline_words",
                condition=~Q(source=SheetSource.FIXED) | ~Q(words=""),
                violation_error_message=_("Give the words."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if self.source == SheetSource.FIXED and not self.words:
            raise ValidationError({"words": _("Give the words.")})
