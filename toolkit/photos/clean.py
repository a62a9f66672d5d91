"""Turns an upload into two plain JPEGs without metadata, or says why it cannot."""

import hashlib
import logging
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from toolkit.refusals import log_refusal

logger = logging.getLogger(__name__)

# Also in static/js/behaviours/photo_size.js and in the texts of fields.py.
MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
LARGE, SMALL = 1600, 320


@dataclass(frozen=True)
class CleanPhoto:
    """`large` and `small` are JPEG bytes; `width`, `height` are the large one's pixels.

    `sha256` is of the file as it was sent, so that a retry is known by it.
    """

    large: bytes
    small: bytes
    width: int
    height: int
    sha256: str


@log_refusal(logger, "Photo")
def clean_photo(upload: IO[bytes]) -> CleanPhoto:
    """Reads at most MAX_BYTES; the header's size is checked before any pixel is decoded.

    Raises ValidationError with a sentence for the person.
    """
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError(_("This photo is over 12 MB. Choose a smaller one."), code="too_big")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_many_pixels()
            image.draft("RGB", (LARGE, LARGE))
            upright = _opaque(ImageOps.exif_transpose(image))
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:
        # A broken file makes the decoders raise nearly anything, struct.error and TypeError too.
        raise ValidationError(
            _("This file is not a photo. Send JPEG, PNG or WebP."), code="not_a_photo"
        ) from error
    large, width, height = _encoded(upright, LARGE)
    small, _small_width, _small_height = _encoded(upright, SMALL)
    return CleanPhoto(large, small, width, height, hashlib.sha256(data).hexdigest())


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("This picture has too many pixels. Take it again with the camera."),
        code="too_many_pixels",
    )


def _opaque(image: Image.Image) -> Image.Image:
    """In RGB; what is transparent becomes white, as on the page it was taken from."""
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer)
    return paper


def _eight_bits(image: Image.Image) -> Image.Image:
    """A grey PNG of 16 bits in 8. Converted without this, all levels above 255 become white."""
    wide = image.convert("I")
    grey = wide.point([level >> 8 for level in range(65536)], "L")
    clear = image.info.get("transparency")
    if clear is not None:
        grey.putalpha(wide.point([0 if level == clear else 255 for level in range(65536)], "L"))
    return grey


def _encoded(image: Image.Image, side: int) -> tuple[bytes, int, int]:
    """Shrinks `image` itself to `side` pixels at most."""
    image.thumbnail((side, side))
    # A new image takes the pixels only: whatever else the file carried stays behind.
    plain = Image.new("RGB", image.size)
    plain.paste(image)
    out = BytesIO()
    plain.save(out, "JPEG", quality=80, optimize=True, progressive=True)
    return out.getvalue(), plain.width, plain.height
