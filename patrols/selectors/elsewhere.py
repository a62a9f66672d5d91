"""Who of a duty is on another one at the same time, and which duties a person may be moved to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Posting, User
from accounts.roles import Action
from patrols.models import Attendance, Duty
from patrols.rights import may_run
from patrols.selectors.clashes import EVERYWHERE
from patrols.workflow import ATTENDED, AttendanceStatus, DutyState
from territory.scope import rows_below, unscoped
from territory.times import hours
from toolkit.idempotency.sent import Believed

AWAY = (AttendanceStatus.EXCUSED, AttendanceStatus.ABSENT)
# Nobody leaves a duty that has ended, nor one that does not take place.
LEAVABLE = (DutyState.PLANNED, DutyState.RUNNING, DutyState.MISSED)
NIGHTS_TO_MOVE = 7
MOST_DUTIES = 100


@dataclass(frozen=True)
class Elsewhere:
    """A person who is on another duty. `row` is theirs in its roll; None for who only leads it."""

    person: str
    duty: Duty
    row: Attendance | None = None
    leads: bool = False

    def __str__(self) -> str:
        if self.leads:
            return _("%(person)s leads “%(duty)s” (%(night)s, %(hours)s).") % self._words()
        return _("%(person)s is on “%(duty)s” (%(night)s, %(hours)s).") % self._words()

    def without_duty(self) -> str:
        """For whoever may not see the other duty: its unit and hours only."""
        return _("%(person)s is on a duty of %(unit)s (%(night)s, %(hours)s).") % self._words()

    def _words(self) -> dict[str, object]:
        return {
            "person": self.person,
            "duty": self.duty.name,
            "unit": self.duty.unit,
            "night": self.duty.night_name,
            "hours": hours(self.duty.starts_at, self.duty.ends_at, self.duty.unit),
        }


@dataclass(frozen=True)
class Reach:
    """`found` as somebody sees it who starts or runs the duty here.

    `is_visible` says whether the other duty may be opened, `may_move` whether its people may be
    taken off it.
    """

    found: Elsewhere
    is_visible: bool
    may_move: bool

    def __str__(self) -> str:
        return str(self.found) if self.is_visible else self.found.without_duty()


def within_reach(found: list[Elsewhere], by: User) -> list[Reach]:
    """One statement."""
    duties = Duty.objects.visible_to(by).filter(pk__in={one.duty.pk for one in found})
    visible = set(duties.values_list("pk", flat=True))
    return [
        Reach(one, one.duty.pk in visible, one.duty.pk in visible and may_run(by, one.duty))
        for one in found
    ]


def ids_of(row: Attendance) -> tuple[set[int], set[int]]:
    """The officer and the member of a row, as sets of ids of which one is empty."""
    officers = set() if row.officer_id is None else {row.officer_id}
    return officers, set() if row.member_id is None else {row.member_id}


def on_running_duties(
    duty: Duty, officers: Iterable[int], members: Iterable[int], *, late: Believed | None = None
) -> list[Elsewhere]:
    """Who of these people, by their ids, is on or leads a running duty other than `duty`.

    Who is marked as excused or absent there, or has left it, is free. Of a deed that arrives
    `late`, only duties count that had begun when it was done. Two statements.
    """
    officers, members = list(officers), list(members)
    running = unscoped(Duty.objects.running(), EVERYWHERE)
    if late and late.is_late:
        running = running.exclude(started_at__gt=late.at)
    rows = list(
        unscoped(Attendance.objects, EVERYWHERE)
        .filter(Q(officer__in=officers) | Q(member__in=members), duty__in=running)
        .exclude(duty=duty)
        .select_related("duty__unit", "officer", "member__group")
        .order_by("duty__starts_at", "duty_id", "pk")
    )
    led = list(
        running.filter(leader__in=officers)
        .exclude(pk=duty.pk)
        .select_related("unit", "leader")
        .order_by("starts_at", "pk")
    )
    by_person = {(row.duty_id, row.officer_id): row for row in rows}
    found = [
        Elsewhere(str(other.leader and other.leader.titled_name), other, own, leads=True)
        for other in led
        if (own := by_person.get((other.pk, other.leader_id))) is None or not own.left_at
    ]
    leaders = {(other.pk, other.leader_id) for other in led}
    found += [
        Elsewhere(row.person_name, row.duty, row)
        for row in rows
        if (row.duty_id, row.officer_id) not in leaders
        and row.left_at is None
        and (row.status in ATTENDED or (row.expected and not row.status))
    ]
    return found


def people_elsewhere(duty: Duty, *, late: Believed | None = None) -> list[Elsewhere]:
    """Who of those who lead this duty or stand in its roll is on another running one.

    `late` as in `on_running_duties`. Three statements.
    """
    rows = list(
        duty.attendances.filter(left_at=None)
        .exclude(status__in=AWAY)
        .values_list("officer", "member")
    )
    officers = {officer for officer, _member in rows if officer}
    members = {member for _officer, member in rows if member}
    if duty.leader_id:
        officers.add(duty.leader_id)
    return on_running_duties(duty, officers, members, late=late)


def expected_elsewhere(row: Attendance, duty: Duty) -> list[Elsewhere]:
    """Where the person of the row is expected while the duty is planned. One statement."""
    others = (
        unscoped(Attendance.objects, EVERYWHERE)
        .filter(
            Q(officer=row.officer_id, officer__isnull=False)
            | Q(member=row.member_id, member__isnull=False),
            expected=True,
            during__overlap=(duty.starts_at, duty.ends_at),
        )
        .exclude(pk=row.pk)
        .exclude(duty=duty)
        .select_related("duty__unit", "officer", "member__group")
        .order_by("duty__starts_at", "pk")
    )
    return [Elsewhere(other.person_name, other.duty, other) for other in others]


def duties_to_move_to(row: Attendance, by: User) -> list[Duty]:
    """Duties of the same and the next nights that the person of the row may be moved to.

    They are planned or running, run by `by`, and of a unit that the person may be added in. Two
    statements.
    """
    duty = row.duty
    if row.guest_name or row.left_at or duty.state not in LEAVABLE:
        return []
    runs = by.scope.rows(action=Action.RUN)
    near = Q(unit__in=_units_of(row)) | (
        rows_below(row.member.group.unit) if row.member else Q(pk__in=[])
    )
    led = Q(leader=by.pk)
    rows = (
        Duty.objects.visible_to(by)
        .filter(
            near,
            led if runs is None else runs | led,
            Q(night__range=(duty.night - timedelta(days=1), duty.night + timedelta(NIGHTS_TO_MOVE)))
            | Q(state=DutyState.RUNNING),
            state__in=[DutyState.PLANNED, DutyState.RUNNING],
        )
        .exclude(pk=duty.pk)
        .select_related("unit")
        .order_by("night", "starts_at", "pk")
    )
    return list(rows[:MOST_DUTIES])


def _units_of(row: Attendance) -> list[int]:
    """The units whose duties take the person: those of the postings or the group, and above."""
    if row.member:
        return row.member.group.unit.lineage_ids()
    postings = unscoped(Posting.objects.active(), "those of an officer in the roll")
    postings = postings.filter(user=row.officer_id).select_related("unit")
    return [pk for posting in postings for pk in posting.unit.lineage_ids()]
