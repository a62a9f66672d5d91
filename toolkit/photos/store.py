"""Stores photos beside the row they belong to, and serves them with that row's rights."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

from toolkit.photos.clean import CleanPhoto, digest_of
from toolkit.photos.models import Photo

# Phones share ten files at a time without complaint.
MOST_SHARED = 10


@contextmanager
def kept_if_stored(files: list[FieldFile]) -> Iterator[None]:
    """Deletes the written files if the block fails."""
    try:
        yield
    except BaseException:
        for file in files:
            file.delete(save=False)
        raise


def store_photo(row: Photo, photo: CleanPhoto, files: list[FieldFile]) -> None:
    """Saves a new row with its two files; each file is in `files` as soon as it is there."""
    name = f"{photo.digest[:32]}.jpg"
    row.width, row.height = photo.width, photo.height
    row.large.save(name, ContentFile(photo.large), save=False)
    files.append(row.large)
    row.small.save(f"s-{name}", ContentFile(photo.small), save=False)
    files.append(row.small)
    row.save()


def stored_photo(row: Photo) -> CleanPhoto | None:
    """A stored photo as it came from clean_photo(), for another row; None if its file is gone."""
    try:
        with row.large.open() as large, row.small.open() as small:
            content, thumbnail = large.read(), small.read()
    except FileNotFoundError:
        return None
    return CleanPhoto(content, thumbnail, row.width, row.height, digest_of(content))


def photo_response(photo: Photo, size: str, *, name: str, download: bool) -> FileResponse:
    """Serves a photo. The caller has checked the rights of its row. Every file is a JPEG."""
    if size not in ("large", "small"):
        raise Http404
    try:
        content = (photo.small if size == "small" else photo.large).open()
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content,
        content_type="image/jpeg",
        filename=f"{name}.jpg",
        as_attachment=download,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store, private"},
    )
