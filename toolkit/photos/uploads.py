"""Receives the files of a form without losing its words."""

import contextlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from toolkit.photos.clean import empty_digest


class LostUpload(UploadedFile):
    """A file that was sent when the disk for temporary files was full. It has no content."""

    def __init__(self, digest: str, **about: Any) -> None:
        super().__init__(BytesIO(), **about)
        self.digest = digest


class UploadHandler(TemporaryFileUploadHandler):
    """Django's own handler would answer 500 if the temporary file cannot be written."""

    def new_file(self, *arguments: Any, **options: Any) -> None:
        self.is_lost = False
        self.digest = empty_digest()
        try:
            super().new_file(*arguments, **options)
        except OSError:
            self.is_lost = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.digest.update(raw_data)
        if not self.is_lost:
            try:
                super().receive_data_chunk(raw_data, start)
            except OSError:
                self._lose()

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if not self.is_lost:
            try:
                return super().file_complete(file_size)
            except OSError:
                self._lose()
        return LostUpload(
            self.digest.hexdigest(),
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
        )

    def _lose(self) -> None:
        self.is_lost = True
        # Closing writes the rest, which fails too.
        with contextlib.suppress(OSError):
            self.file.close()
