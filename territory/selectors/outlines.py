"""What a map shows of the areas of a unit."""

from django.db.models import Q

from territory.models import Boundary, Unit
from territory.scope import unscoped
from toolkit.geo.maps import Outline

MOST_PARTS = 80


def outlines_of(unit: Unit) -> list[Outline]:
    """The areas a unit answers for, and those they consist of, where outlines are loaded.

    Two statements. Of a unit without areas of its own, such as a Subsektor, none.
    """
    areas = list(unit.area_links.values_list("area", flat=True))
    rows = unscoped(Boundary.objects, "outlines are public").select_related("area")
    rows = rows.filter(Q(area__in=areas) | Q(area__parent__in=areas)).order_by("area__code")
    return [
        Outline(row.area.name, row.rings, is_part=row.area_id not in areas)
        for row in rows[:MOST_PARTS]
    ]
