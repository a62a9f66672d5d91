"""Check-ins as stays at a place, from the arrival to the leaving."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from patrols.models import Duty, EntryKind, LogEntry
from patrols.models.entries import LogEntryQuerySet


def check_ins(duty: Duty) -> LogEntryQuerySet:
    """Its check-ins, without those taken back. Each is a stay from `at` to `left_at`."""
    return duty.entries.standing().filter(kind=EntryKind.CHECK_IN)


def end_of_stay(duty: Duty, author: User, at: datetime) -> datetime | None:
    """When the author's stay ended that began at `at`, if the check-in after it, or the end of the
    duty, came first. One that began after the end is over at once."""
    if duty.ended_at and at > duty.ended_at:
        return at
    later = check_ins(duty).filter(author=author, at__gt=at).order_by("at").first()
    ends = (later and later.at, duty.ended_at)
    return min((end for end in ends if end and end >= at), default=None)


def end_stay(
    *, duty: Duty, at: datetime, author: User | None = None, but: LogEntry | None = None
) -> int:
    """Ends the author's stay that went on at `at`, without an author everybody's; not that of the
    check-in `but`. Returns how many."""
    stays = check_ins(duty).filter(Q(left_at=None) | Q(left_at__gt=at), at__lte=at)
    if author is not None:
        stays = stays.filter(author=author)
    if but is not None:
        stays = stays.exclude(pk=but.pk)
    return stays.update(left_at=at)
