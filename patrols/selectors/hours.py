"""The hours that people have served: of one person in a month, and of a unit by agency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Greatest, Least, TruncMinute

from accounts.models import User
from accounts.roles import Action
from partners.models import GroupMember
from patrols.agencies import Agency, Person, agency_of
from patrols.models import Attendance, AttendanceStatus, Duty, EntryKind, LogEntry
from patrols.workflow import ATTENDED, DutyState
from territory.models import Unit
from territory.scope import unscoped
from toolkit.keys import row_key

HELD = (DutyState.RUNNING, DutyState.ENDED)
MOST_PEOPLE = 100
FORGOTTEN = timedelta(hours=2)
OF_THE_DUTIES = "the duties were reached through their scope; who came to them is counted"


def _began() -> TruncMinute:
    """Whom the roll call found present has served from the start, whenever it was called; who came
    late, was added, came from another duty, or signed in, by the code or as a volunteer without
    it, from that time on."""
    called = Q(expected=True, status=AttendanceStatus.PRESENT, by_code=False)
    from_start = called & ~Q(member__user=F("marked_by"))
    came = Case(When(from_start, then=F("duty__started_at")), default=F("at"))
    return _minute(Greatest(F("duty__started_at"), came))


def _until() -> TruncMinute:
    """The end of the duty, or the earlier leaving. An end that was noted long after the planned one
    was forgotten: the planned end counts, or what was written last, if that came later."""
    written = unscoped(LogEntry.objects.standing(), OF_THE_DUTIES).filter(duty=OuterRef("duty"))
    written = written.exclude(kind=EntryKind.END)
    last = Greatest(F("duty__ends_at"), Subquery(written.order_by("-at").values("at")[:1]))
    forgotten = Q(duty__ended_at__gt=F("duty__ends_at") + FORGOTTEN)
    ended = Case(When(forgotten, then=last), default=F("duty__ended_at"))
    # PostgreSQL leaves out what is empty.
    return _minute(Least(ended, F("left_at")))


def _minute(moment: Greatest | Least) -> TruncMinute:
    """As the clock is printed, so that a letter adds up to its total."""
    return TruncMinute(moment, output_field=DateTimeField(), tzinfo=UTC)


def served() -> Case:
    """How long the person of a row has served; nothing before the duty has ended."""
    length = ExpressionWrapper(_until() - _began(), output_field=DurationField())
    counts = When(
        duty__state=DutyState.ENDED,
        status__in=ATTENDED,
        then=Greatest(length, Value(timedelta(), output_field=DurationField())),
    )
    return Case(counts, default=Value(timedelta(), output_field=DurationField()))


def first_of_month(month: date) -> date:
    return month.replace(day=1)


def month_after(month: date) -> date:
    return first_of_month(first_of_month(month) + timedelta(days=31))


def month_before(month: date) -> date:
    return first_of_month(first_of_month(month) - timedelta(days=1))


def _held(duties: QuerySet[Duty], month: date) -> QuerySet[Duty]:
    nights = {"night__gte": first_of_month(month), "night__lt": month_after(month)}
    return duties.filter(state__in=HELD, **nights)


@dataclass(frozen=True)
class Hours:
    """A person's rows of a month, the oldest first: each with `began`, `until` and `served`."""

    rows: list[Any]

    @property
    def ended(self) -> list[Any]:
        return [row for row in self.rows if row.duty.state == DutyState.ENDED]

    @property
    def total(self) -> timedelta:
        return sum((row.served for row in self.rows), timedelta())

    @property
    def units(self) -> list[Unit]:
        """Where the person has served on duties that have ended."""
        return list(dict.fromkeys(row.duty.unit for row in self.ended))

    def at(self, unit: Unit) -> "Hours":
        return Hours([row for row in self.ended if row.duty.unit_id == unit.pk])


def hours_of(rows: QuerySet[Attendance], month: date) -> Hours:
    """Of the rows of one person: the duties of the month's nights the person came to. One
    statement."""
    held = _held(unscoped(Duty.objects, OF_THE_DUTIES), month)
    came = rows.filter(duty__in=held, status__in=ATTENDED)
    found = came.annotate(served=served(), began=_began(), until=_until())
    return Hours(list(found.select_related("duty__unit").order_by("duty__starts_at", "pk")))


def own_rows(user: User) -> QuerySet[Attendance]:
    """The person's own, also of a unit or a group that the person has left: they were served."""
    own = Q(officer=user.pk) | Q(member__user=user.pk)
    return unscoped(Attendance.objects, "the person's own").filter(own)


@dataclass(frozen=True)
class Served:
    """Whose hours a page shows. `key` is that of `selectors.roll.key_of`."""

    key: str
    person: User | GroupMember

    @property
    def name(self) -> str:
        is_officer = isinstance(self.person, User)
        return self.person.titled_name if is_officer else self.person.name  # type: ignore[union-attr]

    @property
    def group(self) -> str:
        return "" if isinstance(self.person, User) else self.person.group.name


def person_rows(
    key: str, by: User, action: Action = Action.REVIEW
) -> tuple[Served, QuerySet[Attendance]] | None:
    """The person of a key, with their rows of duties that `by` commands, or may do the `action`
    on; None where there are none of them."""
    kind, _colon, number = key.partition(":")
    pk = row_key(number)
    condition = by.scope.rows("duty__", action=action)
    if pk is None or kind not in ("officer", "member") or condition is None:
        return None
    rows = unscoped(Attendance.objects, "those of duties that the person commands")
    rows = rows.filter(condition, **{kind: pk})
    row = rows.select_related("officer", "member__group").first()
    person = (row.officer or row.member) if row else None
    return None if person is None else (Served(key, person), rows)


@dataclass(frozen=True)
class AgencyLine:
    """`times` counts each person on each duty, `people` each once."""

    agency: Agency
    people: int
    times: int
    hours: timedelta


def hours_by_agency(duties: QuerySet[Duty], month: date) -> list[AgencyLine]:
    """Of those who came to these duties in the month, also guests. One statement."""
    kind = "member__group__kind__code"
    rows = (
        unscoped(Attendance.objects.attended(), OF_THE_DUTIES)
        .filter(duty__in=_held(duties, month))
        .order_by()
        .values("member__agency", "guest_agency", kind, is_officer=Q(officer__isnull=False))
        .annotate(
            times=Count("pk"),
            hours=Sum(served()),
            officers=Count("officer", distinct=True),
            members=Count("member", distinct=True),
            guests=Count("guest_name", distinct=True, filter=~Q(guest_name="")),
        )
    )
    lines: dict[Agency, AgencyLine] = {}
    for row in rows:
        typed = row["member__agency"] or row["guest_agency"] or ""
        agency = agency_of(Person(row["is_officer"], typed, row[kind]))
        old = lines.get(agency) or AgencyLine(agency, 0, 0, timedelta())
        lines[agency] = AgencyLine(
            agency,
            old.people + row["officers"] + row["members"] + row["guests"],
            old.times + row["times"],
            old.hours + (row["hours"] or timedelta()),
        )
    return [lines[agency] for agency in Agency if agency in lines]


def people_of_month(
    duties: QuerySet[Duty], month: date, name: str = ""
) -> tuple[list[Served], bool]:
    """Who came to these duties, by name, and whether there are more than MOST_PEOPLE. Nobody is
    ranked. Two statements."""
    came = unscoped(Attendance.objects.attended(), OF_THE_DUTIES)
    came = came.filter(duty__in=_held(duties, month))
    officers = unscoped(User.objects, OF_THE_DUTIES).filter(pk__in=came.values("officer"))
    members = unscoped(GroupMember.objects, OF_THE_DUTIES).filter(pk__in=came.values("member"))
    if name:
        officers = officers.filter(Q(name__alike=name) | Q(nrp=name))
        members = members.filter(name__alike=name)
    found = [
        *_served("officer", officers.order_by("name", "pk")[: MOST_PEOPLE + 1]),
        *_served(
            "member", members.select_related("group").order_by("name", "pk")[: MOST_PEOPLE + 1]
        ),
    ]
    found.sort(key=lambda one: (one.person.name.casefold(), one.key))
    return found[:MOST_PEOPLE], len(found) > MOST_PEOPLE


def _served(kind: str, people: Iterable[User | GroupMember]) -> list[Served]:
    return [Served(f"{kind}:{person.pk}", person) for person in people]
