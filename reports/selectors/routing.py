"""Which unit takes a report, and which units stand above a place."""

from datetime import tzinfo

from django.utils import timezone

from reports.models import Category
from territory.models import Area, Unit, UnitKind


def zone_at(area: Area) -> tzinfo:
    """The time zone of the unit that answers there."""
    unit = Unit.objects.of_area(area)
    return unit.zone if unit else timezone.get_current_timezone()


def lineage(home: Unit) -> dict[str, Unit]:
    """By kind: the unit itself and those above it."""
    return {unit.kind: unit for unit in Unit.objects.filter(pk__in=home.lineage_ids())}


def unit_above(area: Area | None, kind: str, otherwise: Unit | None = None) -> Unit | None:
    """The unit of this kind that an area belongs to, as far as there is one; without an area the
    one that `otherwise` belongs to."""
    home = Unit.objects.of_area(area) if area else otherwise
    return lineage(home).get(kind) if home else None


def responsible(
    category: Category, home: Unit | None, about_unit: Unit | None = None
) -> tuple[Unit | None, Unit | None]:
    """The unit that takes a report of this category, and the unit it is about.

    `home` answers for the place. What is about police goes to the unit above the one complained
    about. Where none is named that may be the Polsek or the Polres of the place: it counts as about
    the Polres, whose people and all below never find it. Crime in a unit that does not investigate
    goes to the nearest above that does.
    """
    if category.is_about_police:
        accused = about_unit or (home and home.polres) or home
        if accused is not None and accused.kind == UnitKind.SUBSEKTOR:
            # Its people see the whole Polsek.
            accused = accused.parent
        above = accused.parent if accused is not None else None
        return (above, accused) if above is not None else (home, None)
    unit = home
    while category.is_crime and unit is not None and not unit.investigates and unit.parent:
        unit = unit.parent
    return unit, None
