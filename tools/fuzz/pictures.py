"""Pictures that are broken on purpose: bytes, lengths and parts are not what they were."""

import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from random import Random

from PIL import Image

SIZE = (96, 64)
JPEG_START, PNG_START, RIFF_START = b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF"
LENGTHS = (0, 1, 2, 3, 0x7FFF, 0xFFFE, 0xFFFF)
MOST_REPEATS = 60


@cache
def seeds() -> dict[str, bytes]:
    """One small picture of each kind that is taken."""
    noise = Image.effect_noise(SIZE, 60)
    colours = Image.merge("RGB", [noise, noise.rotate(180), Image.effect_noise(SIZE, 20)])
    clear = colours.copy()
    clear.putalpha(noise)
    tags = Image.Exif()
    tags[0x0112], tags[0x010E] = 6, "Rumah"
    return {
        "JPEG": _stored(colours, "JPEG", exif=tags),
        "JPEG in passes": _stored(colours, "JPEG", progressive=True, exif=tags),
        "JPEG with restarts": _stored(colours, "JPEG", restart_marker_blocks=1),
        "JPEG in passes with restarts": _stored(
            colours, "JPEG", progressive=True, restart_marker_blocks=1
        ),
        "JPEG of a printer": _stored(colours.convert("CMYK"), "JPEG"),
        "JPEG with a second one": _stored(colours, "MPO", save_all=True, append_images=[colours]),
        "PNG": _stored(colours, "PNG", exif=tags),
        "PNG with alpha": _stored(clear, "PNG"),
        "PNG with a palette": _stored(colours.quantize(16), "PNG", transparency=3),
        "PNG of 16 bits": _stored(Image.new("I;16", SIZE, 300), "PNG"),
        "WebP": _stored(colours, "WEBP", exif=tags),
        "WebP with alpha": _stored(clear, "WEBP"),
        "WebP without loss": _stored(clear, "WEBP", lossless=True),
        "WebP that moves": _stored(colours, "WEBP", save_all=True, append_images=[clear, colours]),
    }


def _stored(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def broken_pictures(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """So many, each with a name that tells how it was made. The same for the same seed."""
    chance = Random(seed)  # noqa: S311
    kinds = seeds()
    for _ in range(count):
        kind = chance.choice(list(kinds))
        data, steps = kinds[kind], []
        for _ in range(chance.choice((1, 1, 2, 4))):
            change = chance.choice(CHANGES)
            data = change(data, chance)
            steps.append(change.__name__)
        if data.startswith(PNG_START) and chance.random() < 0.7:
            data = with_checksums(data)
        yield f"{kind}: {', '.join(steps)}", data


def parts(data: bytes) -> list[tuple[int, int, int]]:
    """Where each part begins, where its length stands, and where it ends; as lying as they are."""
    if data.startswith(PNG_START):
        return list(_chunks(data, 8, ">I", 0, 12))
    if data.startswith(RIFF_START):
        return list(_chunks(data, 12, "<I", 4, 8))
    found = []
    for at in range(2, len(data) - 4):
        if data[at] == 0xFF and 0xC0 <= data[at + 1] <= 0xFE and not 0xD0 <= data[at + 1] <= 0xD9:
            (length,) = struct.unpack_from(">H", data, at + 2)
            found.append((at, at + 2, min(at + 2 + length, len(data))))
    return found


def _chunks(
    data: bytes, at: int, form: str, before: int, around: int
) -> Iterator[tuple[int, int, int]]:
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(form, data, at + before)
        end = min(at + around + length + (length % 2 if form == "<I" else 0), len(data))
        yield at, at + before, end
        at = end


def with_checksums(data: bytes) -> bytes:
    """A PNG whose parts are believed: a wrong sum ends the decoder at once."""
    out = bytearray(data)
    for begin, _length, end in parts(data):
        if end - begin >= 12:
            out[end - 4 : end] = struct.pack(">I", zlib.crc32(out[begin + 4 : end - 4]))
    return bytes(out)


def bytes_changed(data: bytes, chance: Random) -> bytes:
    out = bytearray(data)
    for _ in range(min(len(out), chance.choice((1, 3, 20)))):
        out[chance.randrange(min(len(out), chance.choice((120, len(out)))))] = chance.randrange(256)
    return bytes(out)


def length_lied_about(data: bytes, chance: Random) -> bytes:
    if not (found := parts(data)):
        return data
    _begin, at, _end = chance.choice(found)
    lie = chance.choice((*LENGTHS, chance.randrange(0x10000)))
    form = ">H" if data.startswith(JPEG_START) else "<I" if data.startswith(RIFF_START) else ">I"
    if form != ">H" and chance.random() < 0.3:
        lie |= 0x7FFF0000
    out = bytearray(data)
    struct.pack_into(form, out, at, lie)
    return bytes(out)


def size_lied_about(data: bytes, chance: Random) -> bytes:
    """In the two bytes that hold it in most of the formats."""
    width, height = (struct.pack(">H", side) for side in SIZE)
    lie = struct.pack(">H", chance.choice((0, 1, 95, 97, 4000, 0xFFFF)))
    swap = {0: (width, lie), 1: (height, lie), 2: (width[::-1], lie), 3: (height[::-1], lie)}
    return data.replace(*swap[chance.randrange(4)], 1)


def cut_off(data: bytes, chance: Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def part_left_out(data: bytes, chance: Random) -> bytes:
    if not (found := parts(data)):
        return data
    begin, _at, end = chance.choice(found)
    return data[:begin] + data[end:]


def part_repeated(data: bytes, chance: Random) -> bytes:
    if not (found := parts(data)):
        return data
    begin, _at, end = chance.choice(found)
    return data[:end] + data[begin:end] * chance.randrange(1, MOST_REPEATS) + data[end:]


def slice_moved(data: bytes, chance: Random) -> bytes:
    """From any picture to any place of this one."""
    other = chance.choice(list(seeds().values()))
    begin, at = chance.randrange(len(other)), chance.randrange(len(data) + 1)
    return data[:at] + other[begin : begin + chance.choice((4, 40, 400))] + data[at:]


def part_hidden(data: bytes, chance: Random) -> bytes:
    """Behind a marker without meaning, whose length a decoder does not believe."""
    at = chance.randrange(len(data) + 1)
    hidden = data[chance.randrange(len(data) + 1) :][:1000]
    mark = bytes((0xFF, chance.choice((0x01, 0x02, 0xBF, 0xD0, 0xE5, 0xFE))))
    return data[:at] + mark + struct.pack(">H", len(hidden) + 2) + hidden + data[at:]


CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(bytes_changed, length_lied_about, size_lied_about, cut_off),
    *(part_left_out, part_repeated, slice_moved, part_hidden),
)
