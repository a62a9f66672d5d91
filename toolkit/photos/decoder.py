"""Decodes one picture in a process of its own: its bytes come in, two JPEGs go out.

Nothing of the site is imported, so that the process begins in a few hundredths of a second.
`apart.py` starts it.
"""

import resource
import struct
import sys
from contextlib import suppress
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageOps, PngImagePlugin

from toolkit.photos.anatomy import Anatomy, NotAPhoto

# Pixels of the longer side.
LARGE, SMALL = 1600, 320
# Of the processor. The dearest photo that passes its header takes a third of it: docs/adr/0017.
CPU_SECONDS = 2
# More than BUDGET: addresses that Python and the libraries reserve count too.
ADDRESS_SPACE = 512 * 1024 * 1024
# How the process ends for a picture that is broken.
BROKEN = 3
# Texts in a PNG are packed too. Pillow would unpack 64 MB of them.
PngImagePlugin.MAX_TEXT_MEMORY = 4 * 1024 * 1024
_HEAD = struct.Struct(">III")


class Shrunk(NamedTuple):
    """Two JPEGs without metadata, and the pixels of the large one."""

    large: bytes
    small: bytes
    width: int
    height: int


def main() -> None:
    """Arguments are the format, the model, the width and the height that the header tells."""
    _limit(resource.RLIMIT_CORE, 0)  # nobody's photo is to lie about in a core dump
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_AS, ADDRESS_SPACE)
    kind, model, width, height = sys.argv[-4:]
    try:
        shrunk = shrink(sys.stdin.buffer.read(), Anatomy(kind, model, int(width), int(height)))
    except Exception:
        # A broken file makes the decoders raise nearly anything, struct.error and TypeError too.
        sys.exit(BROKEN)
    sys.stdout.buffer.write(_HEAD.pack(shrunk.width, shrunk.height, len(shrunk.large)))
    sys.stdout.buffer.write(shrunk.large + shrunk.small)


def unpacked(answer: bytes) -> Shrunk:
    """What main() wrote."""
    width, height, length = _HEAD.unpack_from(answer)
    middle = _HEAD.size + length
    return Shrunk(answer[_HEAD.size : middle], answer[middle:], width, height)


def _limit(what: int, most: int) -> None:
    # The system's own may be lower, and macOS knows none for addresses.
    with suppress(ValueError):
        resource.setrlimit(what, (most, most + 1))


def shrink(data: bytes, anatomy: Anatomy) -> Shrunk:
    upright = _decoded(data, anatomy)
    large, width, height = _encoded(upright, LARGE)
    small, _width, _height = _encoded(upright, SMALL)
    return Shrunk(large, small, width, height)


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
