"""The roll of a duty, and who may be added to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from partners.models import GroupMember
from patrols.models import Attendance, AttendanceStatus, Duty
from patrols.workflow import ATTENDED
from territory.scope import rows_below, unscoped

CANDIDATES = 400
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


def turnout_of(duties: Iterable[Duty]) -> dict[int, Turnout]:
    """One statement; a duty without anybody in its roll is missing from the answer."""
    rows = (
        unscoped(Attendance.objects, OF_THESE_DUTIES)
        .filter(duty__in=[duty.pk for duty in duties])
        .order_by()
        .values_list("duty", "expected", "status")
        .annotate(n=Count("pk"))
    )
    people: dict[int, list[tuple[bool, str, int]]] = {}
    for duty_id, *counted in rows:
        people.setdefault(duty_id, []).append((counted[0], counted[1], counted[2]))
    return {duty_id: count_turnout(counts) for duty_id, counts in people.items()}


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

    def attending(self) -> "Roll":
        """Only those who came."""
        return Roll(tuple(row for row in self.rows if row.status in ATTENDED))

    def of(self, user: User) -> Attendance | None:
        return next(
            (row for row in self.rows if row.is_of(user)),
            None,
        )


def roll_of(duty: Duty) -> Roll:
    """One statement."""
    rows = duty.attendances.select_related("officer", "member__group").order_by(
        "officer__name", "member__name", "pk"
    )
    return Roll(tuple(rows))


@dataclass(frozen=True)
class Candidates:
    """People who may be added to a roll, by the words they are picked with."""

    officers: dict[str, User]
    members: dict[str, GroupMember]

    def words(self) -> Iterator[str]:
        yield from self.officers
        yield from self.members

    def find(self, typed: str) -> User | GroupMember | None:
        """Whom the words name: all of them, or so much that only one person fits."""
        people: dict[str, User | GroupMember] = {**self.officers, **self.members}
        if typed in people:
            return people[typed]
        wanted = typed.casefold()
        fits = [person for words, person in people.items() if wanted in words.casefold()]
        return fits[0] if len(fits) == 1 else None


def addable_members(duty: Duty, by: User) -> QuerySet[GroupMember]:
    """Members of active groups the person sees: of the duty's unit, of those above or below it."""
    near = Q(group__unit__in=duty.unit.lineage_ids()) | rows_below(duty.unit, "group__")
    return GroupMember.objects.visible_to(by).active().filter(near, group__is_active=True)


def candidates_for(duty: Duty, roll: Roll, by: User, typed: str = "") -> Candidates:
    """Two statements: officers of the unit and members of its groups who are not in the roll.

    Of a large unit these are the first by name; `typed` finds the others.
    """
    officers = unscoped(User.objects.posted_in(duty.unit), "officers of the duty's unit").exclude(
        pk__in=[row.officer_id for row in roll.rows if row.officer_id]
    )
    members = (
        addable_members(duty, by)
        .exclude(pk__in=[row.member_id for row in roll.rows if row.member_id])
        .select_related("group")
    )
    if typed:
        name, _separator, handle = typed.partition(" · ")
        officers = officers.filter(Q(name__icontains=name) | Q(nrp=handle) | Q(username=handle))
        members = members.filter(name__icontains=name)
    found = Candidates({}, {})
    for officer in officers.order_by("name", "pk")[:CANDIDATES]:
        found.officers[f"{officer.titled_name} · {officer.nrp or officer.username}"] = officer
    for member in members.order_by("name", "pk")[:CANDIDATES]:
        words = f"{member.name} · {member.group.name}"
        # Two of one name in one group: their numbers tell them apart.
        found.members[f"{words} · {member.pk}" if words in found.members else words] = member
    return found
