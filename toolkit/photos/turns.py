"""One picture is decoded at a time on this machine, so that its memory is needed only once."""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

# Seconds that one form waits. Its words are not lost: they are stored without the photo.
LONGEST_WAIT = 8.0
# The other threads of the process answer other pages meanwhile.
MOST_THREADS = 2
PAUSE = 0.05

_places = threading.BoundedSemaphore(MOST_THREADS)


class NoTurn(Exception):
    """Others decode pictures, or the lock cannot be opened."""


@contextmanager
def turn(deadline: float) -> Iterator[None]:
    """Waits for the turn until `deadline` on the monotonic clock, and holds it during the block.

    The lock is on a file, because all processes of the server share it. It ends with a process
    that is killed.
    """
    if not _places.acquire(blocking=False):
        raise NoTurn
    try:
        try:
            lock = settings.PHOTO_LOCK.open("ab")
        except OSError as error:
            raise NoTurn from error
        with lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise NoTurn from None
                    time.sleep(PAUSE)
            yield
    finally:
        _places.release()
