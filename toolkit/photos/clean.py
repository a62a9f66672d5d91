"""Turns an upload into two plain JPEGs without metadata, or says why it cannot."""

import hmac
import logging
from dataclasses import dataclass
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from toolkit.photos.anatomy import BUDGET, MAX_JPEG_PIXELS, Anatomy, NotAPhoto, read_anatomy
from toolkit.photos.apart import NotDecoded, shrink_apart
from toolkit.photos.decoder import LARGE
from toolkit.refusals import log_refusal

logger = logging.getLogger(__name__)

# Also in static/js/behaviours/photo_size.js and in the texts of fields.py.
MAX_BYTES = 12 * 1024 * 1024


@dataclass(frozen=True)
class CleanPhoto:
    """`large` and `small` are JPEG bytes; `width`, `height` are the large one's pixels.

    `digest` tells a retry by the file as it was sent. It is keyed: whoever has the file and our
    database cannot show that one came from the other.
    """

    large: bytes
    small: bytes
    width: int
    height: int
    digest: str

    @property
    def is_missing(self) -> bool:
        """It was sent, but there was no room or no time for it. Only its digest is known."""
        return not self.large


def missing_photo(digest: str) -> CleanPhoto:
    return CleanPhoto(b"", b"", 0, 0, digest)


@log_refusal(logger, "Photo")
def clean_photo(upload: IO[bytes]) -> CleanPhoto:
    """Raises ValidationError with a sentence for the person. The photo is missing where the
    machine could not decode it."""
    data = read_upload(upload)
    anatomy = check_header(data)
    try:
        shrunk = shrink_apart(data, anatomy)
    except NotAPhoto as error:
        raise _not_a_photo() from error
    except NotDecoded:
        return missing_photo(digest_of(data))
    return CleanPhoto(*shrunk, digest_of(data))


@log_refusal(logger, "Photo")
def check_upload(upload: IO[bytes]) -> None:
    """What can be said of it without decoding anything. Leaves it at its beginning."""
    check_header(read_upload(upload))
    upload.seek(0)


def read_upload(upload: IO[bytes]) -> bytes:
    """Reads at most MAX_BYTES."""
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError(_("This photo is over 12 MB. Choose a smaller one."), code="too_big")
    return data


def check_header(data: bytes) -> Anatomy:
    """Refuses what no camera writes and what takes too much memory. It decodes nothing."""
    try:
        anatomy = read_anatomy(data)
    except NotAPhoto as error:
        raise _not_a_photo() from error
    if anatomy.pixels > MAX_JPEG_PIXELS or anatomy.cost(LARGE) > BUDGET:
        raise ValidationError(
            _("This picture has too many pixels. Take it again with the camera."),
            code="too_many_pixels",
        )
    return anatomy


def empty_digest() -> hmac.HMAC:
    """To be updated with the bytes of a file."""
    return salted_hmac("toolkit.photos.clean", b"", algorithm="sha256")


def digest_of(data: bytes) -> str:
    digest = empty_digest()
    digest.update(data)
    return digest.hexdigest()


def _not_a_photo() -> ValidationError:
    return ValidationError(
        _("This file is not a photo. Send JPEG, PNG or WebP."), code="not_a_photo"
    )
