"""Which unit answers for an area, for many areas at once."""

from collections.abc import Iterable

from territory.models import Area, Unit, UnitArea
from territory.scope import unscoped


class AreaUnits:
    """One statement, however many areas. See `Unit.objects.of_area` for one."""

    def __init__(self, areas: Iterable[Area]) -> None:
        codes = {code for area in areas for code in area.lineage()}
        links = unscoped(UnitArea.objects, "which unit an area belongs to is a public fact")
        rows = links.filter(area__code__in=codes).select_related("area", "unit")
        self._units = {link.area.code: link.unit for link in rows}

    def own(self, area: Area) -> Unit | None:
        """The unit that the area itself is given to."""
        return self._units.get(area.code)

    def nearest(self, area: Area) -> Unit | None:
        """The unit of the area or of the nearest larger one; None where none has a unit."""
        found = (self._units.get(code) for code in area.lineage())
        return next((unit for unit in found if unit is not None), None)
