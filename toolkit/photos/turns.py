"""One picture is decoded at a time on this machine, so that its memory is needed only once."""

import fcntl
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

logger = logging.getLogger(__name__)

# Seconds that one form waits. Its words are not lost: they are stored without the photo.
LONGEST_WAIT = 8.0
# Of the four threads of a process (kamtibmas_site/server.py). The last one answers other pages
# meanwhile; the server hands it whole requests, so that it is never held for long.
MOST_THREADS = 3
# Of them, so that one address cannot take all.
MOST_OF_A_SENDER = 2
PAUSE = 0.05
# Of who goes last: nearly always somebody else finds the lock free before.
LONG_PAUSE = 1.0

_lock = threading.Lock()
_places: Counter[str] = Counter()


class NoTurn(Exception):
    """Others decode pictures, or the lock cannot be opened."""


@contextmanager
def place_in_line(sender: str = "") -> Iterator[bool]:
    """Whether this thread may wait for turns during the block. Without a `sender` it has signed
    in, and is not counted as one."""
    with _lock:
        is_ours = _places.total() < MOST_THREADS and (
            not sender or _places[sender] < MOST_OF_A_SENDER
        )
        if is_ours:
            _places[sender] += 1
    try:
        yield is_ours
    finally:
        if is_ours:
            with _lock:
                _places[sender] -= 1
                if not _places[sender]:
                    del _places[sender]


@contextmanager
def turn(deadline: float, goes_last: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Waits for the turn until `deadline` on the monotonic clock, and holds it during the block.

    The lock is on a file, because all processes of the server share it. It ends with a process
    that is killed. Raises NoTurn. `goes_last` is asked once the turn is there; whoever goes last
    gives it back, and takes it again only where nobody else wants it for a while.
    """
    try:
        settings.PHOTO_LOCK.parent.mkdir(parents=True, exist_ok=True)
        lock = settings.PHOTO_LOCK.open("ab")
    except OSError as error:
        logger.error("The lock of photos cannot be opened (%s)", error.strerror)
        raise NoTurn from error
    with lock:
        pause = PAUSE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if pause == LONG_PAUSE or not goes_last():
                    break
                fcntl.flock(lock, fcntl.LOCK_UN)
                pause = LONG_PAUSE
            except BlockingIOError:
                pass
            except OSError as error:  # such as a disk over the network that has no locks
                logger.error("The lock of photos cannot be taken (%s)", error.strerror)
                raise NoTurn from error
            if time.monotonic() > deadline:
                raise NoTurn
            time.sleep(pause)
        yield
