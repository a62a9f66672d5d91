"""What models of all apps share in the database: history, indexes, constraints."""

from typing import Any

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


def history(**options: Any) -> Any:
    """Keeps the old row at every update and delete, by a database trigger."""
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), **options
    )


def trigram_index(name: str, field: str) -> GinIndex:
    """For searching inside a text, which Django writes as ``UPPER(field) LIKE UPPER(%…%)``."""
    return GinIndex(OpClass(Upper(field), name="gin_trgm_ops"), name=name)


def position_checks(name: str) -> list[models.CheckConstraint]:
    """Latitude and longitude: both or neither, in degrees, inside the world's bounds."""
    return [
        models.CheckConstraint(
            name=f"{name}_position",
            condition=Q(lat=None, lon=None)
            | Q(
                lat__isnull=False,
                lon__isnull=False,
                lat__range=(-90, 90),
                lon__range=(-180, 180),
            ),
            violation_error_message=_("Give both latitude and longitude, or neither."),
        )
    ]


def scope_indexes(name: str, *order: str) -> list[models.Index]:
    """One index for each scope column, in the order the lists are read."""
    return [
        models.Index(name=f"{name}_{column}", fields=[column, *order])
        for column in ("polda", "polres", "polsek")
    ]
