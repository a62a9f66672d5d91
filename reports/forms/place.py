"""Where and when it happened: fields shared by the citizen's form and the officer's form."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models import Precision
from reports.selectors.areas import (
    area_label,
    match_areas,
    match_districts,
    named_area,
    nearest_area,
    nearest_of,
    sole_match,
)
from reports.selectors.routing import zone_at
from reports.services.intake import FIRST_YEAR
from territory.models import Area, Unit
from territory.times import day as day_words
from toolkit.clock import CLOCK_SLACK, EndsAhead, StillToCome, interval_of, moment_of
from toolkit.geo.forms import PositionForm
from toolkit.idempotency.fields import ClientUUIDField
from toolkit.names import split_rt_rw
from toolkit.ui.fields import (
    DATES,
    TIMES,
    DateInput,
    TimeInput,
    UnseenField,
    read_moment,
)

NOT_LISTED = "0"
PLACE_LENGTH = 200
TEXT_LENGTH = 4000
GOES_ON = "open"
OLDEST_NOW = timedelta(days=1)


class PlaceForm(PositionForm):
    """A village or district by its name, words for the spot, the phone's position.

    `area` stays hidden until several areas have the typed name, or none has. It then offers a
    choice, one of them that the place is not listed. That is for the district or city in
    `around_name`, unless the phone's position or `home`, the unit of the officer, says whose it is.

    `cleaned_data["found_area"]` is the area that was found, or None, `is_named` whether it is what
    `village_name` names. Without a place, `home` takes the report and gives the time zone.
    """

    place_required = True
    home: Unit | None = None

    village_name = forms.CharField(
        label=_("Kelurahan or desa"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Type its name. A kecamatan will do."),
    )
    area = UnseenField(label=_("Which one?"), max_length=20, required=False)
    around_name = UnseenField(
        label=_("Kecamatan, kota or kabupaten"),
        max_length=120,
        required=False,
        help_text=_("Only needed for a place that is not in our list."),
    )
    place = forms.CharField(
        label=_("Street, number or landmark"), max_length=PLACE_LENGTH, required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data |= {"found_area": None, "is_named": True}
        typed = data.get("village_name", "")
        where = self.position()
        if not typed:
            if self.place_required and where["lat"] is None and "village_name" in data:
                self.add_error(
                    "village_name",
                    _("Type the kelurahan or desa, or let the phone find the place."),
                )
            return data
        data["found_area"] = self._area_named(typed)
        if data["found_area"] is None:
            data["found_area"] = self._area_around()
            data["is_named"] = False
        if {"place", "village_name"} <= set(data) and len(self._spot()) > PLACE_LENGTH:
            self.add_error("place", _("This is too long with the name of the place. Shorten it."))
        return data

    def _area_named(self, typed: str) -> Area | None:
        """What the typed name means. Asks where several have it, or none has."""
        area = named_area(typed)
        if area is not None:
            return area
        where, picked = self.position(), self.cleaned_data.get("area", "")
        found = match_areas(typed, self.home)
        area = sole_match(typed, found) or _picked(found, picked)
        if area is None and picked != NOT_LISTED:
            area = nearest_of(found, where["lat"], where["lon"])
            if area is None and where["lat"] is None and not self.cleaned_data.get("around_name"):
                self._ask(found)
        return area

    def _area_around(self) -> Area | None:
        """The district or city of a place that is not listed. Asks for it unless the position or
        the officer's unit says who takes the report."""
        where, around = self.position(), self.cleaned_data.get("around_name", "")
        if "area" in self.errors or "village_name" in self.errors:
            return None
        near = None
        if where["lat"] is not None and where["lon"] is not None:
            near = nearest_area(where["lat"], where["lon"])
        if near is not None or self.home is not None:
            return None
        found = match_districts(around) if around else []
        area = sole_match(around, found) or _picked(found, self.cleaned_data.get("area", ""))
        if area is None:
            self._ask(found, around=True)
        return area

    def _ask(self, found: list[Area], *, around: bool = False) -> None:
        """`around`: for the district or city instead of the village."""
        choices = [(str(area.pk), area_label(area)) for area in found]
        self.fields["area"].widget = forms.RadioSelect(
            choices=[*choices, (NOT_LISTED, _("Not listed: leave it as I wrote it"))]
        )
        if self.home is None:
            self.fields["around_name"].widget = forms.TextInput(attrs={"autocomplete": "off"})
        if found:
            self.add_error("area", _("Several places have this name. Choose yours."))
        elif not around:
            self.add_error(
                "village_name",
                _("No kelurahan, desa or kecamatan of this name is known. Check the spelling."),
            )
        elif self.cleaned_data.get("around_name"):
            self.add_error(
                "around_name",
                _("We do not know this one. Check the spelling, or write the province."),
            )
        else:
            self.add_error(
                "around_name",
                _("We do not know this place. Which kecamatan or kota is it in?"),
            )

    def _spot(self) -> str:
        """The words for the spot. A name that was not found is added, else its RT and RW."""
        data = self.cleaned_data
        place, typed = data["place"], data["village_name"]
        if typed and not data["is_named"]:
            return ", ".join(filter(None, [place, typed]))
        spoken, written = split_rt_rw(typed), split_rt_rw(place)
        numbers = [
            f"{title} {number:02}"
            for title, number, other in (
                ("RT", spoken.rt, written.rt),
                ("RW", spoken.rw, written.rw),
            )
            if number is not None and number != other
        ]
        return ", ".join(filter(None, [place, "/".join(numbers)]))

    def place_words(self) -> dict[str, Any]:
        """Fields of a ReportDraft."""
        return {
            "area": self.cleaned_data["found_area"],
            "place": self._spot(),
            **self.position(),
        }

    def local_zone(self) -> tzinfo:
        """The time zone of the place, because people give hours by the clock they see."""
        where = self.position()
        area: Area | None = self.cleaned_data.get("found_area")
        if area is None and self.home is not None:
            return self.home.zone
        if area is None and where["lat"] is not None and where["lon"] is not None:
            area = nearest_area(where["lat"], where["lon"])
        return zone_at(area) if area else timezone.get_current_timezone()


def _picked(found: list[Area], key: str) -> Area | None:
    return next((area for area in found if str(area.pk) == key), None)


class When(TextChoices):
    """The answers to "When did it happen?"."""

    NOW = "now", _("Just now, or it is still going on")
    EXACT = Precision.EXACT.value, _("Exactly at this time")
    ABOUT = Precision.ABOUT.value, _("About this time")
    UNKNOWN = Precision.UNKNOWN.value, _("I do not know")


class IncidentForm(PlaceForm):
    """Where and when, with the UUID that tells a retry from a new report.

    "Just now" is the first input, which a script writes into `shown_at` by the phone's clock;
    without script it is the time of sending. `sent_at` is the same clock when the form was sent.

    `ends_ahead` stays hidden until the end would be later than now. It then asks whether that end,
    its value, was meant.
    """

    client_uuid = ClientUUIDField()
    shown_at = UnseenField(
        required=False, widget=forms.HiddenInput(attrs={"data-device-clock": True})
    )
    sent_at = UnseenField(required=False)
    when = forms.ChoiceField(
        label=_("When did it happen?"),
        choices=When.choices,
        initial=When.NOW,
        required=False,
        widget=forms.RadioSelect,
    )
    occurred_on = forms.DateField(
        label=_("Date"), required=False, widget=DateInput, input_formats=DATES
    )
    occurred_at = forms.TimeField(
        label=_("Time"), required=False, widget=TimeInput, input_formats=TIMES
    )
    occurred_until = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=TimeInput,
        input_formats=TIMES,
        help_text=_("Only if it lasted, or happened somewhere between two times."),
    )
    ends_ahead = UnseenField(label=_("Is this end still to come?"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data |= {"occurred_from": None, "occurred_to": None, "precision": Precision.UNKNOWN}
        when = data.get("when") or (When.EXACT if data.get("occurred_at") else When.NOW)
        if when == When.NOW:
            data |= {"precision": Precision.ABOUT, "occurred_from": self.moment_shown()}
        elif when in (When.EXACT, When.ABOUT):
            self._read_moments(data, when)
        if when in (When.NOW, When.UNKNOWN):
            # The time fields are ignored then, so their errors are too.
            for name in ("occurred_on", "occurred_at", "occurred_until"):
                self.errors.pop(name, None)
        return data

    def moment_shown(self) -> datetime:
        """When the person began to write. Even a wrong clock measures how long ago that was."""
        now = timezone.now()
        begun, sent = (
            read_moment(self.cleaned_data.get(name, "")) for name in ("shown_at", "sent_at")
        )
        since = (sent or now) - begun if begun else timedelta()
        if not timedelta() <= since <= OLDEST_NOW:
            since = timedelta()
        return now - since if since else now.replace(second=0, microsecond=0)

    def written_at(self) -> datetime:
        """By which the typed clock times are meant."""
        return timezone.now()

    def _read_moments(self, data: dict[str, Any], when: str) -> None:
        if {"occurred_on", "occurred_at", "occurred_until"} & set(self.errors):
            return
        day, start, end = data["occurred_on"], data["occurred_at"], data["occurred_until"]
        if start is None and when == When.EXACT:
            self.add_error("occurred_at", _("Give the time, or choose “About this time”."))
        elif start is None and day is None:
            advice = _("Give the day or the time, or choose “I do not know”.")
            self.add_error("occurred_on", advice)
        elif day is not None and day.year < FIRST_YEAR:
            self.add_error("occurred_on", _("This is too long ago. Check the year."))
        else:
            span = self._span(day, start, end)
            if span is not None:
                first, last = span
                precision = Precision(when)
                data |= {"precision": precision, "occurred_from": first, "occurred_to": last}

    def _span(
        self, day: date | None, start: time | None, end: time | None
    ) -> tuple[datetime, datetime | None] | None:
        """Start and end. None, with an error at the field, where they are still to come."""
        zone, now = self.local_zone(), self.written_at()
        # A day without a time means some time on that day.
        began = moment_of(day, start or time.min, now, zone)
        if isinstance(began, StillToCome):
            today = timezone.localdate(now + CLOCK_SLACK, zone)
            field = "occurred_on" if start is None or began.at.date() > today else "occurred_at"
            self.add_error(field, _("This time is still to come."))
            return None
        if start is None:
            return began.at, min(began.at + timedelta(days=1), max(self.moment_shown(), began.at))
        if end is None:
            return began.at, None
        lasted = interval_of(began.at, end, now)
        if isinstance(lasted, EndsAhead):
            return self._span_ahead(lasted)
        return lasted.start, lasted.end

    def _span_ahead(self, lasted: EndsAhead) -> tuple[datetime, datetime | None] | None:
        """The answer to the question whether the end is still to come; None asks it."""
        answer = self.cleaned_data.get("ends_ahead", "")
        if answer == GOES_ON:
            return lasted.start, None
        if answer == lasted.end.isoformat():
            return lasted.start, lasted.end
        hour = f"{lasted.end:%H.%M}"
        words = {"hour": hour, "day": day_words(lasted.end.date())}
        self.fields["ends_ahead"].widget = forms.RadioSelect(
            choices=[
                (lasted.end.isoformat(), _("Yes, until %(hour)s, %(day)s") % words),
                (GOES_ON, _("It is still going on, the end is not known")),
            ]
        )
        self.add_error(
            "occurred_until",
            _("Until %(hour)s means %(day)s, which is still to come. Correct it, or answer below.")
            % words,
        )
        return None

    def typed_time(self) -> str:
        """What was typed about the time. Moments made of it depend on when the form arrives."""
        data = self.cleaned_data
        names = ("when", "occurred_on", "occurred_at", "occurred_until", "ends_ahead", "shown_at")
        return " ".join(str(data.get(name) or "-") for name in names)

    def when_words(self) -> dict[str, Any]:
        """Fields of a ReportDraft."""
        data = self.cleaned_data
        names = ("precision", "occurred_from", "occurred_to")
        return {**{name: data[name] for name in names}, "typed_time": self.typed_time()}
