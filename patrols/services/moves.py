"""Moving people from one duty to another in one step."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.receipts import is_done
from patrols.models import Attendance, AttendanceStatus, Duty
from patrols.rights import may_run
from patrols.selectors.elsewhere import (
    duties_to_move_to,
    expected_elsewhere,
    ids_of,
    on_running_duties,
    people_elsewhere,
)
from patrols.services.duties import BusyElsewhere, lock_duty, start_duty
from patrols.services.rollcall import lock_roll_to_run, lock_row
from patrols.services.schedules import lock_people
from patrols.workflow import ATTENDED, DutyState
from toolkit.idempotency.sent import done_at


def _has_served(row: Attendance, duty: Duty) -> bool:
    """Whether the person came to a duty that has begun, which no later order undoes."""
    return row.status in ATTENDED and duty.started_at is not None


@transaction.atomic
def move_attendance(
    *,
    attendance: Attendance,
    to: Duty,
    by: User,
    leader: User | None = None,
    now: datetime | None = None,
) -> Attendance:
    """Takes a person off one duty and onto another; returns the row in the other roll.

    Who has come to a duty that has begun stays in its roll with the time of leaving, and is present
    on the other one from now on. Anybody else goes out of the first roll and takes a mark of
    presence along. `leader` leads the first duty from now on, where the person has led it.
    Raises BusyElsewhere where the person is on a third duty.
    """
    now = now or timezone.now()
    duties = {
        pk: lock_roll_to_run(Duty(pk=pk), by=by) for pk in sorted({attendance.duty_id, to.pk})
    }
    here, there = duties[attendance.duty_id], duties[to.pk]
    row = lock_row(attendance, here)
    row.duty = here
    if there not in duties_to_move_to(row, by):
        raise ValidationError({"to": _("This person cannot be moved to that duty.")})
    served = _has_served(row, here)
    target = _row_there(row, there, served=served, by=by, now=now)
    _take_off(here, row, officer=row.officer_id, leader=leader, now=now)
    lock_people(*ids_of(row))
    if not there.is_ahead(now) and (found := on_running_duties(there, *ids_of(row))):
        raise BusyElsewhere(found)
    try:
        with transaction.atomic():
            target.save()
    except IntegrityError as error:
        if not (found := expected_elsewhere(target, there)):
            raise
        raise BusyElsewhere(found) from error
    keep_from_schedule(there)
    return target


def _row_there(
    row: Attendance, there: Duty, *, served: bool, by: User, now: datetime
) -> Attendance:
    """The person's row in the other roll, unsaved: a new one, or the one they have there."""
    known = there.attendances.filter(officer=row.officer_id, member=row.member_id).first()
    target = known or Attendance(duty=there, officer=row.officer, member=row.member)
    target.left_at = None
    if known and known.status in ATTENDED:
        return known
    target.status, target.at, target.marked_at, target.marked_by = "", None, None, None
    if there.is_ahead(now):
        return target
    if served:
        target.status, target.at, target.marked_by = AttendanceStatus.PRESENT, now, by
        target.marked_at = now
    elif row.status in ATTENDED:
        target.status, target.at, target.marked_by = row.status, row.at, row.marked_by
        target.marked_at = row.marked_at
    if not known and target.status:
        target.expected = row.expected and not served
    return target


def _take_off(
    duty: Duty, row: Attendance | None, *, officer: int | None, leader: User | None, now: datetime
) -> None:
    """Takes a person off the locked duty: out of its roll, and out of its lead."""
    if duty.leader_id == officer and officer is not None:
        if leader and not duty.attendances.filter(officer=leader).exclude(officer=officer).exists():
            raise ValidationError({"leader": _("Choose somebody of this duty.")})
        duty.leader = leader
        duty.save(update_fields=["leader"])
    if row is not None and _has_served(row, duty):
        row.left_at = max(now, row.at or now)
        row.save(update_fields=["left_at"])
    elif row is not None:
        row.delete()
    keep_from_schedule(duty)


def keep_from_schedule(duty: Duty) -> None:
    """Keeps the schedule of a planned duty from filling its roll again."""
    if duty.state == DutyState.PLANNED and not duty.is_edited:
        duty.is_edited = True
        duty.save(update_fields=["is_edited"])


@transaction.atomic
def start_with_moves(
    *,
    duty: Duty,
    by: User,
    start: Callable[..., Duty] = start_duty,
    now: datetime | None = None,
    **how: Any,
) -> Duty:
    """Takes the people of this duty off other running ones, then starts it, or resumes it.

    Raises BusyElsewhere where one of those duties is not run by the person who acts. `how` is what
    else `start` takes.
    """
    now = now or timezone.now()
    if is_done(how.get("sent")):
        # Sent again after hours: who has gone to another duty since stays there.
        return start(duty=duty, by=by, now=now, **how)
    late = done_at(how.get("sent"), now)
    others = {found.duty.pk for found in people_elsewhere(duty, late=late)}
    visible = Duty.objects.visible_to(by).filter(pk__in={duty.pk, *others}).order_by("pk")
    locked = {pk: lock_duty(Duty(pk=pk), by=by) for pk in visible.values_list("pk", flat=True)}
    for found in people_elsewhere(duty, late=late):
        other = locked.get(found.duty.pk)
        if other is not None and may_run(by, other):
            officer = found.row.officer_id if found.row else other.leader_id
            _take_off(other, found.row, officer=officer, leader=None, now=now)
    return start(duty=duty, by=by, now=now, **how)
