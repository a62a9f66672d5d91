from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from toolkit.geo.coordinates import LONGEST, Point, read_coordinates
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


class CoordinatesInput(forms.TextInput):
    """One line to paste into. No phone corrects the spelling of a degree."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        plain = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__({**plain, **(attrs or {})})


class CoordinatesField(forms.CharField):
    """A place, pasted in any of the ways that `read_coordinates` knows: a Point, or None."""

    widget = CoordinatesInput

    def __init__(self, **kwargs: Any) -> None:
        texts = {
            "label": _("coordinates"),
            "help_text": _("Such as -6.1478, 106.8010, or a map's link."),
        }
        super().__init__(**{"max_length": LONGEST, **texts, **kwargs})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Point):
            return value
        text = super().to_python(value)
        return read_coordinates(text) if text else None

    def run_validators(self, value: Any) -> None:
        """Those of CharField count characters, which a Point has none of."""

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Point) else value
