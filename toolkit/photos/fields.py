import logging
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from toolkit.photos.clean import (
    CleanPhoto,
    check_upload,
    clean_photo,
    digest_of,
    missing_photo,
    read_upload,
)
from toolkit.photos.shares import counted, has_used_its_share
from toolkit.photos.turns import LONGEST_WAIT, NoTurn, place_in_line, turn
from toolkit.photos.uploads import LostUpload

logger = logging.getLogger(__name__)

MAX_PHOTOS = 5


class ManyPhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyPhotosField(forms.FileField):
    """Cleans to a tuple of files whose headers are those of photos. PhotosForm reads the rest."""

    widget = ManyPhotosInput

    def clean(self, data: Any, initial: Any = None) -> tuple[UploadedFile, ...]:
        files: Sequence[UploadedFile] = [file for file in data or () if file]
        if len(files) > MAX_PHOTOS:
            raise ValidationError(
                _("At most %(most)d photos at a time."),
                params={"most": MAX_PHOTOS},
                code="too_many",
            )
        for file in files:
            super().clean(file)
            if not isinstance(file, LostUpload):
                check_upload(file)
        return tuple(files)


class PhotosForm(forms.Form):
    """A form with the field `photos`, or those of `photo_fields`: each cleans to a tuple of
    CleanPhoto.

    They are decoded last, and only if nothing else of the form is wrong: it costs the most.
    `sender` is the address it came from, on pages that ask nobody to sign in.
    """

    photo_fields: tuple[str, ...] = ("photos",)

    def __init__(self, *args: Any, sender: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sender = sender

    def open_camera(self) -> None:
        """Lets the field open the phone's camera at once, which gives one photo."""
        field = self.fields["photos"]
        field.widget.attrs["capture"] = "environment"
        del field.widget.attrs["multiple"]
        field.help_text = ""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # the hook in which a ModelForm checks its row
        if self.errors:
            return
        for name in self.photo_fields:
            try:
                self.cleaned_data[name] = clean_photos(self.cleaned_data[name], self.sender)
            except ValidationError as error:
                self.add_error(name, error)


def clean_photos(files: Iterable[UploadedFile], sender: str = "") -> tuple[CleanPhoto, ...]:
    """Decodes one after the other. One for which there is no turn in time is a missing photo."""
    with place_in_line(sender) as may_wait:
        deadline = time.monotonic() + LONGEST_WAIT if may_wait else None
        return tuple(_cleaned(file, deadline, sender) for file in files)


def _cleaned(file: UploadedFile, deadline: float | None, sender: str) -> CleanPhoto:
    if isinstance(file, LostUpload):
        logger.error("A photo is missing: the disk for temporary files is full")
        return missing_photo(file.digest)
    if deadline is not None:
        goes_last = partial(has_used_its_share, sender)
        with suppress(NoTurn), turn(deadline, goes_last), counted(sender):
            return clean_photo(file)
    logger.warning("A photo is missing: too many others are being read")
    return missing_photo(digest_of(read_upload(file)))


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
