"""Turns an upload into two plain JPEGs without metadata, or says why it cannot."""

import hmac
import logging
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, PngImagePlugin

from toolkit.photos.anatomy import BUDGET, MAX_JPEG_PIXELS, Anatomy, NotAPhoto, read_anatomy
from toolkit.refusals import log_refusal

logger = logging.getLogger(__name__)

# Also in static/js/behaviours/photo_size.js and in the texts of fields.py.
MAX_BYTES = 12 * 1024 * 1024
LARGE, SMALL = 1600, 320
# Texts in a PNG are packed too. Pillow would unpack 64 MB of them.
PngImagePlugin.MAX_TEXT_MEMORY = 4 * 1024 * 1024


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
    """Raises ValidationError with a sentence for the person."""
    data = read_upload(upload)
    anatomy = check_header(data)
    try:
        upright = _decoded(data, anatomy)
    except Exception as error:
        # A broken file makes the decoders raise nearly anything, struct.error and TypeError too.
        raise _not_a_photo() from error
    large, width, height = _encoded(upright, LARGE)
    small, _small_width, _small_height = _encoded(upright, SMALL)
    return CleanPhoto(large, small, width, height, digest_of(data))


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


def _decoded(data: bytes, anatomy: Anatomy) -> Image.Image:
    """Upright, in RGB, its longer side LARGE at most.

    It is shrunk before anything else is done: each step on all pixels would need them twice.
    """
    with Image.open(BytesIO(data), formats=[anatomy.format]) as image:
        if image.size != (anatomy.width, anatomy.height) or (
            "transparency" in image.info and "clear" not in anatomy.model
        ):
            raise NotAPhoto
        scale = anatomy.jpeg_scale(LARGE)
        image.draft("RGB", (anatomy.width // scale, anatomy.height // scale))
        image.load()
        shrunk = _in_channels(image)
        shrunk.thumbnail((LARGE, LARGE))
    return _opaque(ImageOps.exif_transpose(shrunk))


def _in_channels(image: Image.Image) -> Image.Image:
    """In a mode whose pixels can be averaged."""
    if image.mode.startswith("I"):
        return _eight_bits(image)
    if "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode == "P":
        return image.convert("RGB")
    return image.convert("L") if image.mode == "1" else image


def _eight_bits(image: Image.Image) -> Image.Image:
    """A grey PNG of 16 bits in 8. Converted without this, all levels above 255 become white."""
    wide = image.convert("I")
    grey = wide.point([level >> 8 for level in range(65536)], "L")
    clear = image.info.get("transparency")
    if clear is not None:
        grey.putalpha(wide.point([0 if level == clear else 255 for level in range(65536)], "L"))
    grey.info = {name: value for name, value in image.info.items() if name != "transparency"}
    return grey


def _opaque(image: Image.Image) -> Image.Image:
    """In RGB; what is transparent becomes white, as on the page it was taken from."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer)
    return paper


def _encoded(image: Image.Image, side: int) -> tuple[bytes, int, int]:
    """Shrinks `image` itself to `side` pixels at most."""
    image.thumbnail((side, side))
    # A new image takes the pixels only: whatever else the file carried stays behind.
    plain = Image.new("RGB", image.size)
    plain.paste(image)
    out = BytesIO()
    plain.save(out, "JPEG", quality=80, optimize=True, progressive=True)
    return out.getvalue(), plain.width, plain.height
