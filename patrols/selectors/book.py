"""The buku mutasi of a post: all its nights, with what the person may read of each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from accounts.models import User
from patrols.models import Duty, GuardPost, ItemCheck, LogEntry, PostFault, PostHandover
from patrols.models.posts import DAWN
from patrols.models.schedules import night_of
from patrols.selectors.posts import OF_THE_POST
from patrols.selectors.roll import Turnout, turnout_of
from territory.models import Unit
from territory.scope import unscoped
from toolkit.paging import KeysetPage

# A night of the filter outside them bounds nothing, and the day after it may be none.
YEARS = range(2000, 2100)
MOST_ENTRIES = 1000
MOST_NOTES = 200


@dataclass(frozen=True)
class BookDuty:
    """One duty of a night at the post. `handover` is what it handed over to the next."""

    duty: Duty
    turnout: Turnout
    entries: list[LogEntry]
    handover: PostHandover | None


@dataclass(frozen=True)
class BookNight:
    """A night of the book: its duties by the hour, faults that were reported or mended, and looks
    at equipment between handovers."""

    night: date
    duties: list[BookDuty] = field(default_factory=list)
    reported: list[PostFault] = field(default_factory=list)
    mended: list[PostFault] = field(default_factory=list)
    looks: list[ItemCheck] = field(default_factory=list)


@dataclass(frozen=True)
class Book:
    """The newest night first. With `left_out` a page has more entries than it shows."""

    nights: list[BookNight]
    left_out: bool


def book_of(
    post: GuardPost,
    user: User,
    page: KeysetPage[Any],
    *,
    first: date | None = None,
    last: date | None = None,
) -> Book:
    """The nights of a page of duties from `with_turnout`, and the nights between them and up to
    `first` and `last` on which only a fault or a look was noted. Six statements.

    Entries and handovers are those that the person may read.
    """
    duties: list[Any] = page.rows
    turnout, found = turnout_of(duties), [duty.pk for duty in duties]
    visible = LogEntry.objects.visible_to(user).filter(duty__in=found)
    entries = list(
        visible.select_related("author", "checkpoint", "finding")
        .prefetch_related("photos")
        .order_by("at", "pk")[: MOST_ENTRIES + 1]
    )
    given = PostHandover.objects.visible_to(user).standing().filter(duty__in=found)
    handovers = {row.duty_id: row for row in given}
    nights: dict[date, BookNight] = {}

    def night(day: date) -> BookNight:
        return nights.setdefault(day, BookNight(day))

    for duty in sorted(duties, key=lambda duty: (duty.starts_at, duty.pk)):
        own = [entry for entry in entries[:MOST_ENTRIES] if entry.duty_id == duty.pk]
        handover = handovers.get(duty.pk)
        night(duty.night).duties.append(BookDuty(duty, turnout[duty.pk], own, handover))
    for fault in _faults(post, page, first, last):
        if _is_within(fault.reported_at, post.unit, page, first, last):
            night(_night(fault.reported_at, post.unit)).reported.append(fault)
        if fault.mended_at and _is_within(fault.mended_at, post.unit, page, first, last):
            night(_night(fault.mended_at, post.unit)).mended.append(fault)
    for look in _looks(post, page, first, last):
        night(_night(look.at, post.unit)).looks.append(look)
    newest_first = [nights[day] for day in sorted(nights, reverse=True)]
    return Book(newest_first, left_out=len(entries) > MOST_ENTRIES)


def _night(moment: datetime, unit: Unit) -> date:
    return night_of(moment.astimezone(unit.zone))


def _bounds(
    unit: Unit, page: KeysetPage[Any], first: date | None, last: date | None
) -> tuple[datetime | None, datetime | None]:
    """From when to before when the nights of a page last; None where it is open."""
    first, last = (day if day and day.year in YEARS else None for day in (first, last))
    nights = [duty.night for duty in page.rows]
    first = max(filter(None, (first, min(nights) if page.older else None)), default=None)
    last = min(filter(None, (last, max(nights) if page.newer else None)), default=None)
    dawn = time(DAWN.hour, tzinfo=unit.zone)
    return (
        datetime.combine(first, dawn) if first else None,
        datetime.combine(last + timedelta(days=1), dawn) if last else None,
    )


def _is_within(
    moment: datetime, unit: Unit, page: KeysetPage[Any], first: date | None, last: date | None
) -> bool:
    since, until = _bounds(unit, page, first, last)
    return not ((since and moment < since) or (until and moment >= until))


def _between(column: str, since: datetime | None, until: datetime | None) -> Q:
    condition = Q(**{f"{column}__isnull": False})
    if since:
        condition &= Q(**{f"{column}__gte": since})
    return condition & Q(**{f"{column}__lt": until}) if until else condition


def _faults(
    post: GuardPost, page: KeysetPage[Any], first: date | None, last: date | None
) -> Iterable[PostFault]:
    bounds = _bounds(post.unit, page, first, last)
    rows = unscoped(PostFault.objects, OF_THE_POST).filter(post=post)
    rows = rows.filter(_between("reported_at", *bounds) | _between("mended_at", *bounds))
    named = rows.select_related("reported_by", "mended_by")
    return named.order_by("-reported_at", "-pk")[:MOST_NOTES]


def _looks(
    post: GuardPost, page: KeysetPage[Any], first: date | None, last: date | None
) -> Iterable[ItemCheck]:
    rows = unscoped(ItemCheck.objects.by_hand(), OF_THE_POST).filter(item__post=post)
    rows = rows.filter(_between("at", *_bounds(post.unit, page, first, last)))
    return rows.select_related("by").order_by("-at", "-pk")[:MOST_NOTES]
