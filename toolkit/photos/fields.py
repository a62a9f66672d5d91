from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from toolkit.photos.clean import CleanPhoto, clean_photo

MAX_PHOTOS = 5


class ManyPhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyPhotosField(forms.FileField):
    """Cleans to a tuple of photos without metadata."""

    widget = ManyPhotosInput

    def clean(self, data: Any, initial: Any = None) -> tuple[CleanPhoto, ...]:
        files: Sequence[UploadedFile] = [file for file in data or () if file]
        if len(files) > MAX_PHOTOS:
            raise ValidationError(
                _("At most %(most)d photos at a time."),
                params={"most": MAX_PHOTOS},
                code="too_many",
            )
        return tuple(clean_photo(super(ManyPhotosField, self).clean(file)) for file in files)


def many_photos(**options: Any) -> ManyPhotosField:
    """The optional field for photos as every form has it, with their size said before sending."""
    options.setdefault("label", _("Photos"))
    options.setdefault(
        "help_text",
        _("At most 5, each up to 12 MB. Small ones arrive sooner on a weak signal."),
    )
    return ManyPhotosField(
        required=False,
        widget=ManyPhotosInput(
            attrs={
                # Not image/*: asked for these, an iPhone sends its HEIC photos as JPEG.
                "accept": "image/jpeg,image/png,image/webp",
                "data-most": MAX_PHOTOS,
                "data-too-many": _("At most 5 photos at a time. Choose fewer."),
                "data-too-large": _("A photo is over 12 MB. Choose a smaller one."),
                "data-wrong-kind": _("Only photos as JPEG, PNG or WebP can be sent."),
                "multiple": True,
                "data-photo-size": "#photo-size",
                "data-text": _("{n} photos, {mb} MB to send"),
            }
        ),
        **options,
    )
