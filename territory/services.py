from django.apps import apps
from django.db import transaction
from django.db.models import F, Q

from territory.models import Unit, UnitScoped


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit) -> int:
    """Moves a unit, with all below it, under another parent.

    The scope columns of every row in the subtree follow. Returns how many rows were updated.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
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
