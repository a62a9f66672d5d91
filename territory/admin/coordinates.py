"""A place in the admin: one field to paste coordinates into, with a map to pick them."""

from territory.admin.forms import RowForm, ScopedForm
from territory.forms.coordinates import WithCoordinates
from territory.models import Unit


class PlaceForm(WithCoordinates, ScopedForm):
    def unit_of_map(self) -> Unit | None:
        row = self.instance
        if isinstance(row, Unit):
            return row
        return row.unit if getattr(row, "unit_id", None) else None


class PlaceRowForm(WithCoordinates, RowForm):
    pass
