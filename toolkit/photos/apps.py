import ctypes
from datetime import timedelta

from django.apps import AppConfig

from toolkit.jobs.registry import Job, jobs

M_MMAP_THRESHOLD = -3
LARGE_BLOCK = 256 * 1024


class PhotosConfig(AppConfig):
    name = "toolkit.photos"

    def ready(self) -> None:
        from toolkit.photos.files import delete_orphans, sweep_incoming

        jobs.add(Job("sweep_photos", timedelta(hours=1), sweep_incoming))
        jobs.add(Job("delete_orphan_photos", timedelta(days=1), delete_orphans))
        _return_large_blocks()


def _return_large_blocks() -> None:
    """Lets the C library give the memory of a decoded picture back to the system at once.

    By default it keeps up to 32 MB of each kind of block, and does so for each thread.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:  # glibc has it; musl and macOS give memory back of their own
        set_option(M_MMAP_THRESHOLD, LARGE_BLOCK)
