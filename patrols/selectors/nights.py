"""A person's nights on duty, and where the person may begin a patrol."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from accounts.roles import Action
from patrols.models import Attendance, Checkpoint, Duty, GuardPost, Route
from patrols.models.schedules import night_of
from patrols.workflow import DutyState, ReviewState
from territory.models import Unit
from territory.scope import unscoped
from toolkit.idempotency.sent import LONGEST_WAIT

NIGHTS_AHEAD = 14
MOST_CHOICES = 20


@dataclass
class MyNights:
    """The rows of a person in the rolls of their duties, sorted into what the page shows.

    `unfinished` are duties of earlier nights that still run or whose log was returned, `coming`
    are those of the next 14 nights, the rows of one duty together.
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
    people = (
        unscoped(Attendance.objects, "the people on the person's own duties are counted")
        .filter(duty=OuterRef("duty"))
        .order_by()
        .values("duty")
    )
    points = unscoped(Checkpoint.objects.current(), "those of their routes are counted").filter(
        route=OuterRef("duty__route")
    )
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
