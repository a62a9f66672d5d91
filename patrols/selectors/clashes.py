"""Who of a schedule or a duty is expected elsewhere at the same time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from partners.models import GroupMember, PartnerGroup
from patrols.models import Attendance, Duty, Schedule
from patrols.models.schedules import DAYS_AHEAD
from territory.scope import unscoped
from territory.times import night_name

MOST_CLASHES = 1000
EVERYWHERE = "people may be expected on a duty of another unit; a clash tells only its name"


@dataclass(frozen=True)
class Clash:
    """A person of a schedule who is expected elsewhere at the same time."""

    person: str
    night: date
    duty: Duty

    def __str__(self) -> str:
        return _("%(person)s is on “%(duty)s” on %(night)s.") % {
            "person": self.person,
            "duty": self.duty.name,
            "night": night_name(self.night),
        }


@dataclass(frozen=True)
class Span:
    """The hours of a night, planned or made, in which its people must not be expected elsewhere."""

    night: date
    starts_at: datetime
    ends_at: datetime


def find_clashes(
    schedule: Schedule,
    *,
    officers: Iterable[User],
    groups: Iterable[PartnerGroup],
    limit: int = 5,
) -> list[Clash]:
    """People of the schedule who are expected elsewhere in one of its nights.

    Elsewhere may be a duty of the schedule itself that it can no longer change, such as one that
    is running. At most three statements, however many nights and people there are.
    """
    now = timezone.now()
    first = schedule.tonight(now)
    own = schedule.duties.all() if schedule.pk else Duty.objects.none()
    changeable = own.filter(night__gte=first, starts_at__gt=now).untouched()
    kept = own.filter(night__gte=first).exclude(pk__in=changeable.values("pk"))
    kept_nights = set(kept.values_list("night", flat=True)) if schedule.pk else set()
    spans = [
        Span(night, *schedule.times(night)[1:])
        for night in schedule.nights(first, first + timedelta(days=DAYS_AHEAD))
        if night not in kept_nights
    ]
    if not spans:
        return []
    people = {*officers, schedule.leader} - {None}
    members = unscoped(GroupMember.objects.active(), "the groups say whose members")
    expected = unscoped(Attendance.objects, EVERYWHERE).filter(
        Q(officer__in=[person for person in people if person and person.is_active])
        | Q(member__in=members.filter(group__in=list(groups)))
    )
    return _clashes(expected.exclude(duty__in=changeable), spans, limit)


def clashes_of(duty: Duty, *, limit: int = 5) -> list[Clash]:
    """People of this duty's roll who are expected on another duty at its time."""
    roll = duty.attendances.filter(expected=True)
    others = (
        unscoped(Attendance.objects, EVERYWHERE)
        .exclude(duty=duty)
        .filter(
            Q(officer__in=roll.filter(officer__isnull=False).values("officer"))
            | Q(member__in=roll.filter(member__isnull=False).values("member"))
        )
    )
    return _clashes(others, [Span(duty.night, duty.starts_at, duty.ends_at)], limit)


def _clashes(others: QuerySet[Attendance], spans: list[Span], limit: int) -> list[Clash]:
    return [
        Clash(other.person_name, span.night, other.duty)
        for other, span in islice(overlaps(others, spans), limit)
    ]


def overlaps(others: QuerySet[Attendance], spans: list[Span]) -> Iterator[tuple[Attendance, Span]]:
    """Rows of `others` that are expected during one of the spans, with that span.

    The spans are in the order of nights. One statement, read in chunks.
    """
    others = (
        others.filter(
            expected=True, during__overlap=(spans[0].starts_at, max(s.ends_at for s in spans))
        )
        .select_related("duty", "officer", "member")
        .order_by("duty__starts_at", "pk")
    )
    for other in others.iterator(chunk_size=200):
        for span in spans:
            if span.starts_at < other.duty.ends_at and other.duty.starts_at < span.ends_at:
                yield other, span


@dataclass(frozen=True)
class ClashLine:
    """The clashes of one person with one other schedule or duty, as one line about the first."""

    first: Clash
    more: int

    @property
    def person(self) -> str:
        return self.first.person

    def __str__(self) -> str:
        if not self.more:
            return str(self.first)
        words = ngettext(
            "%(clash)s So it is on %(n)d other night.",
            "%(clash)s So it is on %(n)d other nights.",
            self.more,
        )
        return words % {"clash": self.first, "n": self.more}


def clash_lines(
    schedule: Schedule, officers: list[User], groups: list[PartnerGroup]
) -> list[ClashLine]:
    """Who of these people is expected elsewhere in the nights of the schedule."""
    found: dict[tuple[str, int | None, str], list[Clash]] = {}
    clashes = find_clashes(schedule, officers=officers, groups=groups, limit=MOST_CLASHES)
    for clash in clashes:
        key = (clash.person, clash.duty.schedule_id, clash.duty.name)
        found.setdefault(key, []).append(clash)
    return [ClashLine(same[0], len(same) - 1) for same in found.values()]
