"""What a cell of a table says that somebody serves: villages, and RW of them."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from territory.models import Area, Unit
from territory.models.areas import AREA_CODE
from territory.scope import unscoped
from territory.selectors.village_names import NamedVillages
from toolkit.names import split_rt_rw
from toolkit.tables.cells import parts_of


class NamedPlaces:
    """``Angke RW 01, RW 02; 31.73.04.1008``: a lone RW is of the village before it. The number of
    statements does not grow with the cells."""

    def __init__(self, cells: Iterable[str]) -> None:
        parts = [part for cell in cells for part in parts_of(cell)]
        codes = [part for part in parts if AREA_CODE.match(part)]
        names = [split_rt_rw(part).name for part in parts]
        self._villages = NamedVillages([*names, *(code.partition("-")[0] for code in codes)])
        rows = unscoped(Area.objects, "areas are public facts")
        inside = [village.pk for village in self._villages.rows]
        self._smaller = {area.code: area for area in rows.filter(parent__in=inside)}

    def find(self, cell: str, fits: Callable[[Unit | None], bool]) -> tuple[list[Area], list[str]]:
        """The areas that the cell says, or sentences about what is wrong with it."""
        found: dict[str, Area] = {}
        wrong: list[str] = []
        village: Area | None = None
        for part in parts_of(cell):
            coded = AREA_CODE.match(part) is not None
            name, _dash, number = part.partition("-") if coded else ("", "", "")
            spoken = split_rt_rw(part)
            rw = int(number) if number.isdecimal() else spoken.rw
            name = name if coded else spoken.name
            if name or village is None:
                village, words = self._villages.find(name or part, fits)
                if village is None:
                    wrong.append(words)
                    continue
            area = village if rw is None else self._smaller.get(f"{village.code}-{rw:03}")
            if area is None:
                words = _("%(village)s has no RW %(rw)02d yet. Paste the table of RW first.")
                wrong.append(words % {"village": village.name, "rw": rw})
            else:
                found[area.code] = area
        return list(found.values()), wrong
