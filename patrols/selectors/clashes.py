"""Who of a schedule or a duty is expected elsewhere at the same time."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
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
from patrols.selectors.absences import absences_of
from patrols.selectors.teams import Person, teams_of_one
from territory.scope import unscoped
from territory.times import hours, night_or_day

MOST_CLASHES = 1000
EVERYWHERE = "people may be expected on a duty of another unit; a clash tells only its hours"


@dataclass(frozen=True)
class Span:
    """The hours of a night, planned or made, in which its people must not be expected elsewhere."""

    night: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Clash:
    """Somebody who is expected on another duty at the time of this one.

    `span` is the time of this one and `duty` the other. Who may not see the other learns only its
    unit and its hours: `as_seen_by` sets `is_visible`.
    """

    person: str
    key: Person
    span: Span
    duty: Duty
    is_visible: bool = True

    @property
    def night(self) -> date:
        return self.span.night

    @property
    def hours_here(self) -> str:
        return hours(self.span.starts_at, self.span.ends_at, self.duty.unit)

    @property
    def hours_there(self) -> str:
        return hours(self.duty.starts_at, self.duty.ends_at, self.duty.unit)

    def __str__(self) -> str:
        words = {
            "person": self.person,
            "duty": self.duty.name,
            "unit": self.duty.unit,
            "night": night_or_day(
                self.night, self.span.starts_at, self.span.ends_at, self.duty.unit
            ),
            "here": self.hours_here,
            "there": self.hours_there,
        }
        if not self.is_visible:
            return (
                _("%(person)s: on a duty of %(unit)s, %(there)s. Here: %(night)s, %(here)s.")
                % words
            )
        return _("%(person)s: on “%(duty)s”, %(there)s. Here: %(night)s, %(here)s.") % words


def as_seen_by(clashes: Iterable[Clash], by: User) -> list[Clash]:
    """The clashes, with what `by` may know of the other duties. One statement."""
    clashes = list(clashes)
    ids = {clash.duty.pk for clash in clashes}
    visible = set(Duty.objects.visible_to(by).filter(pk__in=ids).values_list("pk", flat=True))
    return [replace(clash, is_visible=clash.duty.pk in visible) for clash in clashes]


def find_clashes(
    schedule: Schedule,
    *,
    officers: Iterable[User],
    groups: Iterable[PartnerGroup],
    leave_out: Collection[Person] = (),
    limit: int = 5,
) -> list[Clash]:
    """People of the schedule, but for `leave_out`, who are expected elsewhere in its nights.

    Elsewhere may be a duty of the schedule itself that it can no longer change, such as one that
    is running. Officers do not count on nights on which they do not serve at the unit, and teams
    only in their turn. At most three statements, however many nights and people there are; with
    teams one more.
    """
    now = timezone.now()
    first = schedule.tonight(now)
    own = schedule.duties.all() if schedule.pk else Duty.objects.none()
    changeable = own.filter(night__gte=first, starts_at__gt=now).untouched()
    kept = own.filter(night__gte=first).exclude(pk__in=changeable.values("pk"))
    kept_nights = set(kept.values_list("night", flat=True)) if schedule.pk else set()
    nights = schedule.nights(first, first + timedelta(days=DAYS_AHEAD))
    planned = [Span(night, *schedule.times(night)[1:]) for night in nights]
    # Of tonight, no duty is made once its end has passed.
    spans = [span for span in planned if span.ends_at > now and span.night not in kept_nights]
    if not spans:
        return []
    people = {*officers, schedule.leader} - {None}
    teams = teams_of_one(schedule)
    groups = list(groups)
    members = unscoped(GroupMember.objects.serving(), "the groups say whose members")
    expected = (
        unscoped(Attendance.objects, EVERYWHERE)
        .filter(
            Q(officer__in=[person for person in people if person and person.is_active])
            | Q(officer__in=teams.officers, officer__is_active=True)
            | Q(member__in=members.filter(group__in=groups))
            | Q(member__in=[member for _officer, member in teams.people if member])
        )
        .exclude(officer__in=[officer for officer, _member in leave_out if officer])
        .exclude(member__in=[member for _officer, member in leave_out if member])
    )
    nights_of = [span.night for span in spans]
    own_ids = {p.pk for p in people if p}
    absences = absences_of(schedule, own_ids | teams.officers, nights_of)
    group_ids = {group.pk for group in groups}
    off = {night: teams.off(night, ((pk, None) for pk in own_ids)) for night in nights_of}

    def counts(other: Attendance, night: date) -> bool:
        if other.member and other.member.group_id in group_ids:
            return True
        is_off = (other.officer_id, other.member_id) in off[night]
        return not is_off and other.officer_id not in absences.of(night)

    found = overlaps(expected.exclude(duty__in=changeable), spans)
    return _clashes(((other, span) for other, span in found if counts(other, span.night)), limit)


def left_out_before(schedule: Schedule) -> set[Person]:
    """People of the stored schedule whom some coming duty of it does without already, because a
    planner has accepted that they are elsewhere. Three statements, with teams one more."""
    duties = schedule.duties.filter(starts_at__gt=timezone.now()).untouched()
    rolls: dict[date, set[Person]] = {}
    rows = duties.values_list("night", "attendances__officer", "attendances__member")
    for night, officer_id, member_id in rows:
        rolls.setdefault(night, set()).add((officer_id, member_id))
    officers = {*schedule.officers.values_list("pk", flat=True), schedule.leader_id} - {None}
    members = unscoped(GroupMember.objects.serving(), "the groups say whose members")
    people: set[Person] = {(pk, None) for pk in officers}
    people |= {
        (None, pk) for pk in members.filter(group__schedules=schedule).values_list("pk", flat=True)
    }
    teams = teams_of_one(schedule)
    off = {night: teams.off(night, people) for night in rolls}
    return {
        person
        for person in people | teams.people
        if any(person not in roll | off[night] for night, roll in rolls.items())
    }


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
    return _clashes(overlaps(others, [Span(duty.night, duty.starts_at, duty.ends_at)]), limit)


def _clashes(found: Iterable[tuple[Attendance, Span]], limit: int) -> list[Clash]:
    return [clash_of(other, span) for other, span in islice(found, limit)]


def clash_of(other: Attendance, span: Span) -> Clash:
    return Clash(other.person_name, (other.officer_id, other.member_id), span, other.duty)


def overlaps(others: QuerySet[Attendance], spans: list[Span]) -> Iterator[tuple[Attendance, Span]]:
    """Rows of `others` that are expected during one of the spans, with that span.

    The spans are in the order of nights. One statement, read in chunks.
    """
    others = (
        others.filter(
            expected=True, during__overlap=(spans[0].starts_at, max(s.ends_at for s in spans))
        )
        .select_related("duty__unit", "officer", "member")
        .order_by("duty__starts_at", "pk")
    )
    for other in others.iterator(chunk_size=200):
        for span in spans:
            if span.starts_at < other.duty.ends_at and other.duty.starts_at < span.ends_at:
                yield other, span


@dataclass(frozen=True)
class ClashLine:
    """The people who are on one other schedule or duty, each with their first clash.

    They clash in the same nights; `more` of them come after the first.
    """

    clashes: list[Clash]
    more: int

    @property
    def first(self) -> Clash:
        return self.clashes[0]

    @property
    def people(self) -> set[Person]:
        return {clash.key for clash in self.clashes}

    def only(self, people: Collection[Person]) -> "ClashLine | None":
        """The line for those of its people who are among these."""
        found = [clash for clash in self.clashes if clash.key in people]
        return replace(self, clashes=found) if found else None

    def __str__(self) -> str:
        clash = replace(
            self.first, person=", ".join(sorted(clash.person for clash in self.clashes))
        )
        if not self.more:
            return str(clash)
        words = ngettext(
            "%(clash)s So it is on %(n)d other night.",
            "%(clash)s So it is on %(n)d other nights.",
            self.more,
        )
        return words % {"clash": clash, "n": self.more}


def clash_lines(
    schedule: Schedule,
    officers: list[User],
    groups: list[PartnerGroup],
    *,
    by: User,
) -> list[ClashLine]:
    """Who of these people is expected elsewhere in the nights of the schedule, as `by` sees it."""
    found: dict[tuple[Person, int | None, str], list[Clash]] = {}
    clashes = find_clashes(schedule, officers=officers, groups=groups, limit=MOST_CLASHES)
    for clash in as_seen_by(clashes, by):
        key = (clash.key, clash.duty.schedule_id, clash.duty.name)
        found.setdefault(key, []).append(clash)
    lines: dict[tuple[int, date, int], list[Clash]] = {}
    for same in found.values():
        lines.setdefault((same[0].duty.pk, same[0].night, len(same)), []).append(same[0])
    return [ClashLine(together, nights - 1) for (_duty, _night, nights), together in lines.items()]
