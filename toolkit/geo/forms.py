from django import forms

from toolkit.geo.points import Position, clean_position
from toolkit.ui.fields import UnseenField


class PositionForm(forms.Form):
    """The phone's position. Impossible values are dropped without an error."""

    lat = UnseenField(required=False)
    lon = UnseenField(required=False)
    accuracy_m = UnseenField(required=False)

    def position(self) -> Position:
        lat, lon, accuracy_m = (
            read_number(self.cleaned_data.get(name, "")) for name in ("lat", "lon", "accuracy_m")
        )
        return clean_position(lat, lon, accuracy_m)


def read_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
