from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patrols.models import EntryKind
from toolkit.idempotency.fields import SentForm
from toolkit.keys import read_key
from toolkit.photos.fields import PhotosForm, many_photos
from toolkit.ui.fields import LinesField, UnseenField


class LateNoteForm(PhotosForm, SentForm):
    """Words that could not be stored in a log. `duty` is the key that log's address had."""

    duty = UnseenField(required=False)
    kind = UnseenField(required=False)
    text = LinesField(
        label=_("What should the commander know?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    photos = many_photos()

    def clean_duty(self) -> object:
        return read_key(self.cleaned_data["duty"])

    def clean_kind(self) -> str:
        kind = self.cleaned_data["kind"]
        return kind if kind in EntryKind.values else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("text") and not data.get("photos") and not self.errors:
            self.add_error("text", _("Write a few words, or add a photo."))
        return data

    def note(self) -> dict[str, Any]:
        """What `hand_over_note` takes."""
        data = self.cleaned_data
        words = {"text": data["text"], "kind": data["kind"], "photos": data["photos"]}
        return {**words, "meant_for": data["duty"], "sent": self.sent()}
