"""The roll of a duty, and who may be added to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Absence, Posting, User
from partners.models import GroupMember
from patrols.agencies import Agency, Person, by_agency
from patrols.models import Attendance, AttendanceStatus, Duty, Swap
from patrols.rights import has_left
from patrols.selectors.absences import roll_day
from patrols.workflow import ATTENDED, DutyState
from territory.scope import LEVELS, rows_below, unscoped
from toolkit.keys import row_key

CANDIDATES = 100
MISSING = (
    *("duty", "officer__name", "officer__rank", "guest_name", "status"),
    *("member__name", "member__phone", "member__is_active", "member__user"),
    *("member__group__is_active", "member__group__unit"),
    *(f"member__group__{level}" for level in LEVELS),
)
MISSING_OF = ("duty__name", "duty__starts_at", "duty__unit__timezone")
OF_THE_UNIT = "officers of the duty's unit"
OF_THESE_DUTIES = "the duties were reached through their scope; their rolls are counted"


@dataclass(frozen=True)
class Turnout:
    """Of one duty: how many were expected, how many of them came, how many came besides them."""

    expected: int = 0
    came: int = 0
    besides: int = 0


def count_turnout(people: Iterable[tuple[bool, str, int]]) -> Turnout:
    """From (expected, status, how many): the only count of attendance, for board and duty page."""
    expected = came = besides = 0
    for is_expected, status, n in people:
        attended = n if status in ATTENDED else 0
        if is_expected:
            expected, came = expected + n, came + attended
        else:
            besides += attended
    return Turnout(expected, came, besides)


def with_turnout(duties: QuerySet[Duty]) -> QuerySet[Any]:
    """With `kinds`: each kind of person in the roll, with how many there are."""
    # Written in SQL: docs/adr/0029.
    kinds = """
        (SELECT JSONB_AGG(counted) FROM (
            SELECT expected, status, COUNT(*) AS n FROM patrols_attendance
            WHERE duty_id = patrols_duty.id GROUP BY expected, status
        ) AS counted)
    """
    return duties.annotate(kinds=RawSQL(kinds, [], JSONField()))  # noqa: S611 a constant


def turnout_of(duties: Iterable[Any]) -> dict[int, Turnout]:
    """Of duties from `with_turnout`. No statement."""
    return {
        duty.pk: count_turnout(
            (kind["expected"], kind["status"], kind["n"]) for kind in duty.kinds or ()
        )
        for duty in duties
    }


def missing_on(
    duties: Iterable[Duty], turnout: dict[int, Turnout], *, limit: int
) -> list[Attendance]:
    """Who of the running duties is absent, or was passed over by a roll call that somebody else
    came to; at most `limit`, the absent first. One statement, none where nobody is missing."""
    running = {
        duty.pk: duty
        for duty in duties
        if duty.state == DutyState.RUNNING and turnout[duty.pk].came < turnout[duty.pk].expected
    }
    if not running:
        return []
    called = [pk for pk in running if turnout[pk].came]
    # By their keys: to join the duties and their units again took six times as long to plan.
    rows = list(_missing(list(running), Q(duty__in=called)).only(*MISSING)[:limit])
    for row in rows:
        row.duty = running[row.duty_id]
    return rows


def missing_on_any(duties: QuerySet[Duty], *, limit: int) -> list[Attendance]:
    """As `missing_on`, of more duties than are loaded."""
    running = duties.filter(state=DutyState.RUNNING).order_by().values("pk")
    came = unscoped(Attendance.objects.attended(), OF_THESE_DUTIES).filter(expected=True)
    called = Q(Exists(came.filter(duty=OuterRef("duty"))))
    rows = _missing(running, called).select_related("duty__unit").only(*MISSING, *MISSING_OF)
    return list(rows[:limit])


def _missing(running: list[int] | QuerySet[Any, Any], called: Q) -> QuerySet[Attendance]:
    return (
        unscoped(Attendance.objects, OF_THESE_DUTIES)
        .filter(Q(status=AttendanceStatus.ABSENT) | Q(called, status=""))
        .filter(expected=True, duty__in=running)
        .select_related("officer", "member__group")
        .order_by("-status", "duty", "pk")
    )


@dataclass(frozen=True)
class Roll:
    """The roll of one duty, officers before members before guests, and its counts."""

    rows: tuple[Attendance, ...]

    def _with(self, *statuses: str) -> int:
        return sum(row.status in statuses for row in self.rows)

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def turnout(self) -> Turnout:
        return count_turnout((row.expected, row.status, 1) for row in self.rows)

    @property
    def present(self) -> int:
        return self._with(AttendanceStatus.PRESENT)

    @property
    def late(self) -> int:
        return self._with(AttendanceStatus.LATE)

    @property
    def excused(self) -> int:
        return self._with(AttendanceStatus.EXCUSED)

    @property
    def absent(self) -> int:
        return self._with(AttendanceStatus.ABSENT)

    @property
    def replacements(self) -> int:
        return self._with(AttendanceStatus.REPLACEMENT)

    @property
    def unmarked(self) -> int:
        return self._with("")

    @property
    def officers(self) -> list[Attendance]:
        return [row for row in self.rows if row.officer_id]

    @property
    def groups(self) -> dict[str, list[Attendance]]:
        found: dict[str, list[Attendance]] = {}
        for row in self.rows:
            if row.member:
                found.setdefault(row.member.group.name, []).append(row)
        return dict(sorted(found.items()))

    @property
    def guests(self) -> list[Attendance]:
        return [row for row in self.rows if row.guest_name]

    @property
    def agencies(self) -> dict[Agency, int]:
        """How many came of each. Needs the kind of the groups loaded."""
        came = (row for row in self.rows if row.status in ATTENDED)
        return by_agency((person_in(row), 1) for row in came)

    @property
    def by_arrival(self) -> list[Attendance]:
        """Who came, the last first."""
        came = [row for row in self.rows if row.status in ATTENDED]
        return sorted(came, key=lambda row: (row.at, row.pk), reverse=True)

    @property
    def missing(self) -> list[Attendance]:
        """Who is expected and has not come: absent before not marked before excused."""
        order = [AttendanceStatus.ABSENT, "", AttendanceStatus.EXCUSED]
        rows = [row for row in self.rows if row.expected and row.status not in ATTENDED]
        return sorted(rows, key=lambda row: order.index(row.status))

    def attending(self) -> "Roll":
        """Only those who came."""
        return Roll(tuple(row for row in self.rows if row.status in ATTENDED))

    def of(self, user: User) -> Attendance | None:
        return next(
            (row for row in self.rows if row.is_of(user)),
            None,
        )


def person_in(row: Attendance) -> Person:
    if row.member is None:
        return Person(row.officer_id is not None, row.guest_agency)
    return Person(False, row.member.agency, row.member.group.kind.code)


def roll_of(duty: Duty) -> Roll:
    """One statement. Of who stands in for somebody, `stands_in_for` has the name."""
    swaps = unscoped(Swap.objects.confirmed(), OF_THESE_DUTIES)
    person = Coalesce(OuterRef("officer"), OuterRef("member__user"))
    given = swaps.filter(duty=OuterRef("duty"), other=person).values("asker__name")
    taken = swaps.filter(in_return=OuterRef("duty"), asker=person)
    rows = (
        duty.attendances.select_related("officer", "member__group__kind")
        .annotate(
            stands_in_for=Coalesce(
                Subquery(given.order_by("-pk")[:1]),
                Subquery(taken.order_by("-pk").values("other__name")[:1]),
            )
        )
        .order_by("officer__name", "member__name", "pk")
    )
    return Roll(tuple(rows))


def first_arrival(row: Attendance) -> datetime | None:
    """When the person came first, where a later mark says that they did not; read in the history.

    A wrong tap costs nobody the time of arrival. None where nobody has said that they came since
    they were last unmarked.
    """
    if not row.status:
        return None
    first = None
    events: QuerySet[Any] = row.events  # type: ignore[attr-defined]  # made by @history
    for status, at in events.order_by("-pgh_id").values_list("status", "at"):
        if not status:
            break
        if status in ATTENDED:
            first = at
    return first


@dataclass(frozen=True)
class Candidates:
    """People who may be added to a roll. With `has_more` these are the first by name."""

    officers: list[User]
    members: list[GroupMember]
    has_more: bool


def key_of(person: User | GroupMember) -> str:
    """«officer:12» or «member:34»: names a person in a form, as no name can."""
    return f"{'officer' if isinstance(person, User) else 'member'}:{person.pk}"


def person_of(key: str, duty: Duty, by: User) -> User | GroupMember | None:
    """Who may be added to the duty's roll and has this key. For who has left the unit, nobody."""
    kind, _colon, number = key.partition(":")
    pk = row_key(number)
    if pk is None or has_left(by, duty):
        return None
    if kind == "officer":
        return addable_officers(duty).filter(pk=pk).first()
    if kind == "member":
        return addable_members(duty, by).filter(pk=pk).first()
    return None


def addable_officers(duty: Duty) -> QuerySet[User]:
    """Officers posted to the duty's unit on its first day, after that day today. Nobody who will be
    away; who comes all the same may be added when the roll call begins."""
    day = roll_day(duty)
    officers = unscoped(User.objects.posted_in(duty.unit, day), OF_THE_UNIT)
    if not duty.is_ahead(timezone.now()):
        return officers
    away = unscoped(Absence.objects.on(day), OF_THE_UNIT)
    return officers.exclude(pk__in=away.values("user"))


def addable_members(duty: Duty, by: User) -> QuerySet[GroupMember]:
    """Members of active groups the person sees: of the duty's unit, of those above or below it."""
    near = Q(group__unit__in=duty.unit.lineage_ids()) | rows_below(duty.unit, "group__")
    return GroupMember.objects.visible_to(by).serving().filter(near)


def candidates_for(
    duty: Duty, roll: Roll, by: User, name: str = "", *, is_copy: bool = False
) -> Candidates:
    """Two statements: officers of the unit and members of its groups who are not in the roll.

    With `name`, those whose name contains it, or whose NRP or username it is. Who has left the unit
    and still leads this duty is shown none of them, and adds guests by name. A copy that a phone
    keeps names no people of units above or below: there these are added as guests, too.
    """
    if has_left(by, duty):
        return Candidates([], [], has_more=False)
    officers = addable_officers(duty).exclude(
        pk__in=[row.officer_id for row in roll.rows if row.officer_id]
    )
    members = (
        addable_members(duty, by)
        .exclude(pk__in=[row.member_id for row in roll.rows if row.member_id])
        .select_related("group")
    )
    if is_copy:
        posted = unscoped(Posting.objects.active(roll_day(duty)), OF_THE_UNIT)
        # By their keys: who has no unit begins a patrol of a unit that is not stored.
        posted = posted.filter(unit=duty.unit_id)
        officers = officers.filter(pk__in=posted.values("user"))
        members = members.filter(group__unit=duty.unit_id)
    if name:
        officers = officers.filter(Q(name__alike=name) | Q(nrp=name) | Q(username=name))
        members = members.filter(name__alike=name)
    first_officers = list(officers.order_by("name", "pk")[: CANDIDATES + 1])
    first_members = list(members.order_by("name", "pk")[: CANDIDATES + 1])
    return Candidates(
        first_officers[:CANDIDATES],
        first_members[:CANDIDATES],
        has_more=max(len(first_officers), len(first_members)) > CANDIDATES,
    )
