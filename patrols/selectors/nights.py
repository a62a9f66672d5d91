"""A person's nights on duty, and where the person may begin a patrol."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import CharField, IntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from accounts.roles import Action
from patrols.models import Attendance, Duty, GuardPost, Route
from patrols.models.schedules import night_of
from patrols.selectors.board import PLACE
from patrols.workflow import DutyState, ReviewState
from territory.models import Unit
from toolkit.idempotency.sent import LONGEST_WAIT

NIGHTS_AHEAD = 14
MOST_CHOICES = 20
# Only the columns used, because naming all of them takes longer than reading the rows.
SHOWN = (
    *("id", "duty", "officer", "member", "status"),
    *(f"duty__{name}" for name in ("name", "kind", "night", "apel_at", "starts_at", "ends_at")),
    *(f"duty__{name}" for name in ("polda", "polres", "polsek", "state", "ended_at", "review")),
    *("duty__client_uuid", "duty__order_number", "duty__hotspot"),  # what a phone keeps of it
    *("duty__unit__name", "duty__unit__timezone", "duty__route", "duty__post"),
    *("duty__leader__name", "duty__leader__rank"),
)
# Written in SQL: docs/adr/0029. The people in the roll of a row's duty, the points of its route.
PEOPLE = "(SELECT COUNT(*) FROM patrols_attendance AS one WHERE one.duty_id = patrols_duty.id)"
POINTS = """
    (SELECT COUNT(*) FROM patrols_checkpoint AS one
    WHERE one.route_id = patrols_duty.route_id AND one.retired_on IS NULL)
"""


@dataclass
class MyNights:
    """The rows of a person in the rolls of their duties, sorted into what the page shows.

    `unfinished` are duties of earlier nights that still run or whose log was returned, `tonight`
    has those of the coming morning once their roll call may begin, `coming` are those of the next
    14 nights, the rows of one duty together.
    """

    unfinished: list[Attendance] = field(default_factory=list)
    tonight: list[Attendance] = field(default_factory=list)
    last_night: list[Attendance] = field(default_factory=list)
    coming: dict[tuple[object, ...], list[Attendance]] = field(default_factory=dict)

    @property
    def current(self) -> list[Attendance]:
        """The duties a person may work on now."""
        return [*self.unfinished, *self.tonight]


def my_nights(user: User, *, now: datetime) -> MyNights:
    """One statement. Which night is tonight depends on the time zone of each duty's unit."""
    # By the start, which has no index: else all duties of the country in these nights are read.
    near = (now - timedelta(days=3), now + timedelta(days=NIGHTS_AHEAD + 2))
    rows = (
        Attendance.objects.of(user)
        .filter(
            Q(duty__starts_at__range=near)
            | Q(duty__state=DutyState.RUNNING)
            | Q(duty__review=ReviewState.RETURNED)
        )
        .select_related("duty__unit", "duty__leader")
        .only(*SHOWN)
        .annotate(
            people=RawSQL(PEOPLE, [], IntegerField()),  # noqa: S611 a constant
            place=RawSQL(PLACE, [], CharField()),  # noqa: S611 a constant
            points=RawSQL(POINTS, [], IntegerField()),  # noqa: S611 a constant
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
    if duty.night == tonight or (duty.night > tonight and duty.is_ready(now)):
        nights.tonight.append(row)
    elif duty.night > tonight:
        if duty.night <= tonight + timedelta(days=NIGHTS_AHEAD):
            nights.coming.setdefault(_same_duty(duty), []).append(row)
    elif duty.state == DutyState.RUNNING or duty.review == ReviewState.RETURNED:
        nights.unfinished.append(row)
    elif duty.night == tonight - timedelta(days=1):
        nights.last_night.append(row)


def _same_duty(duty: Duty) -> tuple[object, ...]:
    """What the rows of one duty over many nights have in common."""
    times = (duty.apel_at, duty.starts_at, duty.ends_at)
    hours = (at and at.astimezone(duty.unit.zone).time() for at in times)
    return (duty.unit_id, duty.name, duty.state, *hours)


def duties_to_write_on(user: User, *, now: datetime) -> QuerySet[Duty]:
    """Duties whose log the person may write now, as `may_log` says, the newest first.

    Of nights for which a phone may still hold entries.
    """
    rows = Duty.objects.visible_to(user).accepting_entries().select_related("unit")
    logged = user.scope.rows(action=Action.LOG)
    if logged != Q():
        own = Q(pk__in=Duty.objects.of(user).values("pk")) | Q(leader=user)
        rows = rows.filter(own | logged if logged else own)
    oldest = (now - LONGEST_WAIT).date()
    return rows.filter(night__gte=oldest).order_by("-night", "-pk")[:MOST_CHOICES]


def units_run_by(user: User) -> QuerySet[Unit]:
    """Units in which the person may begin a patrol: those of the postings, not all below."""
    ids = {grant.unit_id for grant in user.scope.grants if Action.RUN in grant.actions}
    if user.unit_id:
        ids.add(user.unit_id)
    units = Unit.objects.visible_to(user).where_may(user, Action.RUN)
    return units.filter(pk__in=ids).order_by("name")


def routes_run_by(user: User) -> QuerySet[Route]:
    return Route.objects.in_scope(user).current().filter(unit__in=units_run_by(user))


def posts_run_by(user: User) -> QuerySet[GuardPost]:
    return GuardPost.objects.in_scope(user).current().filter(unit__in=units_run_by(user))
