"""How long a page waits for a database that says nothing: ADR 0023.

libpq waits without end for a PostgreSQL that is stopped, or whose network swallows packets. What
the server limits is of no use there, and the kernel acknowledges in the name of a stopped process.
So a process that serves waits itself, each time for the socket and not for longer than this.
"""

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.db import connections
from psycopg2 import extensions

# A statement that runs longer is ended by the server, so that one who is silent for longer is away.
STATEMENT_SECONDS = 4
SILENT_SECONDS = 5.0
# Once it was silent, one waits at length now and then, and all others no longer than this: phones
# would stand in a queue behind those that wait.
SHORT_SECONDS = 0.25
PAUSE_SECONDS = 15.0

_next_at_length = 0.0  # zero as long as the database answers
_own = threading.local()


def give_up_on_silence() -> None:
    """For a process that serves pages. Jobs, migrations and commands may take their time."""
    for settings in connections.settings.values():
        options = settings["OPTIONS"]
        limit = f"-c statement_timeout={STATEMENT_SECONDS}s"
        options["options"] = f"{options.get('options', '')} {limit}".strip()
    extensions.set_wait_callback(wait)


@contextmanager
def hurry(seconds: float) -> Iterator[None]:
    """Within the block this thread waits so long for the database, and no longer."""
    _own.deadline = time.monotonic() + seconds
    try:
        yield
    finally:
        del _own.deadline


def wait(link: Any) -> None:
    """Psycopg calls it where it waits for the server. An error closes the connection."""
    global _next_at_length
    patience = None
    while (state := link.poll()) != extensions.POLL_OK:
        patience = patience or _patience()
        is_read = state == extensions.POLL_READ
        poll = select.poll()  # not select(): a busy server has numbers above 1023
        poll.register(link.fileno(), select.POLLIN if is_read else select.POLLOUT)
        seconds = min(patience, _own_seconds())
        if not poll.poll(seconds * 1000):
            if seconds == SILENT_SECONDS:
                _next_at_length = time.monotonic() + PAUSE_SECONDS
            raise psycopg2.OperationalError("The database is silent.")
    _next_at_length = 0.0


def _patience() -> float:
    global _next_at_length
    now = time.monotonic()
    if _next_at_length > now:
        return SHORT_SECONDS
    if _next_at_length:  # this one waits at length, and the next not before it has an answer
        _next_at_length = now + SILENT_SECONDS + PAUSE_SECONDS
    return SILENT_SECONDS


def _own_seconds() -> float:
    """What is left to a thread that is in a hurry."""
    return max(0.0, getattr(_own, "deadline", float("inf")) - time.monotonic())
