"""Changes of state of a duty and of the review of its log."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from patrols.models import (
    Attendance,
    AttendanceStatus,
    Duty,
    EntryKind,
    GuardPost,
    PatrolKind,
    Route,
)
from patrols.models.schedules import night_of
from patrols.selectors.clashes import clashes_of
from patrols.services.entries import write_step
from patrols.services.schedules import ScheduleClash
from patrols.workflow import (
    DUTY_CHANGES,
    REVIEW_CHANGES,
    DutyState,
    ReviewState,
    allowed,
)
from territory.models import Unit

DEFAULT_LENGTH = timedelta(hours=2)
READY_BEFORE = timedelta(hours=2)


class ChangeRefused(ValidationError):
    """The duty's state does not allow the change, mostly because somebody was faster."""


def lock_duty(duty: Duty, *, by: User) -> Duty:
    """The duty, locked, with its unit. Raises Duty.DoesNotExist outside the person's reach."""
    return (
        Duty.objects.visible_to(by)
        .select_related("unit", "route", "post")
        .select_for_update(of=("self",))
        .get(pk=duty.pk)
    )


def _change(duty: Duty, action: str, *, by: User, needs: Action, **fields: Any) -> Duty:
    duty = lock_duty(duty, by=by)
    if not by.may(needs, duty) and not (needs == Action.RUN and leads(duty, by)):
        raise PermissionDenied
    if not allowed(DUTY_CHANGES, action, duty.state):
        raise ChangeRefused(
            _("This duty is %(state)s already.") % {"state": duty.get_state_display()}
        )
    duty.state = DUTY_CHANGES[action][1]
    for name, value in fields.items():
        setattr(duty, name, value)
    try:
        with transaction.atomic():
            duty.save(update_fields=["state", *fields])
    except IntegrityError as error:
        # A duty that was off takes its people's time again, which may be given away by now.
        clashes = clashes_of(duty)
        if not clashes:
            raise
        raise ScheduleClash(clashes) from error
    return duty


def leads(duty: Duty, user: User) -> bool:
    return duty.leader_id == user.pk


def may_run(duty: Duty, user: User) -> bool:
    """Start, end, roll call: those posted here, and whoever leads the duty."""
    return user.may(Action.RUN, duty) or leads(duty, user)


def is_ready(duty: Duty, now: datetime) -> bool:
    """Whether to offer the start: from two hours before the apel until it would be over."""
    opens = min(duty.apel_at or duty.starts_at, duty.starts_at) - READY_BEFORE
    return allowed(DUTY_CHANGES, "start", duty.state) and opens <= now < duty.ends_at


def is_sign_in_open(duty: Duty, now: datetime) -> bool:
    """Whether a person may say of themself that they are present."""
    return duty.state == DutyState.RUNNING or is_ready(duty, now)


@transaction.atomic
def start_duty(*, duty: Duty, by: User, now: datetime | None = None) -> Duty:
    now = now or timezone.now()
    duty = _change(duty, "start", by=by, needs=Action.RUN, started_at=now)
    write_step(duty=duty, kind=EntryKind.START, by=by, at=now)
    return duty


@transaction.atomic
def end_duty(*, duty: Duty, by: User, summary: str = "", now: datetime | None = None) -> Duty:
    """Ends the duty and hands its log in for review."""
    now = now or timezone.now()
    duty = _change(
        duty,
        "end",
        by=by,
        needs=Action.RUN,
        ended_at=now,
        summary=summary.strip(),
        review=REVIEW_CHANGES["submit"][1],
    )
    write_step(duty=duty, kind=EntryKind.END, by=by, at=now)
    return duty


@transaction.atomic
def resume_duty(*, duty: Duty, by: User, now: datetime | None = None) -> Duty:
    """Undoes an end made by mistake, while the log is not approved. The log keeps both."""
    now = now or timezone.now()
    current = lock_duty(duty, by=by)
    if current.review == ReviewState.APPROVED:
        raise ChangeRefused(_("The log of this duty has been approved already."))
    duty = _change(
        duty,
        "resume",
        by=by,
        needs=Action.RUN,
        ended_at=None,
        review=ReviewState.NONE,
        review_comment="",
    )
    text = _("The end was undone: the duty goes on.")
    write_step(duty=duty, kind=EntryKind.START, by=by, at=now, text=text)
    return duty


@transaction.atomic
def cancel_duty(*, duty: Duty, by: User, reason: str) -> Duty:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the duty is cancelled.")})
    return _change(duty, "cancel", by=by, needs=Action.PLAN, cancel_reason=reason.strip())


@transaction.atomic
def restore_duty(*, duty: Duty, by: User) -> Duty:
    """Undoes a cancellation. Raises ValidationError where people are busy elsewhere by now."""
    return _change(duty, "restore", by=by, needs=Action.PLAN, cancel_reason="")


@transaction.atomic
def start_unscheduled(
    *,
    unit: Unit,
    by: User,
    kind: str = PatrolKind.PATROL,
    name: str = "",
    route: Route | None = None,
    post: GuardPost | None = None,
    now: datetime | None = None,
) -> Duty:
    """A patrol begun on the spot: planned, led, attended and started in one step."""
    if not by.may(Action.RUN, unit):
        raise PermissionDenied
    now = now or timezone.now()
    kinds = dict[str, Any](PatrolKind.choices)
    duty = Duty(
        unit=unit,
        kind=kind,
        name=name.strip() or str(route or post or capfirst(kinds.get(kind, ""))),
        night=night_of(now.astimezone(unit.zone)),
        starts_at=now,
        ends_at=now + DEFAULT_LENGTH,
        route=route,
        post=post,
        leader=by,
        is_edited=True,
    )
    duty.full_clean(exclude=["polda", "polres", "polsek"])
    duty.save()
    # Not expected: a person may begin one while still in the roll of another.
    Attendance.objects.create(
        duty=duty, officer=by, expected=False, status=AttendanceStatus.PRESENT, at=now, marked_by=by
    )
    return start_duty(duty=duty, by=by, now=now)


@transaction.atomic
def review_duty(*, duty: Duty, by: User, action: str, comment: str = "") -> Duty:
    """Approves or returns a log (`action` "approve" or "return"), or hands it in again ("submit").

    A return needs a comment that says what is missing.
    """
    duty = lock_duty(duty, by=by)
    may = may_run(duty, by) if action == "submit" else by.may(Action.REVIEW, duty)
    if not may:
        raise PermissionDenied
    if duty.state != DutyState.ENDED or not allowed(REVIEW_CHANGES, action, duty.review):
        raise ChangeRefused(
            _("This log is %(state)s already.") % {"state": duty.get_review_display()}
        )
    if action == "return" and not comment.strip():
        raise ValidationError({"comment": _("Say what is missing, so that it can be added.")})
    duty.review = REVIEW_CHANGES[action][1]
    fields = ["review"]
    if action != "submit":
        duty.review_comment = comment.strip()
        duty.reviewed_by = by
        duty.reviewed_at = timezone.now()
        fields += ["review_comment", "reviewed_by", "reviewed_at"]
    duty.save(update_fields=fields)
    return duty


def mark_missed(*, now: datetime | None = None) -> int:
    """Planned duties whose time has passed become missed. Returns how many."""
    now = now or timezone.now()
    return Duty.objects.planned().filter(ends_at__lt=now).update(state=DUTY_CHANGES["miss"][1])
