"""What a picture would cost is read from its header, and refused before anything is decoded."""

import struct
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from toolkit.photos import anatomy
from toolkit.photos.anatomy import BUDGET, NotAPhoto, read_anatomy
from toolkit.photos.clean import check_header, clean_photo
from toolkit.photos.decoder import LARGE
from tools.bench.uploads import hidden_passes, png_in_parts

# 7000×7000 pixels: decoded, 1 GB.
HOSTILE_WEBP = bytes.fromhex("524946461a000000574542505650384c0e0000002f57dbd506071011fd0f4444ff03")


def stored(mode, size, kind, **options):
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def jpeg_header(size, frame=0xC0, sampling=(0x22, 0x11, 0x11), in_scan=None, scans=1):
    """A JPEG without pixels; with `scans` over the whole picture."""
    in_scan = len(sampling) if in_scan is None else in_scan
    parts = b"".join(bytes((n, one, 0)) for n, one in enumerate(sampling, 1))
    head = struct.pack(">BHHB", 8, size[1], size[0], len(sampling)) + parts
    scan = bytes((in_scan,)) + b"\1\0" * in_scan + b"\0\x3f\0"
    return (
        b"\xff\xd8\xff"
        + bytes((frame,))
        + struct.pack(">H", 2 + len(head))
        + head
        + (b"\xff\xda" + struct.pack(">H", 2 + len(scan)) + scan + b"\x12\xff\x00\xff\xd0\x34")
        * scans
        + b"\xff\xd9"
    )


def png_header(size, bits=8, colours=2, clear=False):
    head = struct.pack(">IIBBBBB", *size, bits, colours, 0, 0, 0)
    extra = struct.pack(">I", 2) + b"tRNS" + bytes(6) if clear else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + head
        + bytes(4)
        + extra
        + struct.pack(">I", 0)
        + b"IDAT"
    )


def webp_header(size, kind):
    body = {
        b"VP8 ": bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", *size),
        b"VP8L": b"\x2f" + struct.pack("<I", size[0] - 1 | size[1] - 1 << 14) + b"\0",
        b"VP8X": bytes(4) + b"".join((side - 1).to_bytes(3, "little") for side in size),
    }[kind]
    body = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


@pytest.fixture
def _no_decoder(monkeypatch):
    monkeypatch.setattr("toolkit.photos.clean.shrink_apart", Mock(side_effect=AssertionError))


# Each pair: the largest that passes, and one that does not.
LIMITS = [
    (lambda size: png_header(size, colours=6), (4000, 3500), (4000, 3600)),
    (lambda size: png_header(size, colours=2), (6000, 4400), (6000, 4500)),
    (lambda size: png_header(size, colours=2, clear=True), (4000, 2490), (4000, 2510)),
    (lambda size: png_header(size, colours=3), (7000, 3100), (7000, 3200)),
    (lambda size: png_header(size, colours=0, bits=16), (6000, 3980), (6000, 4020)),
    (lambda size: webp_header(size, b"VP8 "), (4000, 1990), (4000, 2010)),
    (lambda size: webp_header(size, b"VP8L"), (2700, 2000), (2800, 2000)),
    (lambda size: webp_header(size, b"VP8X"), (3000, 1980), (3000, 2010)),
    (jpeg_header, (12_000, 9000), (16_000, 9000)),  # 108 million pixels are the most of a phone
    (lambda size: jpeg_header(size, 0xC2), (6000, 4900), (6000, 5100)),
    (lambda size: jpeg_header(size, in_scan=1, scans=3), (6000, 4900), (6000, 5100)),
    (lambda size: jpeg_header(size, 0xC2, (0x11, 0x11, 0x11)), (4000, 4200), (4000, 4400)),
]


@pytest.mark.parametrize(("header", "passes", "is_refused"), LIMITS)
@pytest.mark.usefixtures("_no_decoder")
def test_the_limit_of_each_format(header, passes, is_refused):
    found = check_header(header(passes))
    assert (found.width, found.height) == passes
    assert found.cost(LARGE) > 0.7 * BUDGET or found.format == "JPEG"
    with pytest.raises(ValidationError) as caught:
        clean_photo(BytesIO(header(is_refused)))
    assert caught.value.code == "too_many_pixels"


@pytest.mark.usefixtures("_no_decoder")
def test_the_smallest_file_of_a_gigabyte():
    with pytest.raises(ValidationError) as caught:
        clean_photo(BytesIO(HOSTILE_WEBP))
    assert caught.value.code == "too_many_pixels"


@pytest.mark.parametrize(
    "data",
    [
        *(
            pytest.param(jpeg_header((40, 30), frame), id=f"frame {frame:x}")
            for frame in sorted(anatomy.SOF_OTHERS)
        ),
        pytest.param(jpeg_header((40, 30), 0xC2, scans=33), id="walks over it 33 times"),
        pytest.param(jpeg_header((40, 30), sampling=(0, 0, 0), in_scan=1), id="no samples"),
        pytest.param(jpeg_header((0, 30)), id="no width"),
        pytest.param(jpeg_header((40, 30))[:-20], id="cut off"),
        pytest.param(jpeg_header((40, 30))[:-1] + jpeg_header((9, 9))[2:], id="two frames"),
        pytest.param(png_header((40, 30), colours=5), id="png of colours unknown"),
        pytest.param(png_header((40, 30))[:20], id="png cut off"),
        pytest.param(webp_header((40, 30), b"VP8L")[:22], id="webp cut off"),
        pytest.param(b"RIFF\0\0\0\0WEBPJUNK" + bytes(40), id="webp of another kind"),
        pytest.param(b"GIF89a" + bytes(40), id="gif"),
        pytest.param(b"", id="empty"),
    ],
)
@pytest.mark.usefixtures("_no_decoder")
def test_what_no_camera_writes_is_refused(data):
    if data.endswith(b"\xff\xd9") and data.count(b"\xff\xc0") == 2:
        data = data.replace(b"\xff\xd9", b"", 1)
    with pytest.raises(NotAPhoto):
        read_anatomy(data)
    with pytest.raises(ValidationError):
        clean_photo(BytesIO(data))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [*((kind, mode) for kind in ("PNG", "WEBP") for mode in ("RGB", "L", "RGBA")), ("JPEG", "L")],
)
def test_the_header_says_what_the_decoder_finds(kind, mode):
    found = read_anatomy(stored(mode, (40, 30), kind))
    assert (found.format, found.width, found.height) == (kind, 40, 30)


def test_a_jpeg_in_passes_is_told_from_one_without():
    assert read_anatomy(stored("RGB", (64, 64), "JPEG")).buffered == 0
    passes = read_anatomy(stored("RGB", (64, 64), "JPEG", progressive=True, subsampling=0))
    assert passes.buffered == 64 * 64 * 3 * 2


def test_marks_inside_of_other_parts_are_no_scans():
    """A phone's JPEG carries a small picture in its head, and a film behind its end."""
    inner = stored("RGB", (64, 64), "JPEG", progressive=True)
    data = stored("RGB", (400, 300), "JPEG", comment=inner) + b"\xff\xda" * 100
    assert (read_anatomy(data).width, read_anatomy(data).buffered) == (400, 0)
    assert clean_photo(BytesIO(data)).width == 400


@pytest.mark.parametrize("marker", [0x02, 0x7F, 0xBF])
@pytest.mark.usefixtures("_no_decoder")
def test_nothing_hides_behind_a_marker_without_meaning(marker):
    plain = jpeg_header((40, 30))
    data = plain[:-2] + bytes((0xFF, marker, 0, 2)) + plain[-2:]
    for sent in (data, hidden_passes(3000).replace(b"\xff\x02", bytes((0xFF, marker)))):
        with pytest.raises(ValidationError):
            clean_photo(BytesIO(sent))
    assert read_anatomy(plain).width == 40


@pytest.mark.parametrize("marker", [0xE1, 0xFE, 0xC4, 0xDC])
def test_scans_are_counted_wherever_they_stand(marker):
    """A small picture of the head may have one; 3,000 are hidden there for a reason."""
    with pytest.raises(NotAPhoto):
        read_anatomy(hidden_passes(3000).replace(b"\xff\x02", bytes((0xFF, marker))))


def test_the_passes_of_any_camera_are_taken():
    inner = stored("RGB", (64, 64), "JPEG", progressive=True)
    data = stored("RGB", (400, 300), "JPEG", progressive=True, comment=inner)
    assert 10 < data.count(b"\xff\xda") < anatomy.MAX_JPEG_SCANS - 8
    assert clean_photo(BytesIO(data)).width == 400


def test_the_decoder_sees_nothing_behind_the_end():
    data = stored("RGB", (64, 64), "JPEG")
    assert read_anatomy(data + b"film" * 100).length == len(data)
    data = stored("RGB", (64, 64), "PNG")
    assert read_anatomy(data + b"film" * 100).length == len(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff\xe0\0\2" * 3_000_000,
        stored("RGB", (64, 64), "PNG")[:33] + (bytes(4) + b"abcd" + bytes(4)) * 990_000,
        png_in_parts(990_000),
    ],
    ids=["JPEG", "PNG", "PNG behind its pixels"],
)
def test_a_header_of_a_million_parts_is_refused_at_once(data):
    begun = time.thread_time()
    with pytest.raises(NotAPhoto):
        read_anatomy(data)
    assert time.thread_time() - begun < 0.1


def test_a_decoder_that_finds_another_size_than_the_header(monkeypatch):
    """Two headers in one file: what was checked must be what is decoded."""
    data = stored("RGB", (64, 64), "PNG")
    monkeypatch.setattr(
        "toolkit.photos.clean.read_anatomy", lambda _data: anatomy.Anatomy("PNG", "RGB", 9, 9)
    )
    with pytest.raises(ValidationError) as caught:
        clean_photo(BytesIO(data))
    assert caught.value.code == "not_a_photo"


MEASURE = """
import re, sys
from io import BytesIO
from PIL import Image
from toolkit.photos.anatomy import read_anatomy
from toolkit.photos.decoder import shrink

def memory(word):
    return int(re.search(word + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024

def stored(mode, size, kind, **options):
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()

samples = {
    "PNG": stored("RGBA", (4000, 3450), "PNG", compress_level=1),
    "WEBP": stored("RGB", (3900, 2000), "WEBP", quality=1, method=0),
    "JPEG": stored("RGB", (5400, 5000), "JPEG", progressive=True),
}
for name, data in samples.items():
    open("/proc/self/clear_refs", "w").write("5")  # the peak begins anew
    before = memory("VmRSS")
    shrink(data, read_anatomy(data))
    print(name, memory("VmHWM") - before)
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux counts memory there")
def test_the_largest_that_pass_stay_within_the_budget():
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True
    )
    peaks = {name: int(size) for name, size in map(str.split, done.stdout.splitlines())}
    assert set(peaks) == {"PNG", "WEBP", "JPEG"}
    for name, size in peaks.items():
        assert size < BUDGET, f"{name} took {size / 1e6:.0f} MB"
