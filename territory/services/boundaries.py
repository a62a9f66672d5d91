from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from territory.models import Area, Boundary
from toolkit.geo.shapes import Shape


@dataclass
class Loaded:
    """How many boundaries `set_boundaries` added, changed and found as they were."""

    added: int = 0
    changed: int = 0
    kept: int = 0


@transaction.atomic
def set_boundaries(shapes: dict[str, Shape], *, source: str, now: datetime) -> Loaded:
    """Gives the areas with these codes their outlines. A code without an area is a KeyError."""
    areas = dict(Area.objects.filter(code__in=shapes).values_list("code", "pk"))
    stored = {
        row.area_id: row
        for row in Boundary.objects.select_for_update().filter(area__in=areas.values())
    }
    loaded = Loaded()
    rows = []
    for code, rings in shapes.items():
        old = stored.get(areas[code])
        if old and (old.rings, old.source) == (rings, source):
            loaded.kept += 1
            continue
        loaded.changed += bool(old)
        loaded.added += not old
        rows.append(Boundary(area_id=areas[code], rings=rings, source=source, loaded_at=now))
    Boundary.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=["rings", "source", "loaded_at"],
    )
    return loaded
