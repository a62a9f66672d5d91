"""A place in the admin: one field to paste coordinates into, instead of one for each degree."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from territory.admin.forms import RowForm, ScopedForm
from territory.models import Unit
from territory.selectors.outlines import outlines_of
from toolkit.editing import EditForm, Values
from toolkit.geo.coordinates import Point
from toolkit.geo.forms import CoordinatesField
from toolkit.geo.shapes import Shape

DEGREES = ("lat", "lon")
FIELD = "coordinates"
# A page carries no more of them, some 60 kB: a Polda has many.
MOST_POINTS = 3000


class WithCoordinates(EditForm):
    """For a form of a `Positioned` row. Its conflicts are those of `lat` and `lon`."""

    instance: Any
    coordinates = CoordinatesField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if FIELD in self.fields:
            self.fields[FIELD].widget.attrs["data-outlines"] = json.dumps(self.outlines())
            self.initial.setdefault(FIELD, _point(vars(self.instance)))

    def outlines(self) -> list[Shape]:
        """What the picker draws behind the place."""
        return []

    def watch(
        self, row: Model, names: Iterable[str], known: Mapping[str, Any] | None = None
    ) -> Values:
        names = [*names, *DEGREES] if FIELD in self.fields else list(names)
        return super().watch(row, names, known)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if FIELD in self.cleaned_data and FIELD in self.changed_data:
            self.instance.lat, self.instance.lon = self.cleaned_data[FIELD] or (None, None)
        return data

    def wanted_values(self) -> Values:
        if FIELD not in self.cleaned_data:
            return super().wanted_values()
        return {**super().wanted_values(), **{n: getattr(self.instance, n) for n in DEGREES}}

    def shown_for(self, values: Values) -> dict[str, Any]:
        shown = super().shown_for(values)
        return {**shown, FIELD: _point(values)} if set(DEGREES) <= set(values) else shown


def _point(values: Mapping[str, Any]) -> Point | None:
    lat, lon = values.get("lat"), values.get("lon")
    return None if lat is None or lon is None else Point(round(lat, 9), round(lon, 9))


class PlaceForm(WithCoordinates, ScopedForm):
    def outlines(self) -> list[Shape]:
        unit = self.instance if isinstance(self.instance, Unit) else None
        if getattr(self.instance, "unit_id", None):
            unit = self.instance.unit
        found = [one.rings for one in outlines_of(unit)] if unit and unit.pk else []
        return found if sum(len(ring) for rings in found for ring in rings) <= MOST_POINTS else []


class PlaceRowForm(WithCoordinates, RowForm):
    pass
