"""One picture at a time, last of all, and never at the price of the words."""

import errno
import fcntl
import subprocess
import sys
import threading
import time
import uuid
from unittest.mock import Mock

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

import patrols.forms.entries
import reports.forms.casework
import reports.forms.desk
import reports.forms.public
import reports.forms.track
from reports.models import Report
from territory.models import UnitArea
from tests import factories as make
from tests.pictures import jpeg
from tests.reports.citizen import form_data
from toolkit.photos.clean import clean_photo, digest_of
from toolkit.photos.fields import ManyPhotosField, PhotosForm, clean_photos, many_photos
from toolkit.photos.turns import MOST_THREADS, NoTurn, turn
from toolkit.photos.uploads import UploadHandler

HOLD = """
import fcntl, sys, time
lock = open(sys.argv[1], "ab")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def lock(settings, tmp_path):
    settings.PHOTO_LOCK = tmp_path / "photo.lock"
    return settings.PHOTO_LOCK


def now(seconds=0.0):
    return time.monotonic() + seconds


def upload(size=(40, 30)):
    return SimpleUploadedFile("foto.jpg", jpeg(size).getvalue())


def test_no_turn_while_another_process_has_it(lock):
    with lock.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(NoTurn), turn(now(0.1)):
            pass
    with turn(now()):
        pass


def test_a_killed_process_has_it_no_more(lock):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(NoTurn), turn(now()):
            pass
        process.kill()
        process.wait()
        with turn(now()):
            pass


def test_the_other_threads_of_a_process_do_not_wait(lock):
    """They answer other pages: the check of the site's health among them."""
    got = []

    def wait():
        got.append(clean_photos([upload()])[0].is_missing)

    with lock.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = [threading.Thread(target=wait) for _ in range(MOST_THREADS)]
        for thread in waiting:
            thread.start()
        time.sleep(0.2)
        begun = now()
        wait()
        assert got == [True]
        assert now() - begun < 2
    for thread in waiting:
        thread.join(20)
    assert got == [True, *[False] * MOST_THREADS]


def test_the_first_photo_makes_the_folder_of_the_lock(settings, tmp_path):
    """A new installation has no folder for photos yet."""
    settings.PHOTO_LOCK = tmp_path / "var" / "media" / "photo.lock"
    (photo,) = clean_photos([upload()])
    assert not photo.is_missing


def test_a_lock_that_cannot_be_made(settings, tmp_path, caplog):
    tmp_path.joinpath("file").write_text("in the way")
    settings.PHOTO_LOCK = tmp_path / "file" / "photo.lock"
    (photo,) = clean_photos([upload()])
    assert photo.is_missing
    assert "The lock of photos cannot be opened" in caplog.text
    assert photo.digest == clean_photo(upload()).digest


def test_a_disk_that_has_no_locks(lock, monkeypatch, caplog):
    monkeypatch.setattr(fcntl, "flock", Mock(side_effect=OSError(errno.ENOLCK, "No locks")))
    with pytest.raises(NoTurn), turn(time.monotonic() + 1):
        pass
    assert "No locks" in caplog.text


def test_one_form_waits_only_once(lock, monkeypatch):
    monkeypatch.setattr("toolkit.photos.fields.LONGEST_WAIT", 0.2)
    with lock.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        begun = now()
        photos = clean_photos([upload((side, 30)) for side in range(40, 45)])
    assert now() - begun < 1
    assert [photo.is_missing for photo in photos] == [True] * 5


def test_the_turn_is_given_back_after_a_failure():
    for _ in range(MOST_THREADS + 1):
        with pytest.raises(ValidationError):
            clean_photos([SimpleUploadedFile("foto.jpg", jpeg().getvalue()[:-200])])
    assert not clean_photos([upload()])[0].is_missing


class Form(PhotosForm):
    text = forms.CharField()
    photos = many_photos()

    def clean(self):
        if self.cleaned_data.get("text") == "refuse":
            raise ValidationError("refused")
        return self.cleaned_data


@pytest.fixture
def decode(monkeypatch):
    mock = Mock(side_effect=clean_photo)
    monkeypatch.setattr("toolkit.photos.fields.clean_photo", mock)
    return mock


def bound(text, *files):
    return Form({"text": text}, MultiValueDict({"photos": list(files)}))


@pytest.mark.parametrize("text", ["", "refuse"])
def test_nothing_is_decoded_while_the_rest_is_wrong(decode, text):
    assert not bound(text, upload()).is_valid()
    assert not decode.called


def test_nothing_is_decoded_if_one_photo_is_none_by_its_header(decode):
    form = bound("Ribut", upload(), SimpleUploadedFile("foto.jpg", b"<svg>"))
    assert form.errors["photos"] == ["Berkas ini bukan foto. Kirim JPEG, PNG, atau WebP."]
    assert not decode.called


def test_what_is_right_is_decoded_once(decode):
    form = bound("Ribut", upload(), upload((41, 30)))
    assert form.is_valid()
    assert [photo.width for photo in form.cleaned_data["photos"]] == [40, 41]
    assert decode.call_count == 2


def test_a_photo_that_only_its_pixels_betray_is_refused_at_its_field(decode):
    broken = SimpleUploadedFile("foto.jpg", jpeg().getvalue()[:-200])
    assert "photos" in bound("Ribut", broken).errors


def test_every_form_with_photos_decodes_them_last():
    modules = [
        patrols.forms.entries,
        *(reports.forms.casework, reports.forms.desk, reports.forms.public, reports.forms.track),
    ]
    found = [
        form
        for module in modules
        for form in vars(module).values()
        if isinstance(form, type)
        and issubclass(form, forms.Form)
        and any(isinstance(field, ManyPhotosField) for field in form.base_fields.values())
    ]
    assert len(found) >= 6
    assert all(issubclass(form, PhotosForm) for form in found)


# The disk for uploads is full


@pytest.fixture
def _no_room_for_uploads(settings, tmp_path):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "none"


@pytest.mark.usefixtures("_no_room_for_uploads")
def test_a_report_is_stored_without_room_for_its_photos(db, client, units, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for code, name in (("31.73", "Jakarta Barat"), ("31.73.04", "Tambora")):
        make.make_area(code, name)
    UnitArea.objects.create(area=make.make_area("31.73.04.1005", "Duri Utara"), unit=units.polsek)
    make.make_category("noise_dispute")
    sent = form_data(client_uuid=str(uuid.uuid4()))
    fill = reverse("reports:report_fill")
    answer = client.post(fill, {**sent, "photos": [jpeg(), jpeg((41, 30))]}, follow=True)
    assert "Kedua foto tidak dapat disimpan" in answer.content.decode()
    report = Report.objects.get()
    assert [photo.is_missing for photo in report.photos.all()] == [True, True]
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    client.post(fill, {**sent, "photos": [jpeg(), jpeg((41, 30))]})
    assert [photo.is_missing for photo in Report.objects.get().photos.all()] == [False, False]


@pytest.mark.parametrize("failing", ["write", "seek"])
def test_a_disk_that_fills_up_in_the_middle(failing):
    handler = UploadHandler()
    handler.new_file("photos", "foto.jpg", "image/jpeg", 10, None, {})

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    setattr(handler.file.file, failing, full)
    for part in (b"kena", b"ri"):
        assert handler.receive_data_chunk(part, 0) is None
    lost = handler.file_complete(6)
    assert (lost.digest, lost.size, lost.read()) == (digest_of(b"kenari"), 6, b"")


def test_with_room_nothing_changes():
    handler = UploadHandler()
    handler.new_file("photos", "foto.jpg", "image/jpeg", 10, None, {})
    handler.receive_data_chunk(b"kenari", 0)
    assert handler.file_complete(6).read() == b"kenari"
