from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from patrols.models import EntryKind
from patrols.models.entries import WRITTEN_KINDS
from patrols.services.entries import EntryDraft
from toolkit.geo.forms import PositionForm
from toolkit.idempotency.fields import SentForm
from toolkit.keys import row_key
from toolkit.photos.fields import MAX_PHOTOS, PhotosForm, many_photos
from toolkit.ui.fields import LinesField, UnseenField

TEXT_LENGTH = 2000
MAX_PEOPLE = 32_767


class PlacedForm(SentForm, PositionForm):
    """What a phone adds by itself: position, its own clock, and the entry's UUID."""

    though_absent = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def ask_presence(self, mark: str) -> None:
        """Asks a person marked excused or absent whether they are there all the same."""
        field = self.fields["though_absent"]
        field.widget = forms.CheckboxInput(attrs={"required": True})
        field.label = _("I am marked as “%(mark)s”, but I am there.") % {"mark": mark}

    def sent_with(self) -> dict[str, Any]:
        """Fields of an EntryDraft: position, times, UUID."""
        return {**asdict(self.sent()), **self.position()}


class CheckInForm(PlacedForm):
    checkpoint = UnseenField(required=False)
    plate = UnseenField(required=False, max_length=36)

    def draft(self) -> EntryDraft:
        """Without the checkpoint where its key cannot be read: the person was there anyhow."""
        return EntryDraft(
            kind=EntryKind.CHECK_IN,
            checkpoint_id=row_key(self.cleaned_data["checkpoint"]),
            plate=self.cleaned_data["plate"],
            **self.sent_with(),
        )


class EntryForm(PhotosForm, PlacedForm):
    """An entry of a kind a person picks: text, photos, and the number of people met."""

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
    make_report = forms.BooleanField(
        label=_("Make it a report as well"),
        required=False,
        help_text=_("Your unit follows it up. It can also be done later."),
    )
    photos = many_photos()
    photo_count = UnseenField(required=False)

    def clean_kind(self) -> EntryKind:
        kind = self.cleaned_data["kind"]
        return EntryKind(kind) if kind in WRITTEN_KINDS else EntryKind.OBSERVATION

    def clean_photo_count(self) -> int:
        """How many photos the phone sends after the entry."""
        return min(row_key(self.cleaned_data["photo_count"]) or 0, MAX_PHOTOS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["make_report"] = data.get("make_report") and data.get("kind") == EntryKind.FINDING
        has_photos = data.get("photos") or data.get("photo_count")
        says_nothing = not data.get("text") and not has_photos
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
            photos_to_come=data["photo_count"],
            **self.sent_with(),
        )


class MissingPhotosForm(PhotosForm):
    """Photos that are missing from an entry."""

    photos = many_photos()

    def clean_photos(self) -> Any:
        files = self.cleaned_data["photos"]
        if not files:
            raise ValidationError(_("Choose the photo."), code="required")
        return files


class PhotoForm(PhotosForm, SentForm):
    """One photo, which a phone sends after its entry."""

    photos = many_photos()

    def clean_photos(self) -> Any:
        files = self.cleaned_data["photos"]
        if len(files) != 1:
            raise ValidationError(_("Choose the photo."), code="required")
        return files
