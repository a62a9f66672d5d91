"""Fields that forms of every app share: lines of text, dates, what a phone adds unseen."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

# The years in which the clock of a phone is believed.
DEVICE_YEARS = range(1970, 2200)
# What is read where a browser has no calendar or clock of its own.
TIMES = ["%H:%M", "%H.%M", "%H:%M:%S"]
DATES = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]


class DateInput(forms.DateInput):
    """The device's own calendar. It wants ISO dates, whatever the language of the page."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        kwargs["attrs"] = {"data-say-time": True, **kwargs.get("attrs", {})}
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    """The device's own clock. It wants a colon, whatever the language of the page."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        kwargs["attrs"] = {"data-say-time": True, **kwargs.get("attrs", {})}
        super().__init__(format="%H:%M", **kwargs)


class LongSelect(forms.Select):
    """For many options: Django's own takes twice as long to make each of them."""

    def create_option(
        self, name: str, value: Any, label: Any, selected: bool, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """What `toolkit.ui.rendering` writes of it."""
        return {"value": value, "label": label, "attrs": {"selected": True} if selected else {}}


class LinesField(forms.CharField):
    """Text of several lines. Browsers send each line end as two characters; one is kept."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class DatesField(forms.CharField):
    """Dates with commas, spaces or line ends between them; sorted, each once."""

    most = 100

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        days = (date.fromisoformat(day) if isinstance(day, str) else day for day in value)
        return ", ".join(f"{day:%d/%m/%Y}" for day in days)

    def clean(self, value: Any) -> Any:
        words = str(super().clean(value)).replace(",", " ").replace(";", " ").split()
        if len(words) > self.most:
            raise ValidationError(_("At most %(n)d dates.") % {"n": self.most})
        return sorted({self._read(word) for word in words})

    @staticmethod
    def _read(word: str) -> date:
        for pattern in DATES:
            try:
                found = datetime.strptime(word, pattern).date()  # noqa: DTZ007
            except ValueError:
                continue
            if 2000 <= found.year <= 2100:
                return found
        raise ValidationError(_("“%(word)s” is not a date such as 31/12/2026.") % {"word": word})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


def read_moment(text: str) -> datetime | None:
    """A time that was sent with its zone, in UTC; else None."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if not moment or not moment.tzinfo or moment.year not in DEVICE_YEARS:
        return None
    # Python reads UTC offsets of 16 hours and more, PostgreSQL refuses them.
    return moment.astimezone(UTC)


class UnseenField(forms.CharField):
    """A hidden field that the page or a script fills. An invalid value counts as empty.

    Every hidden field is one of these, or cleans as they do: nobody can mend what nobody sees.
    """

    widget = forms.HiddenInput

    def clean(self, value: Any) -> str:
        try:
            return str(super().clean(value))
        except ValidationError:
            return ""
