"""Late notes, as the pages of commanders and of their authors show them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import User
from patrols.models import Duty, LateNote
from patrols.rights import may_read_notes
from territory.models import Unit
from territory.scope import rows_below

NEWEST_FIRST = ("-received_at", "-id")
# A page of a duty shows so many of its notes; the list of notes has all.
MOST_OF_A_DUTY = 50


def as_shown(rows: QuerySet[LateNote]) -> QuerySet[LateNote]:
    """With what each row names. Two statements: photos are prefetched."""
    return rows.select_related("duty", "unit", "author", "read_by").prefetch_related("photos")


def late_notes_of(duty: Duty, user: User) -> list[LateNote]:
    """Those of the duty that the person may read, by the time they were written."""
    rows = LateNote.objects.visible_to(user).filter(duty=duty)
    return list(as_shown(rows).order_by("at", "pk")[:MOST_OF_A_DUTY])


def unread_late_notes(user: User, unit: Unit | None) -> QuerySet[LateNote]:
    """Of the units that the person heads, below `unit`."""
    return LateNote.objects.of_head(user).filter(rows_below(unit)).unread()


def markable(notes: Iterable[LateNote], user: User) -> set[int]:
    """The keys of those that the person may mark as read. No query."""
    return {note.pk for note in notes if note.read_at is None and may_read_notes(user, note)}
