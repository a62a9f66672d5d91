"""Which unit takes a report, and which unit answers for a place."""

from datetime import tzinfo

from django.utils import timezone

from reports.models import Category
from territory.models import Area, Unit, UnitKind
from territory.scope import unscoped


def unit_of(area: Area) -> Unit | None:
    """The unit that answers for an area; None if there is not even a fallback unit."""
    return unscoped(Unit.objects.all(), "which units exist is public").of_area(area)


def zone_at(area: Area) -> tzinfo:
    """The time zone of the unit that answers for the area."""
    unit = unit_of(area)
    return unit.zone if unit else timezone.get_current_timezone()


def lineage(home: Unit) -> dict[str, Unit]:
    """The unit itself and those above it, by kind."""
    units = unscoped(Unit.objects, "which units exist is public")
    return {unit.kind: unit for unit in units.filter(pk__in=home.lineage_ids())}


def unit_above(area: Area | None, kind: str, otherwise: Unit | None = None) -> Unit | None:
    """The unit of this kind above the area, or above `otherwise` where no area is known. None if
    there is no unit of the kind."""
    home = unit_of(area) if area else otherwise
    return lineage(home).get(kind) if home else None


def responsible(
    category: Category, home: Unit | None, about_unit: Unit | None = None
) -> tuple[Unit | None, Unit | None]:
    """The unit that takes a report of this category, and the unit it is about.

    `home` answers for the place. A report about police goes to the unit above `about_unit`. If
    nobody named the unit, the report counts as about the Polres of the place, so that neither the
    Polres nor any Polsek below it can find it. Crime in a unit that does not investigate goes to
    the nearest unit above that does.
    """
    if category.is_about_police:
        accused = about_unit or (home and home.polres) or home
        if accused is not None and accused.kind == UnitKind.SUBSEKTOR:
            # People of a Subsektor see everything of their Polsek.
            accused = accused.parent
        above = accused.parent if accused is not None else None
        return (above, accused) if above is not None else (home, None)
    unit = home
    while category.is_crime and unit is not None and not unit.investigates and unit.parent:
        unit = unit.parent
    return unit, None
