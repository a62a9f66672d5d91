"""One picture is decoded at a time on this machine, so that its memory is needed only once."""

import fcntl
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

logger = logging.getLogger(__name__)

# Seconds that one form waits. Its words are not lost: they are stored without the photo.
LONGEST_WAIT = 8.0
# Of the four threads of a process (kamtibmas_site/server.py). The last one answers other pages
# meanwhile; the server hands it whole requests, so that it is never held for long.
MOST_THREADS = 3
PAUSE = 0.05

_places = threading.BoundedSemaphore(MOST_THREADS)


class NoTurn(Exception):
    """Others decode pictures, or the lock cannot be opened."""


@contextmanager
def place_in_line() -> Iterator[bool]:
    """Whether this thread may wait for turns during the block."""
    is_ours = _places.acquire(blocking=False)
    try:
        yield is_ours
    finally:
        if is_ours:
            _places.release()


@contextmanager
def turn(deadline: float) -> Iterator[None]:
    """Waits for the turn until `deadline` on the monotonic clock, and holds it during the block.

    The lock is on a file, because all processes of the server share it. It ends with a process
    that is killed. Raises NoTurn.
    """
    try:
        settings.PHOTO_LOCK.parent.mkdir(parents=True, exist_ok=True)
        lock = settings.PHOTO_LOCK.open("ab")
    except OSError as error:
        logger.error("The lock of photos cannot be opened (%s)", error.strerror)
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
