"""One field to paste coordinates into, instead of one for each degree, with a map to pick them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from territory.extensions import places_to_see
from territory.models import Unit, UnitKind
from territory.selectors.outlines import outlines_of
from toolkit.editing import EditForm, Values
from toolkit.geo.coordinates import Point
from toolkit.geo.forms import CoordinatesField
from toolkit.geo.points import distance_m

DEGREES = ("lat", "lon")
FIELD = "coordinates"
# A page carries no more of them, some 60 kB: a Polda has many.
MOST_POINTS = 3000
MOST_PLACES = 200
# No Polsek is as wide. Without its minus a place of Jakarta lies in the South China Sea.
FARTHEST_M = 200_000
SMALL = (UnitKind.POLSEK, UnitKind.SUBSEKTOR)


class WithCoordinates(EditForm):
    """For a form of a `Positioned` row. Its conflicts are those of `lat` and `lon`."""

    instance: Any
    coordinates = CoordinatesField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if FIELD in self.fields:
            self.fields[FIELD].widget.attrs |= background_of(self.unit_of_map(), self.instance)
            self.initial.setdefault(FIELD, _point(vars(self.instance)))

    def unit_of_map(self) -> Unit | None:
        """Whose outlines and places the picker draws behind the place."""
        return None

    def watch(
        self, row: Model, names: Iterable[str], known: Mapping[str, Any] | None = None
    ) -> Values:
        names = [*names, *DEGREES] if FIELD in self.fields else list(names)
        return super().watch(row, names, known)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if FIELD in self.cleaned_data and FIELD in self.changed_data:
            point = self.cleaned_data[FIELD]
            self.instance.lat, self.instance.lon = point or (None, None)
            if point and (problem := too_far(point, self.unit_of_map(), self.instance)):
                self.add_error(FIELD, problem)
        return data

    def wanted_values(self) -> Values:
        if FIELD not in self.cleaned_data:
            return super().wanted_values()
        return {**super().wanted_values(), **{n: getattr(self.instance, n) for n in DEGREES}}

    def shown_for(self, values: Values) -> dict[str, Any]:
        shown = super().shown_for(values)
        return {**shown, FIELD: _point(values)} if set(DEGREES) <= set(values) else shown


def background_of(unit: Unit | None, row: Any) -> dict[str, str]:
    """What the picker draws behind the place of the row, as attributes of its field."""
    if unit is None or unit.pk is None:
        return {}
    outlines = [one.rings for one in outlines_of(unit)]
    if sum(len(ring) for rings in outlines for ring in rings) > MOST_POINTS:
        outlines = []
    others = [[round(lat, 5), round(lon, 5), name] for lat, lon, name in _others(unit, row)]
    return {"data-outlines": json.dumps(outlines), "data-places": json.dumps(others)}


def too_far(point: Point, unit: Unit | None, row: Any) -> str:
    """Why the point cannot be of a small unit: how far all its other places are. Else nothing."""
    if unit is None or unit.kind not in SMALL:
        return ""
    others = ((distance_m(*point, lat, lon), name) for lat, lon, name in _others(unit, row))
    metres, name = min(others, default=(0, ""))
    if metres <= FARTHEST_M:
        return ""
    words = {"km": number_format(metres // 1000), "place": name}
    return _("%(km)s km from %(place)s. Latitude comes first, with a minus in the south.") % words


def _others(unit: Unit, row: Any) -> list[tuple[float, float, str]]:
    known = [place for places in places_to_see(unit) for place in places]
    return [
        (place.lat, place.lon, place.name)
        for place in known[:MOST_PLACES]
        if place != row and place.lat is not None and place.lon is not None
    ]


def _point(values: Mapping[str, Any]) -> Point | None:
    lat, lon = values.get("lat"), values.get("lon")
    return None if lat is None or lon is None else Point(round(lat, 9), round(lon, 9))
