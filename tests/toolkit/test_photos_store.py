"""Where photos are kept. Rows name their files, so that files never move."""

import errno
import hashlib
import os
import re
import time
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from patrols.models import EntryPhoto
from reports.models import ReportPhoto
from tests import factories as make
from tests.pictures import jpeg
from toolkit.photos import files
from toolkit.photos.clean import clean_photo, missing_photo
from toolkit.photos.files import TooManyOrphans, delete_orphans, sweep_incoming
from toolkit.photos.models import photo_path
from toolkit.photos.store import fill_missing, photo_response, store_photo, stored_photo
from toolkit.photos.words import missing_words


@pytest.mark.parametrize(("row", "folder"), [(ReportPhoto(), "reports"), (EntryPhoto(), "entries")])
def test_the_path_has_the_month_in_the_time_zone_of_the_site(time_machine, row, folder):
    time_machine.move_to(datetime(2026, 11, 30, 16, 59, tzinfo=UTC), tick=False)
    assert photo_path(row, "abc.jpg") == f"{folder}/2026/11/abc.jpg"
    time_machine.move_to(datetime(2026, 11, 30, 17, 0, tzinfo=UTC), tick=False)
    assert photo_path(row, "abc.jpg") == f"{folder}/2026/12/abc.jpg"


@pytest.mark.parametrize("model", [ReportPhoto, EntryPhoto])
def test_a_file_stored_under_the_old_rule_is_read_where_it_is(db, settings, tmp_path, model):
    """Until November 2026 `upload_to` was ``reports/%Y/%m/`` and ``entries/%Y/%m/``."""
    settings.MEDIA_ROOT = tmp_path
    photo = clean_photo(jpeg())
    folder = tmp_path / model.folder / "2026" / "11"
    folder.mkdir(parents=True)
    (folder / "abc.jpg").write_bytes(photo.large)
    (folder / "s-abc.jpg").write_bytes(photo.small)
    old = f"{model.folder}/2026/11"
    row = model(large=f"{old}/abc.jpg", small=f"{old}/s-abc.jpg", width=64, height=48)
    again = stored_photo(row)
    assert again is not None
    assert (again.large, again.small) == (photo.large, photo.small)
    for size, content in (("large", photo.large), ("small", photo.small)):
        with closing(photo_response(row, size, name="foto", download=False)) as response:
            assert b"".join(response.streaming_content) == content


@pytest.mark.parametrize(
    ("app", "migration"), [("reports", "0005_photo_paths"), ("patrols", "0004_photo_paths")]
)
def test_the_new_rule_changes_nothing_in_the_database(db, app, migration):
    assert (app, migration) in MigrationExecutor(connection).loader.applied_migrations
    out = StringIO()
    call_command("sqlmigrate", app, migration, stdout=out)
    statements = [line for line in out.getvalue().splitlines() if not line.startswith("--")]
    assert set(filter(None, statements)) <= {"BEGIN;", "COMMIT;"}


@pytest.fixture
def media(settings, tmp_path):
    """The folder of the photos, and a function that lists the files in it."""
    settings.MEDIA_ROOT = tmp_path

    def listed():
        found = (path for path in tmp_path.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(tmp_path)) for path in found)

    return listed


@pytest.fixture
def row(officer, running_duty):
    return EntryPhoto(entry=make.make_entry(running_duty, officer))


@pytest.fixture
def later(monkeypatch):
    """A function that lets so many hours pass for the jobs that clear up."""

    def pass_hours(hours):
        monkeypatch.setattr(files.time, "time", lambda: clock() + hours * 3600)

    clock = time.time
    return pass_hours


def test_a_photo_takes_its_place_when_the_transaction_is_committed(
    media, row, django_capture_on_commit_callbacks
):
    photo = clean_photo(jpeg())
    with django_capture_on_commit_callbacks() as callbacks:
        store_photo(row, photo)
    assert (row.width, row.height, str(row)) == (64, 48, "64×48")
    assert all(name.startswith("incoming/entries+") for name in media())
    assert stored_photo(row) == photo  # read even if the move were never made
    for move in callbacks:
        move()
    assert media() == sorted([row.large.name, row.small.name])
    assert stored_photo(row) == photo


def test_the_name_of_a_file_tells_nothing_of_the_photo(media, row, officer, running_duty):
    sent = jpeg()
    photo = clean_photo(sent)
    other = EntryPhoto(entry=row.entry)
    store_photo(row, photo)
    store_photo(other, photo)
    assert row.large.name != other.large.name
    assert re.fullmatch(r"entries/\d{4}/\d\d/[0-9a-f]{32}\.jpg", row.large.name)
    assert re.fullmatch(r"entries/\d{4}/\d\d/s-[0-9a-f]{32}\.jpg", row.small.name)
    known = [
        photo.digest,
        *(
            getattr(hashlib, kind)(content).hexdigest()
            for kind in ("md5", "sha1", "sha256")
            for content in (sent.getvalue(), photo.large, photo.small)
        ),
    ]
    for name in media():
        assert not [digest for digest in known if digest[:8] in name]


@pytest.mark.parametrize("failing", ["open", "write", "fsync", "second file", "folder"])
def test_a_full_disk_leaves_a_missing_photo_and_no_half_file(
    media, row, monkeypatch, settings, tmp_path, failing
):
    calls = []

    def fail(*arguments, **_options):
        calls.append(arguments)
        if failing != "second file" or len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return

    if failing == "folder":
        settings.MEDIA_ROOT = tmp_path / "file"
        settings.MEDIA_ROOT.write_text("in the way")
    else:
        name = {"open": "open", "write": "fdopen"}.get(failing, "fsync")
        monkeypatch.setattr(files.os, name, fail)
    photo = clean_photo(jpeg())
    store_photo(row, photo)
    monkeypatch.undo()
    row.refresh_from_db()
    assert row.is_missing
    assert (row.large.name, row.small.name, row.width, row.digest) == ("", "", 0, photo.digest)
    assert [name for name in media() if name != "file"] == []
    assert stored_photo(row) is None
    assert missing_words([EntryPhoto(large="a"), row]) == (
        "Foto 2 dari 2 tidak dapat disimpan; selebihnya sudah tersimpan."
    )


def test_a_missing_photo_takes_its_place_when_it_is_sent_again(media, row):
    first, second, third = (clean_photo(jpeg(size)) for size in ((64, 48), (65, 48), (66, 48)))
    store_photo(row, missing_photo(first.digest))
    rows = EntryPhoto.objects.filter(entry=row.entry)
    assert fill_missing(rows, [second, third]) == [second, third]
    assert fill_missing(rows, [missing_photo(first.digest)]) == []
    assert not rows.kept().exists()
    assert fill_missing(rows, [second, first]) == [second]
    assert rows.kept().get() == row
    assert stored_photo(rows.get()) == first
    assert fill_missing(rows, [first]) == [first]


@pytest.mark.parametrize(
    "values",
    [
        {"large": "a", "small": "", "width": 1, "height": 1},
        {"large": "", "small": "b", "width": 1, "height": 1},
        {"large": "", "small": "", "width": 1, "height": 1},
        {"large": "a", "small": "b", "width": 0, "height": 0},
    ],
)
def test_the_database_knows_no_half_photo(row, values):
    for name, value in values.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_what_a_killed_process_leaves_is_gone_after_an_hour(media, row, later):
    store_photo(row, clean_photo(jpeg()))  # the row is there, the move was never made
    files.write_incoming("entries/2026/11/without-row.jpg", b"half")
    later(0.9)
    sweep_incoming()
    assert len(media()) == 3
    later(1.1)
    sweep_incoming()
    assert media() == sorted([row.large.name, row.small.name])
    sweep_incoming()
    assert len(media()) == 2


def test_a_file_whose_row_is_gone_is_deleted_after_a_day(media, row, later, tmp_path):
    store_photo(row, clean_photo(jpeg()))
    later(2)
    sweep_incoming()
    orphan = Path(tmp_path, row.large.name).with_name("a" * 32 + ".jpg")
    orphan.write_bytes(b"left by an older release")
    os.utime(orphan, (0, 0))  # restored from a backup today
    later(0.5)
    delete_orphans()
    assert len(media()) == 3
    later(25)
    delete_orphans()
    assert media() == sorted([row.large.name, row.small.name])


def test_photos_of_another_database_are_not_orphans(media, row, later, tmp_path):
    """`make manage` with another DATABASE_URL, or a backup whose rows are not yet back."""
    folder = tmp_path / "entries" / "2026" / "10"
    folder.mkdir(parents=True)
    (folder / "theirs.jpg").write_bytes(b"evidence")
    later(25)
    with pytest.raises(TooManyOrphans):
        delete_orphans()
    store_photo(row, clean_photo(jpeg()))
    for number in range(101):
        (folder / f"{number}.jpg").write_bytes(b"evidence")
    with pytest.raises(TooManyOrphans):
        delete_orphans()
    assert len(list(folder.iterdir())) == 102


def test_the_jobs_have_nothing_to_do_without_a_folder(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "none"
    sweep_incoming()
    delete_orphans()


@pytest.mark.parametrize(
    ("photos", "words"),
    [
        ("+", ""),
        ("-", "Fotonya tidak dapat disimpan"),
        ("--", "Kedua foto tidak dapat disimpan"),
        ("---", "Semua foto tidak dapat disimpan"),
        ("+-", "Foto 2 dari 2 tidak dapat disimpan"),
        ("-+-", "Foto 1 dan 3 dari 3 tidak dapat disimpan"),
        ("+---", "Foto 2, 3 dan 4 dari 4 tidak dapat disimpan"),
    ],
)
def test_the_words_for_photos_that_are_missing(photos, words):
    rows = [EntryPhoto(large="a" if one == "+" else "") for one in photos]
    expected = f"{words}; selebihnya sudah tersimpan." if words else ""
    assert missing_words(rows) == expected
