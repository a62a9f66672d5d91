"""What the pages of a night read: each function is a known number of SQL statements."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum

from accounts.models import User
from accounts.roles import Action
from partners.models import GroupMember
from patrols.models import (
    Attendance,
    AttendanceStatus,
    Checkpoint,
    Duty,
    EntryKind,
    EntryPhoto,
    GuardPost,
    LogEntry,
    Route,
    ShareTemplate,
)
from patrols.models.duties import ATTENDED, night_of
from patrols.models.entries import WRITTEN_KINDS
from patrols.workflow import DutyState, ReviewState
from territory.models import Unit
from territory.scope import rows_below

NIGHTS_AHEAD = 14
CANDIDATES = 400


@dataclass
class MyNights:
    """A person's rows of roll, sorted into what the page shows; each row has its `duty`."""

    unfinished: list[Attendance] = field(default_factory=list)
    tonight: list[Attendance] = field(default_factory=list)
    last_night: list[Attendance] = field(default_factory=list)
    coming: dict[date, list[Attendance]] = field(default_factory=dict)

    @property
    def current(self) -> list[Attendance]:
        """What may be worked on now."""
        return [*self.unfinished, *self.tonight]


def my_nights(user: User, *, now: datetime) -> MyNights:
    """One statement. Tonight is that of each duty's own time zone."""
    people = Attendance.objects.filter(duty=OuterRef("duty")).order_by().values("duty")
    points = Checkpoint.objects.current().filter(route=OuterRef("duty__route"))
    today = now.date()
    rows = (
        Attendance.objects.of(user)
        .filter(
            Q(
                duty__night__range=(
                    today - timedelta(days=3),
                    today + timedelta(days=NIGHTS_AHEAD + 1),
                )
            )
            | Q(duty__state=DutyState.RUNNING)
            | Q(duty__review=ReviewState.RETURNED)
        )
        .select_related("duty__unit", "duty__route", "duty__post", "duty__leader")
        .annotate(
            people=Subquery(
                people.annotate(n=Count("pk")).values("n"), output_field=IntegerField()
            ),
            points=Subquery(
                points.order_by().values("route").annotate(n=Count("pk")).values("n"),
                output_field=IntegerField(),
            ),
        )
        .order_by("duty__starts_at", "duty_id")
    )
    nights = MyNights()
    for row in rows:
        _sort_in(nights, row, now)
    return nights


def _sort_in(nights: MyNights, row: Attendance, now: datetime) -> None:
    duty = row.duty
    tonight = night_of(now.astimezone(duty.unit.zone))
    if duty.night == tonight:
        nights.tonight.append(row)
    elif duty.night > tonight:
        if duty.night <= tonight + timedelta(days=NIGHTS_AHEAD):
            nights.coming.setdefault(duty.night, []).append(row)
    elif duty.state == DutyState.RUNNING or duty.review == ReviewState.RETURNED:
        nights.unfinished.append(row)
    elif duty.night == tonight - timedelta(days=1):
        nights.last_night.append(row)


def units_run_by(user: User) -> QuerySet[Unit]:
    """Units in which the person may begin a patrol: those of the postings, not all below."""
    ids = {grant.unit_id for grant in user.scope.grants if Action.RUN in grant.actions}
    if user.unit_id:
        ids.add(user.unit_id)
    condition = user.scope.rows(action=Action.RUN)
    if condition is None:
        return Unit.objects.none()
    return Unit.objects.filter(condition, pk__in=ids).order_by("name")


def routes_run_by(user: User) -> QuerySet[Route]:
    return Route.objects.in_scope(user).current().filter(unit__in=units_run_by(user))


def posts_run_by(user: User) -> QuerySet[GuardPost]:
    return GuardPost.objects.in_scope(user).current().filter(unit__in=units_run_by(user))


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
    def attended(self) -> int:
        return self._with(*ATTENDED)

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
    rows = (
        Attendance.objects.filter(duty=duty)
        .select_related("officer", "member__group")
        .order_by("officer__name", "member__name", "pk")
    )
    return Roll(tuple(rows))


@dataclass(frozen=True)
class Stop:
    """A checkpoint of the duty's route with the visits of this duty; `number` counts from 1."""

    number: int
    checkpoint: Checkpoint
    visits: int
    last_at: datetime | None


@dataclass(frozen=True)
class Round:
    """Where a patrol is on its route. `current` is the stay that has not ended, if any."""

    stops: tuple[Stop, ...]
    next: Stop | None
    current: LogEntry | None
    seen_before: datetime | None

    @property
    def last_seen(self) -> datetime | None:
        """When the next checkpoint was visited last, by this duty or an earlier one."""
        return (self.next.last_at if self.next else None) or self.seen_before

    @property
    def visited(self) -> int:
        return sum(bool(stop.visits) for stop in self.stops)


def round_of(duty: Duty) -> Round:
    """Three statements at most: the route's checkpoints, this duty's visits, the last before."""
    points = (
        list(Checkpoint.objects.current().filter(route=duty.route_id).order_by("order", "pk"))
        if duty.route_id
        else []
    )
    visits = list(
        LogEntry.objects.standing()
        .filter(duty=duty, kind=EntryKind.CHECK_IN)
        .select_related("checkpoint")
        .order_by("-at", "-pk")[:1000]
    )
    times = Counter(visit.checkpoint_id for visit in visits)
    last = {visit.checkpoint_id: visit.at for visit in reversed(visits)}
    stops = tuple(
        Stop(number, point, times[point.pk], last.get(point.pk))
        for number, point in enumerate(points, start=1)
    )
    following = min(stops, key=lambda stop: (stop.visits, stop.number), default=None)
    before = None
    if following and not following.visits:
        before = (
            LogEntry.objects.standing()
            .filter(checkpoint=following.checkpoint)
            .order_by("-at")
            .values_list("at", flat=True)
            .first()
        )
    current = visits[0] if visits and visits[0].left_at is None else None
    return Round(stops, following, current, before)


def log_of(duty: Duty) -> QuerySet[LogEntry]:
    """The log, to be ordered and cut by the caller; photos come in a second statement."""
    return (
        LogEntry.objects.filter(duty=duty)
        .select_related("author", "checkpoint", "finding")
        .prefetch_related("photos")
    )


@dataclass(frozen=True)
class Tally:
    """What stands in a log, counted: entries by kind, people met, photos."""

    by_kind: dict[str, int]
    people: int
    photos: int
    checkpoints: int

    @property
    def written(self) -> list[tuple[EntryKind, int]]:
        """Kinds a person writes that occur, with how often."""
        return [(kind, self.by_kind[kind]) for kind in WRITTEN_KINDS if self.by_kind.get(kind)]


def tally_of(duty: Duty) -> Tally:
    """One statement."""
    photos = EntryPhoto.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
    rows = (
        LogEntry.objects.standing()
        .filter(duty=duty)
        .order_by()
        .alias(
            photo_count=Subquery(
                photos.annotate(n=Count("pk")).values("n"), output_field=IntegerField()
            )
        )
        .values("kind")
        .annotate(
            n=Count("pk"),
            people=Sum("people_count"),
            places=Count("checkpoint", distinct=True),
            photo_sum=Sum("photo_count"),
        )
    )
    found = list(rows)
    return Tally(
        by_kind={row["kind"]: row["n"] for row in found},
        people=sum(row["people"] or 0 for row in found),
        photos=sum(row["photo_sum"] or 0 for row in found),
        checkpoints=sum(row["places"] for row in found),
    )


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
    officers = User.objects.posted_in(duty.unit).exclude(
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


def template_for(unit: Unit) -> ShareTemplate | None:
    """The words of the unit's report, its own or those of a unit above. One statement."""
    return ShareTemplate.objects.for_unit(unit)
