from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from patrols.models import EntryKind
from patrols.models.entries import WRITTEN_KINDS
from patrols.services.entries import EntryDraft
from toolkit.geo.forms import PositionForm
from toolkit.idempotency.fields import ClientUUIDField
from toolkit.keys import row_key
from toolkit.photos.fields import PhotosForm, many_photos
from toolkit.ui.fields import LinesField, UnseenField, read_moment

TEXT_LENGTH = 2000
MAX_PEOPLE = 32_767


class SentForm(PositionForm):
    """The hidden fields a phone fills: position, its own clock, and the entry's UUID."""

    client_uuid = ClientUUIDField()
    device_at = UnseenField(
        required=False, widget=forms.HiddenInput(attrs={"data-device-clock": True})
    )
    sent_at = UnseenField(required=False)
    though_absent = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def ask_presence(self, mark: str) -> None:
        """Asks a person marked excused or absent whether they are there all the same."""
        field = self.fields["though_absent"]
        field.widget = forms.CheckboxInput(attrs={"required": True})
        field.label = _("I am marked as “%(mark)s”, but I am there.") % {"mark": mark}

    def sent_with(self) -> dict[str, Any]:
        """Fields of an EntryDraft: position, times, UUID."""
        data = self.cleaned_data
        device_at = read_moment(data.get("device_at", ""))
        return {
            "client_uuid": data["client_uuid"],
            "device_at": device_at,
            "sent_at": read_moment(data.get("sent_at", "")) if device_at else None,
            **self.position(),
        }


class CheckInForm(SentForm):
    checkpoint = UnseenField(required=False)

    def draft(self) -> EntryDraft:
        """Without the checkpoint where its key cannot be read: the person was there anyhow."""
        return EntryDraft(
            kind=EntryKind.CHECK_IN,
            checkpoint_id=row_key(self.cleaned_data["checkpoint"]),
            **self.sent_with(),
        )


class EntryForm(PhotosForm, SentForm):
    """An entry of a kind a person picks: text, photos, and the number of people met."""

    hide_optional = True

    kind = UnseenField(required=False)
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
    photos = many_photos()

    def open_camera(self) -> None:
        """Lets the photo field open the phone's camera at once, which gives one photo."""
        attrs = self.fields["photos"].widget.attrs
        attrs["capture"] = "environment"
        del attrs["multiple"]
        self.fields["photos"].help_text = ""

    def clean_kind(self) -> EntryKind:
        kind = self.cleaned_data["kind"]
        return EntryKind(kind) if kind in WRITTEN_KINDS else EntryKind.OBSERVATION

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


class MissingPhotosForm(PhotosForm):
    """Photos that are missing from an entry."""

    hide_optional = True

    photos = many_photos()

    def clean_photos(self) -> Any:
        files = self.cleaned_data["photos"]
        if not files:
            raise ValidationError(_("Choose the photo."), code="required")
        return files
