from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q

from territory.extensions import move_refusals
from territory.models import Unit, UnitScoped
from territory.rights import may_move
from territory.scope import Viewer


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
