"""Where photos are kept. Rows name their files, so that files never move."""

import re
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from patrols.models import EntryPhoto
from reports.models import ReportPhoto
from tests import factories as make
from tests.pictures import jpeg
from toolkit.photos.clean import clean_photo
from toolkit.photos.models import photo_path
from toolkit.photos.store import photo_response, store_photo, stored_photo


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


def test_a_photo_is_saved_with_both_files_under_the_hash_of_what_was_sent(
    settings, tmp_path, officer, running_duty
):
    settings.MEDIA_ROOT = tmp_path
    entry, photo, files = make.make_entry(running_duty, officer), clean_photo(jpeg()), []
    store_photo(EntryPhoto(entry=entry), photo, files)
    row = entry.photos.get()
    assert (row.width, row.height, str(row)) == (64, 48, "64×48")
    assert files == [row.large, row.small]
    assert re.fullmatch(rf"entries/\d{{4}}/\d\d/{photo.digest[:32]}\.jpg", row.large.name)
    assert re.fullmatch(rf"entries/\d{{4}}/\d\d/s-{photo.digest[:32]}\.jpg", row.small.name)
