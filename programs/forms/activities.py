"""The forms of an activity: written once, corrected, and the photos that come after it."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from programs.models import Activity, ActivityKind, Topic
from programs.models.activities import MOST_RT
from programs.selectors.choices import (
    groups_offered,
    kinds_offered,
    last_visit_today,
    villages_offered,
)
from programs.services.activities import MAX_PEOPLE, ActivityDraft
from territory.models import Unit
from toolkit.clock import StillToCome, moment_of
from toolkit.editing import EditForm
from toolkit.geo.forms import PositionForm
from toolkit.idempotency.fields import SentForm
from toolkit.keys import row_key
from toolkit.labels import capitalized_choices
from toolkit.photos.fields import MAX_PHOTOS, PhotosForm, many_photos
from toolkit.ui.fields import DATES, TIMES, DateInput, LinesField, TimeInput, UnseenField

TEXT_LENGTH = 2000
# The fields that a visit rarely needs.
FOLDED = {
    *("outcome", "place", "group", "people_count", "agencies", "topic", "keywords"),
    *("resident", "happened_on", "happened_time"),
}


def kind_choices(kinds: list[ActivityKind]) -> list[Any]:
    """The kinds used most on top, all others below them in their own group."""
    rows = [(kind.code, kind.label) for kind in kinds if kind.is_common]
    others = [(kind.code, kind.label) for kind in kinds if not kind.is_common]
    return [*rows, (_("Other kinds"), others)] if rows and others else rows + others


def _number(label: Any, *, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class ActivityFields(forms.Form):
    """What an officer writes of an activity. Only the account is required: a visit is logged with
    one text and two taps."""

    kind = forms.ChoiceField(label=_("Kind"))
    text = LinesField(
        label=_("What did you do, and what did you hear?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("From 50 letters on BOS V2 takes it. No NIK, religion or ethnicity."),
    )
    village = forms.ChoiceField(label=_("Kelurahan or desa"), required=False)
    rw = _number(_("RW"), least=1, most=MOST_RT)
    rt = _number(_("RT"), least=1, most=MOST_RT)
    outcome = LinesField(
        label=_("Outcome"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was agreed or done, such as the solution of a problem."),
    )
    place = forms.CharField(
        label=_("Place"), required=False, max_length=120, help_text=_("Such as the post of RW 05.")
    )
    group = forms.ChoiceField(label=_("Partner group or school"), required=False)
    people_count = _number(_("People met"), least=0, most=MAX_PEOPLE)
    agencies = forms.CharField(
        label=_("Together with"),
        required=False,
        max_length=200,
        help_text=_("Such as Babinsa, Satpol PP."),
    )
    topic = forms.ChoiceField(
        label=_("Topic"),
        required=False,
        choices=lambda: [("", _("Not chosen")), *capitalized_choices(Topic)],
    )
    keywords = forms.CharField(label=_("Keywords"), required=False, max_length=100)
    happened_on = forms.DateField(
        label=_("Date"), required=False, widget=DateInput, input_formats=DATES
    )
    happened_time = forms.TimeField(
        label=_("Time"), required=False, widget=TimeInput, input_formats=TIMES
    )

    def offer(self, user: User, home: Unit, activity: Activity | None = None) -> None:
        """Fills in the choices. What `activity` has stays one of them, although it may be offered
        no more. Call it at the end of `__init__`."""
        self.home = home
        self.kinds = {kind.code: kind for kind in kinds_offered(user)}
        self.villages = {str(area.pk): area for area in villages_offered(user)}
        self.groups = {str(group.pk): group for group in groups_offered(user, home)}
        if activity is not None:
            self.kinds.setdefault(activity.kind.code, activity.kind)
            if activity.village is not None:
                self.villages.setdefault(str(activity.village_id), activity.village)
            if activity.group is not None:
                self.groups.setdefault(str(activity.group_id), activity.group)
        empty = [("", _("Not chosen"))]
        choices = {
            "kind": kind_choices(list(self.kinds.values())),
            "village": empty + [(pk, area.name) for pk, area in self.villages.items()],
            "group": empty + [(pk, group.name) for pk, group in self.groups.items()],
        }
        for name, rows in choices.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]
        for name, offered in (("village", self.villages), ("group", self.groups)):
            if not offered:
                del self.fields[name]

    @property
    def has_more_errors(self) -> bool:
        """Whether an error stands in the part of the form that is folded away."""
        return bool(set(self.errors) & FOLDED)

    def written_at(self) -> datetime:
        """When the form was written: for a form sent later, by the clock of the phone."""
        return timezone.now()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["at"] = self._happened_at()
        if data.get("rt") and not data.get("rw") and "rw" not in self.errors:
            self.add_error("rw", _("Give the RW of this RT."))
        if data.get("rw") and not data.get("village") and "village" not in self.errors:
            place = "village" if "village" in self.fields else "rw"
            self.add_error(place, _("Choose the kelurahan or desa of this RW."))
        return data

    def _happened_at(self) -> datetime | None:
        """None means when the form was written."""
        data = self.cleaned_data
        day, clock = data.get("happened_on"), data.get("happened_time")
        if clock is None:
            if day is not None and "happened_time" not in self.errors:
                self.add_error("happened_time", _("Give the time too."))
            return None
        found = moment_of(day, clock, self.written_at(), self.home.zone)
        if isinstance(found, StillToCome):
            self.add_error("happened_on", _("This time is still to come."))
            return None
        return found.at

    def written(self) -> dict[str, Any]:
        """Fields of an ActivityDraft."""
        data = self.cleaned_data
        same = ("text", "rw", "rt", "outcome", "place", "people_count", "agencies", "topic")
        return {
            **{name: data[name] for name in (*same, "keywords", "at")},
            "kind": self.kinds[data["kind"]],
            "village": self.villages.get(data.get("village") or ""),
            "group": self.groups.get(data.get("group") or ""),
        }


class ActivityAddForm(PhotosForm, SentForm, PositionForm, ActivityFields):
    photo_fields = ("photos", "gallery")

    photos = many_photos(label=_("Photo with the camera"), help_text="")
    gallery = many_photos(
        label=_("Photos from the gallery"),
        help_text=_("They are marked as from the gallery. At most 5 photos in all."),
    )
    photo_count = UnseenField(required=False)
    resident = forms.CharField(
        label=_("Name of the resident"),
        required=False,
        max_length=100,
        help_text=_("Sealed: only you can open it, to copy it, and after 30 days it is deleted."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, by: User, home: Unit, is_copy: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer(by, home)
        self.open_camera()
        if not self.is_bound:
            self._begin(None if is_copy else last_visit_today(by))

    def _begin(self, last: Activity | None) -> None:
        """Begins where the officer was last today; else in the only village."""
        if last is not None and str(last.village_id) in self.villages:
            self.initial.update(village=str(last.village_id), rw=last.rw)
        elif len(self.villages) == 1:
            self.initial["village"] = next(iter(self.villages))

    def written_at(self) -> datetime:
        return self.sent().believed(timezone.now()).at

    def clean_photo_count(self) -> int:
        """How many photos the phone sends after the activity."""
        return min(row_key(self.cleaned_data["photo_count"]) or 0, MAX_PHOTOS)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = len(data.get("photos") or ()) + len(data.get("gallery") or ())
        if chosen > MAX_PHOTOS:
            self.add_error("gallery", _("At most 5 photos at a time. Choose fewer."))
        return data

    def draft(self) -> ActivityDraft:
        data = self.cleaned_data
        return ActivityDraft(
            **self.written(),
            **self.position(),
            resident=data["resident"],
            photos=data["photos"],
            gallery=data["gallery"],
            photos_to_come=data["photo_count"],
            sent=self.sent(),
        )


class ActivityEditForm(EditForm, ActivityFields):
    """Corrects what was written. The moment shows as date and time of the unit."""

    WATCHED = (
        *("kind", "text", "village", "rw", "rt", "outcome", "place", "group", "people_count"),
        *("agencies", "topic", "keywords"),
    )

    def __init__(self, *args: Any, by: User, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.activity = activity
        self.offer(by, activity.unit, activity)
        at = activity.at.astimezone(activity.unit.zone)
        row = {name: getattr(activity, name) for name in self.WATCHED}
        row |= {
            "kind": activity.kind.code,
            "village": str(activity.village_id or ""),
            "group": str(activity.group_id or ""),
            "happened_on": at.date(),
            "happened_time": at.time().replace(second=0, microsecond=0),
        }
        self.initial.update(row)
        self.watch(activity, self.WATCHED)

    def wanted_values(self) -> dict[str, Any]:
        wanted = super().wanted_values()
        written = self.written()
        for name in ("kind", "village", "group"):
            row = written[name]
            wanted[name] = row.pk if row is not None else None
        return wanted

    def shown_for(self, values: dict[str, Any]) -> dict[str, Any]:
        shown = super().shown_for(values)
        codes = {kind.pk: kind.code for kind in self.kinds.values()}
        if "kind" in shown:
            shown["kind"] = codes.get(values["kind"], "")
        for name in ("village", "group"):
            if name in shown:
                shown[name] = str(values[name] or "")
        return shown

    def draft(self) -> ActivityDraft:
        written = self.written()
        at, stored = written["at"], self.activity.at.replace(second=0, microsecond=0)
        # The form shows minutes: an untouched time keeps its seconds.
        written["at"] = None if at == stored else at
        return ActivityDraft(**written)


class ActivityPhotoForm(PhotosForm, SentForm):
    """One photo, which a phone sends after its activity: by the camera, or from the gallery."""

    photo_fields = ("photos", "gallery")

    photos = many_photos()
    gallery = many_photos()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if len(data.get("photos") or ()) + len(data.get("gallery") or ()) != 1 and not self.errors:
            raise ValidationError(_("Choose the photo."), code="required")
        return data
