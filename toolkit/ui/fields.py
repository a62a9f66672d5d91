"""Fields that forms of every app share: lines of text, a position, times of a phone."""

import math
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime

MAX_ACCURACY_M = 1_000_000
# A phone's clock may be wrong by years; beyond these it is not a time but an accident.
DEVICE_YEARS = range(1970, 2200)
# What is read where a browser has no calendar or clock of its own.
TIMES = ["%H:%M", "%H.%M", "%H:%M:%S"]
DATES = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]


class DateInput(forms.DateInput):
    """The device's own calendar. It wants ISO dates, whatever the language of the page."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    """The device's own clock. It wants a colon, whatever the language of the page."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class LinesField(forms.CharField):
    """Text of several lines. A browser sends each line end as two characters; kept is one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


def read_number(text: str, least: float, most: float) -> float | None:
    """A number within bounds, else None: a phone's odd position must not cost what was typed."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and least <= number <= most else None


def read_moment(text: str) -> datetime | None:
    """A time with its zone, else None."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo and moment.year in DEVICE_YEARS else None


class UnseenField(forms.CharField):
    """What a script writes unseen. Nobody can mend it, so an oddity counts as empty."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> str:
        try:
            return str(super().clean(value))
        except ValidationError:
            return ""


class PositionForm(forms.Form):
    """Where the phone says it is; what cannot be is left out, never refused."""

    lat = UnseenField(required=False)
    lon = UnseenField(required=False)
    accuracy_m = UnseenField(required=False)

    def position(self) -> dict[str, Any]:
        """`lat` and `lon` in degrees, `accuracy_m` in whole metres, all None where unknown."""
        data = self.cleaned_data
        lat = read_number(data.get("lat", ""), -90, 90)
        lon = read_number(data.get("lon", ""), -180, 180)
        accuracy = read_number(data.get("accuracy_m", ""), 0, MAX_ACCURACY_M)
        if lat is None or lon is None:
            return {"lat": None, "lon": None, "accuracy_m": None}
        return {
            "lat": lat,
            "lon": lon,
            "accuracy_m": None if accuracy is None else math.ceil(accuracy),
        }
