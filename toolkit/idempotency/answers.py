"""Tells a retry from a new request and from another body under the same UUID."""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db import connection
from django.db.models import QuerySet

from toolkit.idempotency.models import SentOnce, SentOnceOrMade

Row = TypeVar("Row", bound=SentOnce | SentOnceOrMade)


_found_stored = ContextVar("found_stored", default=False)


@contextmanager
def noting_stored() -> Iterator[Callable[[], bool]]:
    """Gives a function that says whether a stored row has been found meanwhile."""
    before = _found_stored.set(False)
    try:
        yield _found_stored.get
    finally:
        _found_stored.reset(before)


class Conflict(Exception):
    """Another body is stored under the same client UUID. `stored` is the row that has it."""

    def __init__(self, stored: SentOnce | SentOnceOrMade) -> None:
        super().__init__(str(stored.client_uuid))
        self.stored = stored


def body_sha256(body: Mapping[str, object]) -> str:
    """Hash of what a person wrote, in hexadecimal. Values that JSON does not know go in as str."""
    return hashlib.sha256(json.dumps(body, default=str, sort_keys=True).encode()).hexdigest()


def stored_answer(
    rows: QuerySet[Row],
    client_uuid: uuid.UUID,
    *sha256: str,
    conflict: type[Conflict] = Conflict,
) -> Row | None:
    """The row of `rows` stored for this request before, or None: then the caller inserts it.

    `sha256`: the hash of the request, and any other hash it may have been stored with.

    Call it inside the transaction that inserts. A request under the same UUID waits here until that
    transaction ends, and then finds its row. Without the wait its INSERT would fail, and PostgreSQL
    writes a failed statement with its values into the server's log.
    """
    lock_until_commit(f"{rows.model._meta.label} {client_uuid}")
    # Usually nothing is stored, and the query of a whole row takes longer.
    if not _is_stored(rows.model._meta.db_table, client_uuid):
        return None
    stored = next(iter(rows.filter(client_uuid=client_uuid).order_by()), None)
    if stored is None:
        return None
    if stored.body_sha256 not in sha256:
        raise conflict(stored)
    note_stored()
    return stored


def _is_stored(table: str, client_uuid: uuid.UUID) -> bool:
    with connection.cursor() as cursor:
        # The table is one of our models', and no word of a request.
        statement = f"SELECT EXISTS (SELECT FROM {table} WHERE client_uuid = %s)"  # noqa: S608
        cursor.execute(statement, [client_uuid])
        return bool(cursor.fetchone()[0])


def note_stored() -> None:
    """For a caller that has found the row without `stored_answer`."""
    _found_stored.set(True)


def lock_until_commit(name: str) -> None:
    """Makes requests that call it with the same name wait for each other.

    Two names with the same hash only make two requests wait that need not.
    """
    digest = hashlib.sha256(name.encode()).digest()
    key = int.from_bytes(digest[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
