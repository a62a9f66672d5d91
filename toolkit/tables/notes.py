"""Who added the rows of a table."""

from collections.abc import Iterable

from django.contrib.admin.models import ADDITION, LogEntry
from django.db.models import Model


def note_added(rows: Iterable[Model], by: int | None) -> None:
    """Writes it into the log of the admin, as its own page does. `by` is the key of a person."""
    found = list(rows)
    if found:
        LogEntry.objects.log_actions(by, found, ADDITION, [{"added": {}}])  # type: ignore[arg-type]
