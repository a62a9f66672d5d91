"""What the header of a picture says, read before any decoder sees the file.

A few bytes can describe a picture whose pixels take gigabytes, and each format takes another amount
of memory for one pixel. The amounts in BYTES_A_PIXEL were measured: docs/adr/0017.
"""

import re
import struct
from dataclasses import dataclass

# No picture may take more memory than this, decoded and shrunk.
BUDGET = 140_000_000  # bytes
# Of it, what every picture takes: the two sizes that are kept, and their encoding.
FIXED = 20_000_000
# Time, not memory: a phone's largest photos have 108 million pixels.
MAX_JPEG_PIXELS = 125_000_000
# Encoders write about ten. Each one walks over the whole picture again.
MAX_JPEG_SCANS = 32
# Each takes time, however short it is. A PNG of 12 MB has some 1,500.
MAX_PARTS = 10_000

# The colour model of a PNG by its number in the header. "clear" is one with a colour marked as
# transparent, for which the picture is copied.
PNG_MODELS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey+alpha", 6: "RGBA"}
BYTES_A_PIXEL = {
    "JPEG": 4,  # for each that is left after the decoder has shrunk it
    "PNG grey": 1,
    "PNG grey, clear": 10,
    "PNG grey16": 5,
    "PNG grey16, clear": 10.5,
    "PNG palette": 5.5,
    "PNG palette, clear": 10,
    "PNG RGB": 4.5,
    "PNG RGB, clear": 12,
    "PNG RGBA": 8.5,
    "PNG grey+alpha": 9,
    "WEBP VP8": 15,
    "WEBP VP8L": 22,
    "WEBP VP8X": 20,
}


class NotAPhoto(Exception):
    """The file is none of the formats that are taken, or not a kind of them that cameras write."""


@dataclass(frozen=True)
class Anatomy:
    """`model` is the rest of a key of BYTES_A_PIXEL. `buffered` are the bytes that the decoder
    keeps of a JPEG which comes in several passes. After `length` bytes the picture has ended: a
    phone may have put a film behind it."""

    format: str
    model: str
    width: int
    height: int
    buffered: int = 0
    length: int | None = None

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def cost(self, side: int) -> float:
        """Bytes to decode it, if the longer side is shrunk to `side` on the way."""
        scale = self.jpeg_scale(side) if self.format == "JPEG" else 1
        pixels = (self.width // scale + 1) * (self.height // scale + 1)
        return FIXED + self.buffered + BYTES_A_PIXEL[f"{self.format} {self.model}".strip()] * pixels

    def jpeg_scale(self, side: int) -> int:
        """By how much the decoder shrinks a JPEG of its own: 1, 2, 4 or 8."""
        wanted = max(self.width, self.height) // side
        return next(scale for scale in (8, 4, 2, 1) if wanted >= scale or scale == 1)


def read_anatomy(data: bytes) -> Anatomy:
    """Raises NotAPhoto."""
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError) as error:
        raise NotAPhoto from error
    raise NotAPhoto


SOF_BASELINE, SOF_EXTENDED, SOF_PROGRESSIVE = 0xC0, 0xC1, 0xC2
# The frames of a JPEG that no camera writes: lossless, hierarchical, arithmetic.
SOF_OTHERS = {0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)}
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
# They mean nothing. Decoders go on behind their two bytes, whatever length seems to follow.
RESERVED = range(0x02, 0xC0)
# Everything but stuffed bytes, restarts and filling, of which the pixels are full.
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")


def _jpeg(data: bytes) -> Anatomy:
    frame, in_scan, at, end = b"", 0, 2, len(data)
    for _part in range(MAX_PARTS):
        marker = _MARKER.search(data, at)
        if not marker:
            break
        kind, at = marker[1][0], marker.end()
        if kind == END_OF_IMAGE:
            end = at
            break
        (length,) = struct.unpack_from(">H", data, at)
        if kind in SOF_OTHERS or kind in RESERVED:
            raise NotAPhoto
        if kind in (SOF_BASELINE, SOF_EXTENDED, SOF_PROGRESSIVE):
            if frame:
                raise NotAPhoto
            frame = data[at - 1 : at + length]
        if kind == START_OF_SCAN:
            in_scan = in_scan or data[at + 2]
        at += length
    else:
        raise NotAPhoto
    # Counted in all bytes that are decoded, so that none can hide in another part. Small pictures
    # in the head count too.
    scans = data.count(bytes((0xFF, START_OF_SCAN)), 0, end)
    if not frame or not in_scan or scans > MAX_JPEG_SCANS:
        raise NotAPhoto
    bits, height, width, components = struct.unpack_from(">BHHB", frame, 3)
    if bits != 8 or not width or not height:
        raise NotAPhoto
    buffered = 0
    if frame[0] == SOF_PROGRESSIVE or in_scan < components:
        sampling = [frame[9 + 3 * number + 1] for number in range(components)]
        blocks = sum((one >> 4) * (one & 15) for one in sampling)
        most = max(one >> 4 for one in sampling) * max(one & 15 for one in sampling)
        if not most:
            raise NotAPhoto
        # Two bytes for each coefficient of each component.
        buffered = 2 * width * height * blocks // most
    return Anatomy("JPEG", "", width, height, buffered, end)


def _png(data: bytes) -> Anatomy:
    width, height, bits, colours = struct.unpack_from(">IIBB", data, 16)
    if data[12:16] != b"IHDR" or colours not in PNG_MODELS or not width or not height:
        raise NotAPhoto
    model = PNG_MODELS[colours]
    if model == "grey" and bits == 16:
        model = "grey16"
    at = 8
    for _part in range(MAX_PARTS):
        kind = data[at + 4 : at + 8]
        if kind in (b"IEND", b""):
            break
        if kind == b"tRNS" and ", clear" not in model:
            model += ", clear"
        (length,) = struct.unpack_from(">I", data, at)
        at += 12 + length
    else:
        raise NotAPhoto
    if f"PNG {model}" not in BYTES_A_PIXEL:
        raise NotAPhoto
    return Anatomy("PNG", model, width, height, length=at + 12)


def _webp(data: bytes) -> Anatomy:
    kind = data[12:16]
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return Anatomy("WEBP", "VP8", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L" and data[20] == 0x2F:
        (packed,) = struct.unpack_from("<I", data, 21)
        return Anatomy("WEBP", "VP8L", (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        return Anatomy("WEBP", "VP8X", width + 1, height + 1)
    raise NotAPhoto
