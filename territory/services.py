from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q

from territory.extensions import move_refusals
from territory.models import Area, Boundary, Unit, UnitScoped
from territory.rights import may_move
from territory.scope import Viewer
from toolkit.geo.shapes import Shape


def refuse_move(unit: Unit, parent: Unit | None, by: Viewer) -> None:
    """Raises ValidationError where an app above has a reason against this move."""
    if parent is None:
        return  # the model refuses it
    if reasons := list(filter(None, move_refusals(unit, parent, by))):
        raise ValidationError({"parent": reasons})


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, by: Viewer) -> int:
    """Moves a unit, with all below it, under another parent.

    The scope columns of every row in the subtree follow. Returns how many rows were updated.
    Raises PermissionDenied without the right to both places, ValidationError where an app above
    refuses.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if not may_move(by, unit, parent):
        raise PermissionDenied
    refuse_move(unit, parent, by)
    unit.parent = parent
    unit.full_clean(exclude=["polda", "polres", "polsek"])
    unit.save(update_fields=["parent"])
    unit.refresh_from_db()
    below = Unit.objects.filter(
        Q(pk=unit.pk) | Q(parent=unit) | Q(parent__parent=unit) | Q(parent__parent__parent=unit)
    )
    ids = list(below.values_list("pk", flat=True))
    scoped = [model for model in apps.get_models() if issubclass(model, UnitScoped)]
    return sum(
        model._default_manager.filter(unit__in=ids).update(unit=F("unit")) for model in scoped
    )


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
