"""Every change of state of a duty and of the review of its log."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.receipts import done_before
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
from patrols.rights import may_begin, may_change
from patrols.selectors.clashes import as_seen_by, clashes_of
from patrols.selectors.elsewhere import Elsewhere, people_elsewhere
from patrols.services.entries import marks_of, write_step
from patrols.services.schedules import ScheduleClash, lock_people
from patrols.services.stops import advise_stops, plan_stops
from patrols.workflow import DUTY_CHANGES, REVIEW_CHANGES, DutyState
from territory.models import Unit
from toolkit.idempotency.answers import (
    Conflict,
    body_sha256,
    lock_until_commit,
    stored_answer,
)
from toolkit.idempotency.sent import Believed, Sent, done_at
from toolkit.labels import capitalized_choices
from toolkit.workflow import ChangeRefused, state_allows

DEFAULT_LENGTH = timedelta(hours=2)
SAME_TAP = timedelta(minutes=1)  # the same patrol within this time is a second tap


class BusyElsewhere(ValidationError):
    """People of a duty are on another one. `found` says who and where.

    The messages do not name the other duty, which the person who acts may not be able to see.
    """

    def __init__(self, found: list[Elsewhere]) -> None:
        super().__init__([one.without_duty() for one in found])
        self.found = found


class DutyConflict(Conflict):
    stored: Duty


def lock_duty(duty: Duty, *, by: User) -> Duty:
    """The duty, locked, with its unit. Raises Duty.DoesNotExist outside the person's reach."""
    return (
        Duty.objects.visible_to(by)
        .select_related("unit", "route", "post")
        .select_for_update(of=("self",))
        .get(pk=duty.pk)
    )


def _change(duty: Duty, name: str, *, by: User, **fields: Any) -> Duty:
    """Makes the change `name` of DUTY_CHANGES, and writes `fields` with it."""
    duty = lock_duty(duty, by=by)
    change = DUTY_CHANGES[name]
    if not may_change(by, duty, change):
        raise PermissionDenied
    if not state_allows(DUTY_CHANGES, name, duty.state):
        raise ChangeRefused(
            _("This duty is %(state)s already.") % {"state": duty.get_state_display()}
        )
    duty.state = change.to_state
    for name, value in fields.items():
        setattr(duty, name, value)
    try:
        with transaction.atomic():
            duty.save(update_fields=["state", *fields])
    except IntegrityError as error:
        # A cancelled or missed duty kept nobody from other duties. Now its people are expected
        # again, and some may have been planned elsewhere since.
        clashes = clashes_of(duty)
        if not clashes:
            raise
        raise ScheduleClash(as_seen_by(clashes, by)) from error
    return duty


def _refuse_busy(duty: Duty, *, despite: bool, late: Believed | None = None) -> None:
    """Raises BusyElsewhere where people of the duty are on another running one.

    Duties that start at once and share people wait for each other here.
    """
    rows = list(duty.attendances.values_list("officer", "member"))
    officers = {officer for officer, _member in rows if officer}
    members = {member for _officer, member in rows if member}
    lock_people(officers | ({duty.leader_id} if duty.leader_id else set()), members)
    if not despite and (found := people_elsewhere(duty, late=late)):
        raise BusyElsewhere(found)


@transaction.atomic
def start_duty(
    *,
    duty: Duty,
    by: User,
    despite: bool = False,
    sent: Sent | None = None,
    now: datetime | None = None,
) -> Duty:
    """Starts the duty. Raises BusyElsewhere, unless `despite`, where its people run another."""
    now = now or timezone.now()
    if done_before(by=by, sent=sent, deed="start", duty=duty.pk):
        return duty
    believed = done_at(sent, now)
    duty = _change(duty, "start", by=by, started_at=believed.at)
    _refuse_busy(duty, despite=despite, late=believed)
    step: dict[str, Any] = {"at": believed.at, "now": now, "marks": marks_of(believed)}
    write_step(duty=duty, kind=EntryKind.START, by=by, **step)
    plan_stops(duty)
    advise_stops(duty)
    return duty


@transaction.atomic
def end_duty(
    *,
    duty: Duty,
    by: User,
    summary: str = "",
    sent: Sent | None = None,
    now: datetime | None = None,
) -> Duty:
    """Ends the duty and hands its log in for review."""
    now = now or timezone.now()
    if done_before(by=by, sent=sent, deed="end", duty=duty.pk, summary=summary):
        return duty
    believed = done_at(sent, now)
    duty = lock_duty(duty, by=by)
    # Between the start and the end the phone's clock may have been set.
    at = max(believed.at, duty.started_at or believed.at)
    duty = _change(
        duty,
        "end",
        by=by,
        ended_at=at,
        summary=summary.strip(),
        review=REVIEW_CHANGES["submit"].to_state,
    )
    write_step(duty=duty, kind=EntryKind.END, by=by, at=at, now=now, marks=marks_of(believed))
    return duty


@transaction.atomic
def resume_duty(
    *, duty: Duty, by: User, despite: bool = False, now: datetime | None = None
) -> Duty:
    """Undoes an end made by mistake, until the log is approved. The log keeps both entries.

    Raises BusyElsewhere as `start_duty` does.
    """
    now = now or timezone.now()
    current = lock_duty(duty, by=by)
    if current.review and not state_allows(REVIEW_CHANGES, "withdraw", current.review):
        raise ChangeRefused(_("The log of this duty has been approved already."))
    duty = _change(
        duty,
        "resume",
        by=by,
        ended_at=None,
        review=REVIEW_CHANGES["withdraw"].to_state,
        review_comment="",
    )
    _refuse_busy(duty, despite=despite)
    text = _("The end was undone: the duty goes on.")
    write_step(duty=duty, kind=EntryKind.START, by=by, at=now, now=now, text=text)
    return duty


@transaction.atomic
def cancel_duty(*, duty: Duty, by: User, reason: str) -> Duty:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the duty is cancelled.")})
    return _change(duty, "cancel", by=by, cancel_reason=reason.strip())


@transaction.atomic
def restore_duty(*, duty: Duty, by: User) -> Duty:
    """Undoes a cancellation. Raises ValidationError where people are busy elsewhere by now."""
    return _change(duty, "restore", by=by, cancel_reason="")


@transaction.atomic
def start_unscheduled(
    *,
    unit: Unit,
    by: User,
    kind: str = PatrolKind.PATROL,
    name: str = "",
    route: Route | None = None,
    post: GuardPost | None = None,
    sent: Sent | None = None,
    is_from_outbox: bool = False,
    start: Callable[..., Duty] = start_duty,
    now: datetime | None = None,
) -> Duty:
    """Makes and starts a patrol that no schedule planned. The person leads it and is present.

    The same form sent again gives the same duty, from a second page too, unless a phone sends
    what has waited there: then each form is a patrol of its own. `start` is `start_duty`, which
    raises BusyElsewhere where the person is on another running duty, or one that does what was
    chosen then. Raises DutyConflict where the form has begun another patrol.
    """
    if not may_begin(by, unit):
        raise PermissionDenied
    now = now or timezone.now()
    sent = sent or Sent()
    begun_at = sent.believed(now).at
    keys = {"unit": unit.pk, "route": route and route.pk, "post": post and post.pk}
    sha256 = body_sha256({"by": by.pk, "kind": kind, "name": name, **keys})
    lock_until_commit(f"begin {by.pk}")
    rows = Duty.objects.all()
    stored = stored_answer(rows, sent.client_uuid, sha256, conflict=DutyConflict)
    if stored is None and not is_from_outbox:
        stored = _begun_just_now(by, sha256, now)
    if stored is not None:
        return stored
    kind_names = dict(capitalized_choices(PatrolKind))
    duty = Duty(
        unit=unit,
        kind=kind,
        name=name.strip() or str(route or post or kind_names.get(kind, "")),
        night=night_of(begun_at.astimezone(unit.zone)),
        starts_at=begun_at,
        ends_at=begun_at + DEFAULT_LENGTH,
        route=route,
        post=post,
        leader=by,
        is_edited=True,
        client_uuid=sent.client_uuid,
        body_sha256=sha256,
    )
    duty.full_clean(exclude=["polda", "polres", "polsek"])
    duty.save()
    # Not expected, because a person can be expected on only one duty at a time, and may begin
    # this one while still in the roll of another.
    Attendance.objects.create(
        duty=duty,
        officer=by,
        expected=False,
        status=AttendanceStatus.PRESENT,
        at=begun_at,
        marked_at=begun_at,
        marked_by=by,
    )
    # The receipt of the start needs a UUID of its own: this one is the patrol's.
    started = replace(sent, client_uuid=uuid.uuid5(sent.client_uuid, "start"))
    return start(duty=duty, by=by, sent=started, now=now)


def _begun_just_now(by: User, sha256: str, now: datetime) -> Duty | None:
    """The same patrol begun from another page, such as one that was opened twice."""
    rows = Duty.objects.running().filter(leader=by, started_at__gt=now - SAME_TAP)
    return rows.filter(body_sha256=sha256).order_by("pk").first()


@transaction.atomic
def review_duty(*, duty: Duty, by: User, action: str, comment: str = "") -> Duty:
    """Makes the change `action` of REVIEW_CHANGES: "approve", "return" or "submit".

    A return needs a comment that says what is missing.
    """
    duty = lock_duty(duty, by=by)
    change = REVIEW_CHANGES[action]
    if not may_change(by, duty, change):
        raise PermissionDenied
    if duty.state != DutyState.ENDED or not state_allows(REVIEW_CHANGES, action, duty.review):
        raise ChangeRefused(
            _("This log is %(state)s already.") % {"state": duty.get_review_display()}
        )
    if action == "return" and not comment.strip():
        raise ValidationError({"comment": _("Say what is missing, so that it can be added.")})
    duty.review = change.to_state
    fields = ["review"]
    if action != "submit":
        duty.review_comment = comment.strip()
        duty.reviewed_by = by
        duty.reviewed_at = timezone.now()
        fields += ["review_comment", "reviewed_by", "reviewed_at"]
    duty.save(update_fields=fields)
    return duty


def mark_missed(*, now: datetime | None = None) -> int:
    """Marks planned duties as missed whose end has passed. Returns how many."""
    now = now or timezone.now()
    over = Duty.objects.planned().filter(ends_at__lt=now)
    return over.update(state=DUTY_CHANGES["miss"].to_state)
