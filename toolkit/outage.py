"""What tells that the database is away, and keeps the log short as long as it is."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError

AWAY = (OperationalError, InterfaceError)
V = TypeVar("V", bound=Callable[..., Any])
# Each process of a server writes so often; five processes write one line a second together.
SECONDS_BETWEEN_LINES = 5


def is_database_away(error: BaseException | None) -> bool:
    """Whether the database did not answer: it is away, has no connection left, or had to give up.

    Also where another error came of it: a session that cannot be stored is reported as a bad
    request, the rollback of a lost transaction as an error of its own.
    """
    met: list[BaseException] = []
    while error is not None and error not in met:
        if isinstance(error, AWAY):
            return True
        met.append(error)
        error = error.__cause__ or error.__context__
    return False


def without_database(view: V) -> V:
    """Marks a page that answers while the database is away, and then stores nothing."""
    view.does_without_database = True  # type: ignore[attr-defined]
    return view


def does_without_database(view: Callable[..., Any]) -> bool:
    return getattr(view, "does_without_database", False)


class ShortOutage(logging.Filter):
    """Makes one line, from time to time, of all that an outage writes: each request would write
    the same traceback, 50 kB of it."""

    def __init__(self) -> None:
        super().__init__()
        self.next_line = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not is_database_away(error) and getattr(record, "status_code", None) != 503:
            return True
        now = time.monotonic()
        if now < self.next_line:
            return False
        self.next_line = now + SECONDS_BETWEEN_LINES
        kind = type(error).__name__ if error else "503"
        record.msg, record.args = "The database does not answer: %s", (kind,)
        record.exc_info = record.exc_text = record.stack_info = None
        return True
