"""What models of all apps share in the database: history and search indexes."""

from typing import Any

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models.functions import Upper


def history(**options: Any) -> Any:
    """Keeps the old row at every update and delete, by a database trigger."""
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), **options
    )


def trigram_index(name: str, field: str) -> GinIndex:
    """For searching inside a text, which Django writes as ``UPPER(field) LIKE UPPER(%…%)``."""
    return GinIndex(OpClass(Upper(field), name="gin_trgm_ops"), name=name)
