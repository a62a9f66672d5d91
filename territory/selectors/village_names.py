"""Villages as a table names them: by their code or by their name within a unit."""

from collections.abc import Callable, Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from territory.models import Area, Unit
from territory.scope import unscoped
from territory.selectors.area_units import AreaUnits
from toolkit.name_search import NameKey
from toolkit.names import name_key, read_place


def _keys(word: str) -> set[str]:
    return {name_key(name) for name in read_place(word).names} - {""}


class NamedVillages:
    """All villages that the words may mean, with their units, read in two statements."""

    def __init__(self, words: Iterable[str]) -> None:
        said = {word for word in words if word}
        keys = {key for word in said for key in _keys(word)}
        rows = unscoped(Area.objects.villages(), "areas are public facts")
        rows = rows.annotate(key=NameKey("name"), alt_key=NameKey("alt_name"))
        found = Q(code__in=said) | Q(key__in=keys) | Q(alt_key__in=keys)
        self.rows: list[Area] = list(rows.filter(found).order_by("code"))
        self._units = AreaUnits(self.rows)

    def unit_of(self, village: Area) -> Unit | None:
        return self._units.nearest(village)

    def find(self, word: str, fits: Callable[[Unit | None], bool]) -> tuple[Area | None, str]:
        """The one village whose unit `fits`, or a sentence that says what to do."""
        keys = _keys(word)
        found = [area for area in self.rows if area.code == word] or [
            area for area in self.rows if {name_key(area.name), name_key(area.alt_name)} & keys
        ]
        inside = [area for area in found if fits(self.unit_of(area))]
        if len(inside) == 1:
            return inside[0], ""
        told = {"village": word}
        if inside:
            codes = ", ".join(area.code for area in inside)
            words = _("Two villages are called %(village)s. Write the code of the one: %(codes)s.")
            return None, words % (told | {"codes": codes})
        if found:
            words = _(
                "%(village)s is no village of this unit. Give its kecamatan to the unit first."
            )
            return None, words % told
        words = _(
            "No village is called %(village)s. Write its name as on paper, or its code. Is its"
            " kecamatan loaded (load_villages)?"
        )
        return None, words % told
