import hashlib
import struct
import zlib
from io import BytesIO
from unittest.mock import Mock

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from toolkit.photos import decoder
from toolkit.photos.clean import MAX_BYTES, clean_photo
from toolkit.photos.decoder import LARGE, SMALL

SECRET = "Rumah Bu Siti"
GPS_IFD, DESCRIPTION, ORIENTATION = 0x8825, 0x010E, 0x0112
# A clockwise quarter turn: what a phone held upright writes.
TURNED = 6


def picture(size=(400, 300), mode="RGB"):
    """Red on the left, blue on the right, so that a turn shows."""
    image = Image.new("RGB", size, "blue")
    image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def exif(orientation=1):
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    tags[DESCRIPTION] = SECRET
    gps = tags.get_ifd(GPS_IFD)
    gps[1], gps[2], gps[3], gps[4] = "S", (6.0, 8.0, 52.5), "E", (106.0, 48.0, 3.0)
    return tags


def stored(image, kind="JPEG", **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def cleaned(data):
    return clean_photo(BytesIO(data))


def opened(data):
    image = Image.open(BytesIO(data))
    image.load()
    return image


def refusal(data):
    with pytest.raises(ValidationError) as caught:
        cleaned(data)
    return caught.value.code


def close_to(pixel, colour):
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width, height):
    """A PNG in grey whose pixels are packed a thousandfold; of the widest ones only the head."""
    packer = zlib.compressobj(1)
    rows = height if width * height < 100_000_000 else 1
    row = b"\0" * (min(width, 30_000) + 1)
    pixels = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", pixels)
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_metadata_are_gone(kind):
    data = stored(picture(), kind, exif=exif())
    assert SECRET.encode() in data  # the sample does carry them
    photo = cleaned(data)
    for side in (photo.large, photo.small):
        assert SECRET.encode() not in side
        assert b"Exif" not in side
        image = opened(side)
        assert image.format == "JPEG"
        assert not image.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)


def test_comments_profiles_and_trailing_bytes_are_gone():
    data = stored(
        picture(),
        comment=SECRET.encode(),
        icc_profile=b"profil " + SECRET.encode(),
        xmp=b"<x>" + SECRET.encode() + b"</x>",
    )
    photo = cleaned(data + SECRET.encode())
    assert SECRET.encode() not in photo.large + photo.small


def test_text_chunks_of_a_png_are_gone():
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Location", SECRET)
    data = stored(picture(), "PNG", pnginfo=notes)
    assert SECRET.encode() in data
    photo = cleaned(data)
    assert SECRET.encode() not in photo.large + photo.small


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_rotation_is_applied(kind):
    photo = cleaned(stored(picture((400, 200)), kind, exif=exif(TURNED)))
    assert (photo.width, photo.height) == (200, 400)
    image = opened(photo.large)
    assert image.size == (200, 400)
    assert close_to(image.getpixel((100, 40)), (255, 0, 0))
    assert close_to(image.getpixel((100, 360)), (0, 0, 255))


def test_two_sizes():
    photo = cleaned(stored(picture((4000, 3000))))
    assert (photo.width, photo.height) == (LARGE, 1200)
    assert opened(photo.large).size == (LARGE, 1200)
    assert opened(photo.small).size == (SMALL, 240)
    assert len(photo.small) < len(photo.large)


def test_a_small_picture_is_not_blown_up():
    photo = cleaned(stored(picture((200, 100)), "PNG"))
    assert (photo.width, photo.height) == (200, 100)
    assert opened(photo.small).size == (200, 100)


@pytest.mark.parametrize("size", [(10_000, 1), (1, 10_000), (1, 1)])
def test_lines_and_dots_keep_a_pixel(size):
    photo = cleaned(stored(Image.new("RGB", size), "PNG"))
    assert min(photo.width, photo.height) >= 1
    assert min(opened(photo.small).size) >= 1


def test_the_digest_tells_files_apart_only_for_whoever_has_the_key(settings):
    data, other = stored(picture()), stored(picture((401, 300)))
    assert cleaned(data) == cleaned(data)
    assert cleaned(data).digest != cleaned(other).digest
    assert cleaned(data).digest not in {
        getattr(hashlib, kind)(data).hexdigest() for kind in ("md5", "sha1", "sha256")
    }
    before = cleaned(data).digest
    settings.SECRET_KEY = "another key" * 8
    assert cleaned(data).digest != before


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_other_colour_models_of_jpeg(mode):
    photo = cleaned(stored(picture(mode=mode)))
    image = opened(photo.large)
    assert image.mode == "RGB"
    if mode == "CMYK":
        assert close_to(image.getpixel((50, 150)), (255, 0, 0))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_modes_of_png(mode):
    source = Image.new(mode, (40, 30)) if mode == "I;16" else picture((40, 30), mode)
    assert opened(cleaned(stored(source, "PNG")).large).mode == "RGB"


def grey_png(rows, extra=b"", alpha=False):
    """A grey PNG of 16 bits; with `alpha` every second number of a row is its opacity."""
    width = len(rows[0]) // 2 if alpha else len(rows[0])
    header = struct.pack(">IIBBBBB", width, len(rows), 16, 4 if alpha else 0, 0, 0, 0)
    lines = b"".join(b"\0" + struct.pack(f">{len(row)}H", *row) for row in rows)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + extra
        + png_chunk(b"IDAT", zlib.compress(lines))
        + png_chunk(b"IEND", b"")
    )


def levels(data, columns):
    """The brightness in the middle of each of so many columns, 0 to 255."""
    image = opened(data).convert("L")
    step = image.width // columns
    return [image.getpixel((step * n + step // 2, image.height // 2)) for n in range(columns)]


def near(found, expected, within=3):
    return all(abs(a - b) <= within for a, b in zip(found, expected, strict=True))


STEPS_16 = [0, 300, 0x4000, 0x8000, 0xC000, 0xFFFF]
STEPS_8 = [0, 1, 0x40, 0x80, 0xC0, 0xFF]


def in_columns(steps, width=16):
    return [[level for level in steps for _ in range(width)]] * 48


def test_grey_of_sixteen_bits_keeps_its_shades():
    photo = cleaned(grey_png(in_columns(STEPS_16)))
    assert near(levels(photo.large, 6), STEPS_8)
    assert near(levels(photo.small, 6), STEPS_8)


def test_grey_of_sixteen_bits_is_turned_too():
    tags = Image.Exif()
    tags[ORIENTATION] = TURNED
    data = grey_png(in_columns(STEPS_16), extra=png_chunk(b"eXIf", tags.tobytes()[6:]))
    photo = cleaned(data)
    assert (photo.width, photo.height) == (48, 96)
    image = opened(photo.large).convert("L")
    assert near([image.getpixel((24, 16 * n + 8)) for n in range(6)], STEPS_8)


def test_grey_of_sixteen_bits_with_a_transparent_shade():
    """The one transparent shade becomes white; its neighbour of the same high byte stays grey."""
    clear = png_chunk(b"tRNS", struct.pack(">H", 0x4000))
    photo = cleaned(grey_png(in_columns([0, 0x4000, 0x4001, 0xC000]), extra=clear))
    assert near(levels(photo.large, 4), [0, 255, 0x40, 0xC0])


def test_grey_of_sixteen_bits_with_alpha():
    shades = [(0, 0xFFFF), (0x8000, 0xFFFF), (0x8000, 0), (0, 0x8000)]
    row = [number for pair in shades for _ in range(16) for number in pair]
    assert near(levels(cleaned(grey_png([row] * 48, alpha=True)).large, 4), [0, 0x80, 255, 0x80])


def test_a_large_grey_of_sixteen_bits():
    row = [min(x * 16, 0xFFFF) for x in range(4000)]
    photo = cleaned(grey_png([row] * 3000))
    assert (photo.width, photo.height) == (LARGE, 1200)
    assert near(levels(photo.large, 4), [31, 93, 156, 218])


def test_grey_of_eight_bits_keeps_its_shades():
    image = Image.new("L", (96, 48))
    image.putdata([level for row in in_columns(STEPS_8) for level in row])
    for kind in ("PNG", "JPEG"):
        assert near(levels(cleaned(stored(image, kind)).large, 6), STEPS_8, within=6)


def test_grey_with_alpha_lies_on_white():
    image = Image.new("LA", (64, 48), (100, 255))
    image.paste((0, 0), (32, 0, 64, 48))
    assert near(levels(cleaned(stored(image, "PNG")).large, 2), [100, 255])


def test_one_transparent_colour_of_a_palette_lies_on_white():
    image = picture((64, 48)).quantize(2)
    red = image.getpixel((5, 5))
    photo = opened(cleaned(stored(image, "PNG", transparency=red)).large)
    assert close_to(photo.getpixel((16, 24)), (255, 255, 255))
    assert close_to(photo.getpixel((48, 24)), (0, 0, 255))


def test_the_colours_of_a_printer_s_jpeg():
    photo = opened(cleaned(stored(picture(mode="CMYK"))).large)
    assert close_to(photo.getpixel((100, 150)), (255, 0, 0))
    assert close_to(photo.getpixel((300, 150)), (0, 0, 255))


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_numbers_instead_of_colours_come_in_no_format_that_is_taken(mode):
    """Of 32 bits and of fractions there are only TIFFs."""
    assert refusal(stored(Image.new(mode, (40, 30)), "TIFF")) == "not_a_photo"


def test_palette_with_transparency_becomes_white():
    image = picture((40, 30)).quantize(4)
    data = stored(image, "PNG", transparency=bytes(4))
    photo = opened(cleaned(data).large)
    assert close_to(photo.getpixel((5, 5)), (255, 255, 255))


def test_transparent_pixels_become_white():
    image = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    assert close_to(opened(cleaned(stored(image, "WEBP")).large).getpixel((5, 5)), (255, 255, 255))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_picture_is_kept(kind):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "green")]
    data = stored(frames[0], kind, save_all=True, append_images=frames[1:])
    assert opened(data).n_frames == 3
    image = opened(cleaned(data).large)
    assert getattr(image, "n_frames", 1) == 1
    assert close_to(image.getpixel((5, 5)), (255, 0, 0))


def test_a_phone_s_picture_with_a_second_one_behind_it():
    data = stored(picture(), "MPO", save_all=True, append_images=[picture()])
    assert cleaned(data).width == 400


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(SVG, id="svg named jpg"),
        pytest.param(b"<!doctype html><script>alert(1)</script>", id="html"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\0" * 1000, id="zeros"),
        pytest.param(b"\xff\xd8\xff\xe0" + SVG, id="jpeg head, svg body"),
        pytest.param(stored(picture((40, 30)), "GIF"), id="gif"),
        pytest.param(stored(picture((40, 30)), "BMP"), id="bmp"),
        pytest.param(stored(picture((40, 30)), "TIFF"), id="tiff"),
        pytest.param(stored(picture((40, 30)), "PDF"), id="pdf"),
    ],
)
def test_what_is_no_photo_is_refused(data):
    assert refusal(data) == "not_a_photo"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_photo_is_refused(kind):
    data = stored(Image.effect_noise((400, 300), 60).convert("RGB"), kind)
    for length in (10, len(data) // 2, len(data) - 200):
        assert refusal(data[:length]) == "not_a_photo"


def test_script_behind_a_photo_does_not_survive():
    photo = cleaned(stored(picture()) + SVG)
    assert b"<script" not in photo.large + photo.small


@pytest.fixture
def _no_decoding(monkeypatch):
    monkeypatch.setattr("toolkit.photos.clean.shrink_apart", Mock(side_effect=AssertionError))


@pytest.mark.parametrize(
    "size", [(10_000, 12_010), (10_000, 9_500 * 3), (30_000, 30_000), (2**31 - 1, 2**31 - 1)]
)
@pytest.mark.usefixtures("_no_decoding")
def test_too_many_pixels_are_refused_before_they_are_decoded(size):
    """Just over our limit, over the library's warning, and over its own refusal."""
    assert refusal(bomb(*size)) == "too_many_pixels"


def test_the_bomb_would_go_off():
    """The sample above is a picture, decoded if it is small enough."""
    assert cleaned(bomb(5_000, 4_000)).width == LARGE


def test_a_big_file_is_refused_without_reading_all_of_it():
    class Endless:
        asked = 0

        def read(self, size):
            self.asked += size
            return b"\xff" * size

    upload = Endless()
    with pytest.raises(ValidationError) as caught:
        clean_photo(upload)
    assert caught.value.code == "too_big"
    assert upload.asked == MAX_BYTES + 1


def test_a_file_of_exactly_twelve_megabytes_is_taken():
    data = stored(picture())
    assert cleaned(data.ljust(MAX_BYTES, b"\0")).width == 400
    assert refusal(data.ljust(MAX_BYTES + 1, b"\0")) == "too_big"


@pytest.mark.parametrize("error", [struct.error, TypeError, KeyError, ZeroDivisionError])
def test_whatever_a_decoder_raises_is_a_refusal(monkeypatch, error):
    def broken(image):
        raise error

    monkeypatch.setattr("PIL.ImageOps.exif_transpose", broken)
    monkeypatch.setattr("sys.argv", ["decoder", "JPEG", "", "400", "300"])
    monkeypatch.setattr("sys.stdin", Mock(buffer=BytesIO(stored(picture()))))
    monkeypatch.setattr(decoder.resource, "setrlimit", Mock())
    with pytest.raises(SystemExit) as ended:
        decoder.main()
    assert ended.value.code == decoder.BROKEN
