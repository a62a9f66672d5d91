import math
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from patrols.models import EntryKind
from patrols.models.entries import WRITTEN_KINDS
from patrols.services.entries import MAX_PHOTOS, EntryDraft
from photos.clean import CleanPhoto, clean_photo

TEXT_LENGTH = 2000
MAX_PEOPLE = 32_767
MAX_ACCURACY_M = 1_000_000
# A phone's clock may be wrong by years; beyond these it is not a time but an accident.
DEVICE_YEARS = range(1970, 2200)


class LinesField(forms.CharField):
    """Text of several lines. A browser sends each line end as two characters; kept is one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class ManyPhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyPhotosField(forms.FileField):
    """Cleans to a tuple of photos without metadata."""

    widget = ManyPhotosInput

    def clean(self, data: Any, initial: Any = None) -> tuple[CleanPhoto, ...]:
        files: Sequence[UploadedFile] = [file for file in data or () if file]
        if len(files) > MAX_PHOTOS:
            raise ValidationError(
                _("At most %(most)d photos in one entry."),
                params={"most": MAX_PHOTOS},
                code="too_many",
            )
        return tuple(clean_photo(super(ManyPhotosField, self).clean(file)) for file in files)


def _number(text: str, least: float, most: float) -> float | None:
    """A number within bounds, else None: a phone's odd position must not cost the entry."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and least <= number <= most else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo and moment.year in DEVICE_YEARS else None


class PositionForm(forms.Form):
    """What the phone adds unseen: where, when by its own clock, and under which UUID."""

    client_uuid = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)
    device_at = forms.CharField(required=False, widget=forms.HiddenInput)
    sent_at = forms.CharField(required=False, widget=forms.HiddenInput)
    lat = forms.CharField(required=False, widget=forms.HiddenInput)
    lon = forms.CharField(required=False, widget=forms.HiddenInput)
    accuracy_m = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_client_uuid(self) -> uuid.UUID:
        return self.cleaned_data["client_uuid"] or uuid.uuid4()

    def sent_with(self) -> dict[str, Any]:
        """Fields of an EntryDraft: position, times, UUID."""
        data = self.cleaned_data
        lat = _number(data.get("lat", ""), -90, 90)
        lon = _number(data.get("lon", ""), -180, 180)
        accuracy = _number(data.get("accuracy_m", ""), 0, MAX_ACCURACY_M)
        if lat is None or lon is None:
            lat = lon = accuracy = None
        device_at = _moment(data.get("device_at", ""))
        return {
            "client_uuid": data.get("client_uuid") or uuid.uuid4(),
            "device_at": device_at,
            "sent_at": _moment(data.get("sent_at", "")) if device_at else None,
            "lat": lat,
            "lon": lon,
            "accuracy_m": None if accuracy is None else math.ceil(accuracy),
        }


class CheckInForm(PositionForm):
    checkpoint = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    def draft(self) -> EntryDraft:
        return EntryDraft(
            kind=EntryKind.CHECK_IN,
            checkpoint_id=self.cleaned_data["checkpoint"],
            **self.sent_with(),
        )


class EntryForm(PositionForm):
    """One text field, and what the kind asks for beside it."""

    hide_optional = True

    kind = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in WRITTEN_KINDS], widget=forms.HiddenInput
    )
    text = LinesField(
        label=_("What did you see or do?"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    people_count = forms.IntegerField(
        label=_("People met"),
        required=False,
        min_value=0,
        max_value=MAX_PEOPLE,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    photos = ManyPhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("At most 5. Small photos arrive sooner where the signal is weak."),
        widget=ManyPhotosInput(
            attrs={
                "accept": "image/*",
                "multiple": True,
                "data-size": "#photo-size",
                "data-text": _("{n} photos, {mb} MB to send"),
            }
        ),
    )

    def open_camera(self) -> None:
        """The photo field goes straight to the phone's camera, which gives one photo."""
        attrs = self.fields["photos"].widget.attrs
        attrs["capture"] = "environment"
        del attrs["multiple"]
        self.fields["photos"].help_text = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        says_nothing = not data.get("text") and not data.get("photos")
        if says_nothing and data.get("kind") != EntryKind.PAUSE and not self.errors:
            self.add_error("text", _("Write a few words, or add a photo."))
        return data

    def draft(self) -> EntryDraft:
        data = self.cleaned_data
        return EntryDraft(
            kind=data["kind"],
            text=data["text"],
            people_count=data["people_count"],
            photos=data["photos"],
            **self.sent_with(),
        )
