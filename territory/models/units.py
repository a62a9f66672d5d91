from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from territory.models.areas import Area
from territory.scope import Viewer
from toolkit.database.append_only import deletable
from toolkit.geo.models import Positioned, position_checks
from toolkit.name_search import name_index
from toolkit.schema import history, one_of


class UnitKind(models.TextChoices):
    MABES = "mabes", _("Mabes")
    POLDA = "polda", _("Polda")
    POLRES = "polres", _("Polres")
    POLSEK = "polsek", _("Polsek")
    SUBSEKTOR = "subsektor", _("Subsektor")


class TimeZoneName(models.TextChoices):
    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"

    @classmethod
    def days(cls, now: datetime) -> dict[date, list[str]]:
        """Which day it is, with the zones in which it is that day: one day or two."""
        found: dict[date, list[str]] = {}
        for zone in cls.values:
            found.setdefault(now.astimezone(ZoneInfo(zone)).date(), []).append(zone)
        return found


LINEAGE = ("polsek", "polres", "polda")
# The code of an area begins with that of the larger one, so the longest is the nearest. Written
# out: every report asks this, and Django takes as long to write it as the database to answer.
NEAREST_TO_AREA = """
    SELECT unit.* FROM territory_unit AS unit
    JOIN territory_unitarea AS link ON link.unit_id = unit.id
    JOIN territory_area AS area ON area.id = link.area_id
    WHERE area.code = ANY(%s)
    ORDER BY length(area.code) DESC LIMIT 1
"""


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, user: Viewer) -> Self:
        condition = user.scope.rows()
        return self.none() if condition is None else self.filter(condition)

    def where_may(self, user: Viewer, action: str) -> Self:
        """Units below which the person holds `action`."""
        condition = user.scope.rows(action=action)
        return self.none() if condition is None else self.filter(condition)

    def with_lineage(self) -> Self:
        """With the units above each."""
        return self.select_related(*LINEAGE)

    def of_area(self, area: "Area") -> "Unit | None":
        """The unit of the area or of its nearest ancestor that has one, else the fallback unit."""
        nearest = next(iter(self.raw(NEAREST_TO_AREA, [area.lineage()])), None)
        return nearest or self.fallback()

    def fallback(self) -> "Unit | None":
        """The unit for places without a unit of their own."""
        return self.filter(is_fallback=True).first()


# Units whose head is named after them: Kapolres, Kasubsektor.
HEADED = {"Polda", "Polres", "Polresta", "Polrestabes", "Polsek", "Polsubsektor", "Subsektor"}
# What stands in the name of a unit before its place.
NOT_OF_THE_PLACE = {
    "Mabes",
    "Polda",
    "Polres",
    "Polresta",
    "Polrestabes",
    "Polsek",
    "Subsektor",
    "Metro",
}


@history()
class Unit(Positioned):
    """A police unit. `polda`, `polres`, `polsek` hold the unit's own id or its ancestor's."""

    code = models.SlugField(_("short code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=UnitKind)
    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("reports to"),
    )
    polda = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, null=True, blank=True, editable=False, related_name="+"
    )
    polres = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, null=True, blank=True, editable=False, related_name="+"
    )
    polsek = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, null=True, blank=True, editable=False, related_name="+"
    )
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seat"),
    )
    timezone = models.CharField(
        _("time zone"), max_length=20, choices=TimeZoneName, default=TimeZoneName.WIB
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    investigates = models.BooleanField(
        _("investigates"), default=True, help_text=_("Off where crime is handed to the Polres.")
    )
    is_fallback = models.BooleanField(
        _("fallback"),
        default=False,
        help_text=_("Answers for places without a unit of their own. One unit only."),
    )

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name"]
        constraints = [
            *position_checks("unit"),
            one_of("unit", "kind", UnitKind),
            one_of("unit", "timezone", TimeZoneName),
            models.CheckConstraint(
                name="unit_parent",
                condition=Q(kind=UnitKind.MABES, parent=None)
                | (~Q(kind=UnitKind.MABES) & Q(parent__isnull=False)),
                violation_error_message=_("Every unit but Mabes reports to another."),
            ),
            models.CheckConstraint(
                name="unit_subsektor_polsek",
                condition=~Q(kind=UnitKind.SUBSEKTOR) | Q(polsek__isnull=False),
                violation_error_message=_("A Subsektor reports to a Polsek."),
            ),
            models.UniqueConstraint(
                name="unit_one_fallback",
                fields=["is_fallback"],
                condition=Q(is_fallback=True),
                violation_error_message=_("There is a fallback unit already."),
            ),
        ]
        indexes = [
            models.Index(name="unit_polda", fields=["polda", "name"]),
            models.Index(name="unit_polres", fields=["polres", "name"]),
            models.Index(name="unit_polsek", fields=["polsek", "name"]),
            name_index("unit_name_key"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="unit_scope",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                declare=[
                    ("levels", "text[]"),
                    ("up_kind", "text"),
                    ("up_polda", "bigint"),
                    ("up_polres", "bigint"),
                    ("up_polsek", "bigint"),
                ],
                func="""
                    levels := ARRAY['mabes', 'polda', 'polres', 'polsek', 'subsektor'];
                    SELECT kind, polda_id, polres_id, polsek_id
                    INTO up_kind, up_polda, up_polres, up_polsek
                    FROM territory_unit WHERE id = NEW.parent_id;
                    IF array_position(levels, up_kind)
                        >= array_position(levels, NEW.kind::text)
                    THEN
                        RAISE EXCEPTION 'a unit reports to a unit of a higher kind'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_parent_kind';
                    END IF;
                    NEW.polda_id := CASE WHEN NEW.kind = 'polda' THEN NEW.id ELSE up_polda END;
                    NEW.polres_id := CASE WHEN NEW.kind = 'polres' THEN NEW.id ELSE up_polres END;
                    NEW.polsek_id := CASE WHEN NEW.kind = 'polsek' THEN NEW.id ELSE up_polsek END;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="unit_scope_below",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                condition=pgtrigger.AnyChange("polda", "polres", "polsek"),
                func="""
                    UPDATE territory_unit SET parent_id = parent_id WHERE parent_id = NEW.id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        levels = list(UnitKind.values)
        if self.kind not in levels:
            return
        if self.parent and levels.index(self.parent.kind) >= levels.index(self.kind):
            raise ValidationError({"parent": _("A unit reports to a unit of a higher kind.")})
        lower = levels[levels.index(self.kind) + 1 :]
        if self.pk and Unit.objects.filter(parent=self.pk).exclude(kind__in=lower).exists():
            raise ValidationError(
                {"kind": _("A unit that reports to this one is not of a lower kind.")}
            )
        if self.parent and self.kind == UnitKind.SUBSEKTOR and self.parent.kind != UnitKind.POLSEK:
            raise ValidationError({"parent": _("A Subsektor reports to a Polsek.")})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def zone_label(self) -> str:
        """WIB, WITA or WIT, as it is printed after a time."""
        return str(TimeZoneName(self.timezone).label)

    def today(self, now: datetime | None = None) -> date:
        """The date in the unit's time zone."""
        return (now or timezone.now()).astimezone(self.zone).date()

    @property
    def place(self) -> str:
        """Where its papers are signed: «Tambora», «Jakarta Barat»."""
        if self.kind == UnitKind.POLDA and self.area:
            return self.area.name
        words = self.name.split()
        while len(words) > 1 and words[0] in NOT_OF_THE_PLACE:
            words.pop(0)
        return " ".join(words)

    @property
    def head(self) -> str:
        """Who signs its papers: «Kapolsek Tambora»; "" where the name does not say."""
        if self.kind == UnitKind.MABES:
            return "Kapolri"
        first, _space, rest = self.name.partition(" ")
        if first not in HEADED:
            return ""
        return f"Ka{first.lower()} {rest}".strip()

    @property
    def letterhead(self) -> list[str]:
        """The names above its papers: the Polda, the Polres, the Polsek, its own. One statement,
        none for a row from `with_lineage`."""
        is_loaded = self._state.fields_cache.keys() >= set(LINEAGE)
        if is_loaded:
            units = [self, self.polsek, self.polres, self.polda]
            names = {unit.pk: unit.name for unit in units if unit}
        else:
            rows = Unit.objects.filter(pk__in=self.lineage_ids()).order_by()
            names = dict(rows.values_list("pk", "name"))
        return [names[pk] for pk in reversed(self.lineage_ids()) if pk in names]

    def lineage_ids(self) -> list[int]:
        """Ids of this unit and of the Polsek, Polres and Polda above it, the nearest first."""
        ids = [self.pk, self.polsek_id, self.polres_id, self.polda_id]
        return list(dict.fromkeys(pk for pk in ids if pk is not None))


@deletable()
class UnitArea(models.Model):
    """An area belongs to one unit; smaller areas inside may belong to another."""

    area = models.OneToOneField(
        Area, on_delete=models.PROTECT, related_name="unit_link", verbose_name=_("area")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="area_links", verbose_name=_("unit")
    )

    class Meta:
        verbose_name = _("area of a unit")
        verbose_name_plural = _("areas of units")

    def __str__(self) -> str:
        return f"{self.area} – {self.unit}"
