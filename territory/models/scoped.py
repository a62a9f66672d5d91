from typing import Self, TypeVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from territory.models.units import Unit
from territory.scope import Viewer
from toolkit.labels import Labelled

Row = TypeVar("Row", bound=models.Model)


class UnitScopedQuerySet(models.QuerySet[Row]):
    def in_scope(self, user: Viewer) -> Self:
        """Rows of the units the person is posted to, and below."""
        condition = user.scope.rows()
        return self.none() if condition is None else self.filter(condition)

    def visible_to(self, user: Viewer) -> Self:
        return self.in_scope(user)


class UnitScoped(Labelled):
    """A row of a unit, with the scope columns a trigger copies from the unit."""

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    polda = models.ForeignKey(
        Unit,
        on_delete=models.DO_NOTHING,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    polres = models.ForeignKey(
        Unit,
        on_delete=models.DO_NOTHING,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    polsek = models.ForeignKey(
        Unit,
        on_delete=models.DO_NOTHING,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )

    class Meta:
        abstract = True
        triggers = [
            pgtrigger.Trigger(
                name="scope_columns",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("unit_id"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                func="""
                    SELECT polda_id, polres_id, polsek_id
                    INTO NEW.polda_id, NEW.polres_id, NEW.polsek_id
                    FROM territory_unit WHERE id = NEW.unit_id;
                    RETURN NEW;
                """,
            ),
        ]


def unit_stays() -> pgtrigger.Trigger:
    """For rows that tell which unit it was. `move_unit` writes the same unit again, no other."""
    return pgtrigger.Protect(
        name="unit_stays",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("unit"),
    )


def scope_indexes(name: str, *order: str) -> list[models.Index]:
    """One index per scope column, followed by the columns that lists are ordered by."""
    return [
        models.Index(name=f"{name}_{column}", fields=[column, *order])
        for column in ("polda", "polres", "polsek")
    ]
