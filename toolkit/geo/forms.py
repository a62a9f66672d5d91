from typing import Any

from django import forms
from django.conf import settings
from django.forms.widgets import Script
from django.templatetags.static import static
from django.utils.translation import gettext
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
    """One line to paste into, with a button that opens a map. No phone corrects its spelling."""

    class Media:
        css = {"all": ["vendor/leaflet-1.9.4/leaflet.css", "css/picker.css"]}
        js = [Script("js/pages/pick_point.js", type="module")]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        plain = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__({**plain, **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-pick": gettext("Choose on a map"),
            "data-help": gettext("Move the map until the place is under the cross."),
            "data-failed": gettext("The map could not be loaded. Please paste the coordinates."),
            "data-script": static("vendor/leaflet-1.9.4/leaflet.js"),
            "data-tiles": settings.MAP_TILES_URL,
            "data-credit": settings.MAP_TILES_ATTRIBUTION,
        }
        return context


class CoordinatesField(forms.CharField):
    """A place, pasted in any of the ways that `read_coordinates` knows: a Point, or None."""

    widget = CoordinatesInput

    def __init__(self, **kwargs: Any) -> None:
        texts = {
            "label": _("Coordinates"),
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
