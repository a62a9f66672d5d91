"""Stores photos beside the row they belong to, and serves them with that row's rights."""

import logging
import secrets
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.http import FileResponse, Http404

from toolkit.photos.clean import CleanPhoto, digest_of
from toolkit.photos.files import discard_incoming, move_into_place, open_file, write_incoming
from toolkit.photos.models import Photo, PhotoQuerySet, Row, photo_path

logger = logging.getLogger(__name__)

# Phones share ten files at a time without complaint.
MOST_SHARED = 10


def store_photo(row: Photo, photo: CleanPhoto) -> None:
    """Saves a new row, or a missing one, with its files. To be called in a transaction.

    Where they cannot be written the row is saved as missing: a full disk must not take away the
    words that were sent with the photo.
    """
    row.digest = photo.digest
    names = () if photo.is_missing else _written(row, photo)
    row.large, row.small = names or ("", "")
    row.width, row.height = (photo.width, photo.height) if names else (0, 0)
    row.save()
    for name in names:
        transaction.on_commit(partial(move_into_place, name))


def _written(row: Photo, photo: CleanPhoto) -> tuple[str, str] | tuple[()]:
    """The names of the two files; nothing if the disk takes them not."""
    # Nothing in a name tells the photo: whoever has the photo shall not find it on our disk.
    name = f"{secrets.token_hex(16)}.jpg"
    large, small = photo_path(row, name), photo_path(row, f"s-{name}")
    try:
        write_incoming(large, photo.large)
        try:
            write_incoming(small, photo.small)
        except OSError:
            discard_incoming(large)
            raise
    except OSError as error:
        logger.error("A photo is missing: its file was not written (%s)", error.strerror)
        return ()
    return large, small


def fill_missing(rows: PhotoQuerySet[Row], photos: Iterable[CleanPhoto]) -> list[CleanPhoto]:
    """Stores those of `photos` that are missing among `rows`. Returns the others."""
    missing = list(rows.filter(large="").select_for_update(of=("self",)))
    others = []
    for photo in photos:
        row = next((row for row in missing if row.digest == photo.digest), None)
        if row is None:
            others.append(photo)
        elif not photo.is_missing:
            missing.remove(row)
            store_photo(row, photo)
    return others


def stored_photo(row: Photo) -> CleanPhoto | None:
    """A stored photo as it came from clean_photo(), for another row; None if it is missing."""
    if row.is_missing:
        return None
    try:
        with open_file(row.large.name) as large, open_file(row.small.name) as small:
            content = large.read()
            digest = row.digest or digest_of(content)  # older rows have none
            return CleanPhoto(content, small.read(), row.width, row.height, digest)
    except FileNotFoundError:
        return None


def photo_response(photo: Photo, size: str, *, name: str, download: bool) -> FileResponse:
    """Serves a photo. The caller has checked the rights of its row. Every file is a JPEG."""
    if size not in ("large", "small") or photo.is_missing:
        raise Http404
    try:
        content = open_file((photo.small if size == "small" else photo.large).name)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content,
        content_type="image/jpeg",
        filename=f"{name}.jpg",
        as_attachment=download,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store, private"},
    )
