"""What a phone keeps for a person's own night, so that it works without a signal."""

from datetime import datetime, timedelta
from hashlib import blake2b

from django.utils import timezone

from accounts.models import User
from patrols.models import Attendance, Duty
from patrols.models.schedules import night_of
from patrols.selectors.handovers import facts_of_forms
from patrols.selectors.nights import my_nights, units_run_by
from patrols.workflow import DutyState
from territory.models import TimeZoneName, Unit
from territory.scope import unscoped
from toolkit.outbox.copies import ANY

MOST_DUTIES = 8
# What a copied page shows of a duty.
SHOWN = (
    *("name", "state", "review", "apel_at", "starts_at", "ends_at", "order_number"),
    *("route_id", "post_id", "hotspot_id", "leader_id"),
)
WORKED_ON = (DutyState.PLANNED, DutyState.RUNNING, DutyState.ENDED)


def any_duty(user: User) -> Duty:
    """Stands for a patrol that the person will begin without a signal. It is in no table."""
    unit = user.unit or units_run_by(user).first() or Unit(timezone=TimeZoneName.WIB)
    now = timezone.now()
    night = night_of(now.astimezone(unit.zone))
    return Duty(
        pk=ANY,  # type: ignore[misc]  # addresses are made of it
        unit=unit,
        leader=user,
        night=night,
        state=DutyState.RUNNING,
        starts_at=now,
        started_at=now,
        ends_at=now + timedelta(hours=12),
    )


def duties_to_keep(user: User, *, now: datetime) -> list[Duty]:
    """The person's duties of tonight and those that still run. One statement."""
    rows = my_nights(user, now=now).current
    return [row.duty for row in rows if row.duty.state in WORKED_ON][:MOST_DUTIES]


def stamps_of(duties: list[Duty]) -> dict[int, str]:
    """By duty: changes when the duty, its roll, or what its post has does. One statement, and two
    more where a duty stands at a post."""
    marks = (
        unscoped(Attendance.objects, "the rolls of the person's own duties")
        .filter(duty__in=[duty.pk for duty in duties])
        .order_by("pk")
        .values_list("duty", "pk", "status", "at", "left_at")
    )
    found = {duty.pk: [str(getattr(duty, name)) for name in SHOWN] for duty in duties}
    of_posts = facts_of_forms(duties)
    for duty in duties:
        found[duty.pk] += of_posts.get(duty.post_id or 0, [])
    for duty_id, *mark in marks:
        found[duty_id].append(str(mark))
    return {pk: stamp_of(*facts) for pk, facts in found.items()}


def stamp_of(*facts: object) -> str:
    return blake2b(repr(facts).encode(), digest_size=6).hexdigest()
