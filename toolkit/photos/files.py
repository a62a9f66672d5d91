"""The files of photos on the disk, and the jobs that clear up after a process that was killed.

A file is written into incoming/ and takes its place below MEDIA_ROOT when the transaction of its
row is committed. Its name in incoming/ tells that place, so that a job can finish the move.
"""

import logging
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.apps import apps
from django.conf import settings
from django.db.models import Q

from toolkit.photos.models import Photo

logger = logging.getLogger(__name__)

# No transaction takes that long.
IN_TRANSACTION = timedelta(hours=1)
# Files of a backup may be back some hours before their rows.
WITHOUT_ROW = timedelta(days=1)
# In one month's folder. More are rather a sign of a wrong or half-restored database.
MOST_ORPHANS = 100


class TooManyOrphans(Exception):
    """Most files have no row. Whoever runs the site has to look at it."""


def write_incoming(name: str, content: bytes) -> None:
    """Writes what will stand at `name`. Leaves nothing behind where it raises OSError."""
    path = _incoming(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    _place_of(name).parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def discard_incoming(name: str) -> None:
    _incoming(name).unlink(missing_ok=True)


def move_into_place(name: str) -> None:
    """Does not raise: the row is stored, and sweep_incoming() tries again."""
    try:
        _incoming(name).rename(_place_of(name))
    except OSError as error:
        logger.error("A photo stays in incoming/: %s", type(error).__name__)


def open_file(name: str) -> IO[bytes]:
    """Raises FileNotFoundError."""
    try:
        return _place_of(name).open("rb")
    except FileNotFoundError:
        return _incoming(name).open("rb")


def sweep_incoming(age: timedelta = IN_TRANSACTION) -> None:
    """Moves files into place whose row is stored, and deletes those without a row."""
    for path in _older_than(age, _incoming("")):
        name = path.name.replace("+", "/")
        if any(
            model._base_manager.filter(Q(large=name) | Q(small=name)).exists()
            for model in _photo_models()
        ):
            move_into_place(name)
        else:
            path.unlink(missing_ok=True)


def delete_orphans(age: timedelta = WITHOUT_ROW) -> None:
    """Deletes files in their places that have no row, such as those of deleted rows."""
    for model in _photo_models():
        for month in sorted(Path(settings.MEDIA_ROOT, model.folder).glob("*/*/")):
            _delete_orphans_of(model, month, age)


def _delete_orphans_of(model: type[Photo], month: Path, age: timedelta) -> None:
    folder = month.relative_to(settings.MEDIA_ROOT).as_posix()
    files = {f"{folder}/{path.name}" for path in _older_than(age, month)}
    rows = model._base_manager.filter(large__startswith=f"{folder}/")
    kept = {name for pair in rows.values_list("large", "small") for name in pair}
    orphans = files - kept
    if len(orphans) > max(MOST_ORPHANS, len(kept)) or (
        orphans and not model._base_manager.exists()
    ):
        raise TooManyOrphans(folder)
    for name in orphans:
        _place_of(name).unlink(missing_ok=True)


def _older_than(age: timedelta, folder: Path) -> Iterator[Path]:
    """By the time when the file came to this disk: a restored file keeps its older mtime."""
    latest = time.time() - age.total_seconds()
    try:
        for path in folder.iterdir():
            if path.is_file() and path.stat().st_ctime < latest:
                yield path
    except FileNotFoundError:
        return  # no folder yet, or a file that took its place meanwhile


def _photo_models() -> list[type[Photo]]:
    return [model for model in apps.get_models() if issubclass(model, Photo)]


def _place_of(name: str) -> Path:
    return Path(settings.MEDIA_ROOT, name)


def _incoming(name: str) -> Path:
    return Path(settings.MEDIA_ROOT, "incoming", name.replace("/", "+"))
