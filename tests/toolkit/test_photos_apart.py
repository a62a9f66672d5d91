"""Whatever a picture does to its decoder, the worker goes on and the lock is free."""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from tests.pictures import jpeg
from toolkit.photos import apart
from toolkit.photos.anatomy import Anatomy, NotAPhoto, read_anatomy
from toolkit.photos.apart import NotDecoded, shrink_apart
from toolkit.photos.clean import clean_photo, digest_of
from toolkit.photos.fields import PhotosForm, clean_photos, many_photos
from tools.bench.uploads import SMALLEST_WEBP, hidden_passes

SMALL = jpeg().getvalue()
ABOUT = Anatomy("JPEG", "", 64, 48)
SLOW = hidden_passes(3000)
ABOUT_SLOW = Anatomy("JPEG", "", 7000, 7000)


@pytest.fixture(autouse=True)
def _lock(settings, tmp_path):
    settings.PHOTO_LOCK = tmp_path / "photo.lock"


@pytest.fixture
def _believed(monkeypatch):
    """The slow picture passes its header."""
    monkeypatch.setattr(
        "toolkit.photos.clean.read_anatomy",
        lambda data: ABOUT_SLOW if data == SLOW else read_anatomy(data),
    )


@pytest.fixture
def program(monkeypatch):
    """Runs another program in the place of the decoder."""

    def run(text):
        monkeypatch.setattr(apart, "_PROGRAM", text)

    return run


def upload(data=SMALL):
    return SimpleUploadedFile("foto.jpg", data)


class Form(PhotosForm):
    text = forms.CharField()
    photos = many_photos()


@pytest.mark.usefixtures("_believed")
def test_a_picture_that_takes_too_long_is_refused_at_its_field(monkeypatch, caplog):
    monkeypatch.setattr(apart, "WALL_SECONDS", 60)  # the machine of the tests may be busy
    form = Form({"text": "Ribut"}, MultiValueDict({"photos": [upload(), upload(SLOW)]}))
    assert form.errors == {"photos": ["Berkas ini bukan foto. Kirim JPEG, PNG, atau WebP."]}
    assert form.data["text"] == "Ribut"
    assert f"A picture ended its decoder (-{int(signal.SIGXCPU)})" in caplog.text
    assert not clean_photos([upload()])[0].is_missing  # the lock is free again


@pytest.mark.usefixtures("_believed")
def test_without_time_of_the_processor_it_is_missing(monkeypatch, caplog):
    monkeypatch.setattr(apart, "WALL_SECONDS", 0.5)
    begun = time.monotonic()
    (photo,) = clean_photos([upload(SLOW)])
    assert time.monotonic() - begun < 2
    assert photo.is_missing
    assert photo.digest == digest_of(SLOW)
    assert "over 0 s" in caplog.text
    monkeypatch.undo()
    assert not clean_photos([upload()])[0].is_missing


def test_memory_has_a_limit_too():
    """This one takes a gigabyte, if nobody looks at its header."""
    with pytest.raises(NotAPhoto):
        shrink_apart(SMALLEST_WEBP, Anatomy("WEBP", "VP8L", 7000, 7000))
    assert shrink_apart(SMALL, ABOUT).width == 64


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGXCPU"])
def test_a_decoder_that_a_picture_ends(program, name):
    program(f"import os, signal; os.kill(os.getpid(), signal.{name})")
    with pytest.raises(ValidationError) as caught:
        clean_photo(upload())
    assert caught.value.code == "not_a_photo"


@pytest.mark.parametrize(
    "text",
    [
        "import no_such_module",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    ],
)
def test_a_decoder_that_something_else_ends(program, text, caplog):
    """Such as the system, where memory is short: the photo may be sent again."""
    program(text)
    photo = clean_photo(upload())
    assert photo.is_missing
    assert photo.digest == digest_of(SMALL)
    assert "its decoder ended with" in caplog.text


def test_no_room_for_another_process(monkeypatch, caplog):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert clean_photo(upload()).is_missing
    assert "no process for it" in caplog.text


def children():
    """Of this process, those that nobody has waited for among them. Browsers of tests are some."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            _state, parent, *_rest = stat.read_text().rpartition(")")[2].split()
            if parent == str(os.getpid()):
                found.add(stat.parent.name)
    return found


def test_no_decoder_is_left_behind(program):
    before = children()
    program("import sys; sys.exit(9)")
    with pytest.raises(NotDecoded):
        shrink_apart(SMALL, ABOUT)
    assert children() == before


def test_the_decoder_knows_nothing_of_the_site(program):
    """It begins with each picture: what it imports takes its time each time."""
    program(
        "import sys; sys.path[:] = sys.argv[1].split(':')\n"
        "import toolkit.photos.decoder\n"
        "sys.exit(8 if 'django' in sys.modules else 9)"
    )
    with pytest.raises(NotDecoded) as caught:
        shrink_apart(SMALL, ABOUT)
    assert caught.value.args == (9,)


def test_only_the_picture_is_decoded(program):
    program(f"import sys; sys.exit(9 if len(sys.stdin.buffer.read()) == {len(SMALL)} else 8)")
    data = SMALL + b"\xff\xda" * 100
    with pytest.raises(NotDecoded) as caught:
        shrink_apart(data, read_anatomy(data))
    assert caught.value.args == (9,)
