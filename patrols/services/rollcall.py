"""The roll call (apel): marking who came, and adding officers, members and guests."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.receipts import done_before
from partners.models import GroupMember
from patrols.models import Attendance, AttendanceStatus, Duty
from patrols.rights import may_run, may_sign_in
from patrols.selectors.elsewhere import expected_elsewhere, ids_of, on_running_duties
from patrols.selectors.roll import addable_members, addable_officers, first_arrival
from patrols.services.duties import BusyElsewhere, lock_duty
from patrols.services.schedules import lock_people
from patrols.workflow import ATTENDED
from territory.times import hour
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.idempotency.sent import Sent, done_at
from toolkit.refusals import log_refusal
from toolkit.workflow import ChangeRefused

logger = logging.getLogger(__name__)


# What a mark writes.
MARK = ("status", "at", "left_at", "note", "marked_by", "marked_at", "by_code")


class AttendanceConflict(Conflict):
    stored: Attendance


def lock_roll(duty: Duty, *, by: User) -> Duty:
    """The duty, locked, whose roll may still be marked."""
    duty = lock_duty(duty, by=by)
    if not duty.accepts_roll:
        raise ValidationError(_("The roll of this duty is closed."))
    return duty


def lock_roll_to_run(duty: Duty, *, by: User) -> Duty:
    """As `lock_roll`, for who runs the duty."""
    duty = lock_roll(duty, by=by)
    if not may_run(by, duty):
        raise PermissionDenied
    return duty


def lock_row(attendance: Attendance, duty: Duty) -> Attendance:
    """The row, locked, in the roll of the locked duty."""
    row = (
        Attendance.objects.select_related("officer", "member__group", "marked_by")
        .select_for_update(of=("self",))
        .filter(pk=attendance.pk, duty=duty)
        .first()
    )
    if row is None:
        raise ChangeRefused(_("This person is no longer in the roll: removed or moved meanwhile."))
    return row


@transaction.atomic
def mark_attendance(
    *,
    attendance: Attendance,
    status: str,
    by: User,
    note: str = "",
    shown: str | None = None,
    sent: Sent | None = None,
    by_code: bool = False,
    now: datetime | None = None,
) -> Attendance:
    """Sets a person's status. Setting the same again changes nothing, so that `at` stays.

    Those who run the duty mark everybody; others only themselves, and only as present. `shown` is
    the status on the page that was tapped: ChangeRefused says what somebody else has marked since.
    Of two marks that arrive late, the one that was made later stands.
    """
    now = now or timezone.now()
    if done_before(by=by, sent=sent, deed="mark", row=attendance.pk, status=status):
        return attendance
    made_at = done_at(sent, now).at
    duty = lock_roll(attendance.duty, by=by)
    row = lock_row(attendance, duty)
    if not may_run(by, duty):
        _check_sign_in(row, status, duty, by, made_at)
    if status not in AttendanceStatus.values:
        raise ValidationError({"status": _("Choose one of the statuses.")})
    is_older = row.marked_at is not None and made_at < row.marked_at
    if status == row.status:
        changed = []
        if note.strip():
            row.note = note.strip()[:200]
            changed.append("note")
        if not is_older and sent is not None:
            # Confirmed later: a mark in between that is still on its way does not stand.
            row.marked_at = made_at
            changed.append("marked_at")
        row.save(update_fields=changed)
        return row
    if is_older:
        return row
    if shown is not None and row.status not in ("", shown) and row.marked_by_id != by.pk:
        raise ChangeRefused(_already_marked(row, duty))
    comes = status in ATTENDED
    if not row.status or comes != (row.status in ATTENDED):
        row.at = (first_arrival(row) if comes else None) or made_at
    row.status = status
    row.left_at = row.left_at if comes else None
    row.note = note.strip()[:200]
    row.marked_by, row.marked_at, row.by_code = by, made_at, by_code
    row.save(update_fields=MARK)
    return row


@transaction.atomic
def sign_in_by_code(*, attendance: Attendance, by: User, now: datetime | None = None) -> Attendance:
    """Marks the person as present who has scanned a fresh code of this apel (patrols/codes.py).

    Who is present already stays as marked. Raises ChangeRefused where the leader has marked the
    person otherwise, which only the leader changes.
    """
    now = now or timezone.now()
    duty = lock_roll(attendance.duty, by=by)
    row = lock_row(attendance, duty)
    if not row.is_of(by):
        raise PermissionDenied
    if row.status in ATTENDED:
        return row
    if row.status:
        raise ChangeRefused(marked_otherwise(row, duty))
    if not duty.is_sign_in_open(now):
        raise ValidationError(not_open())
    status = AttendanceStatus.PRESENT
    return mark_attendance(attendance=row, status=status, by=by, shown="", by_code=True, now=now)


def marked_otherwise(row: Attendance, duty: Duty) -> str:
    """Needs `marked_by` loaded."""
    words = {
        "status": row.get_status_display(),
        "at": hour(row.at, duty.unit),
        "who": row.marked_by.titled_name if row.marked_by else "–",
    }
    return _("%(who)s has marked you: %(status)s, %(at)s. Speak to whoever leads.") % words


def not_open() -> str:
    return _("You can sign in from two hours before the duty until it has ended.")


def _check_sign_in(row: Attendance, status: str, duty: Duty, by: User, now: datetime) -> None:
    if status != AttendanceStatus.PRESENT or not may_sign_in(by, row):
        raise PermissionDenied
    if not duty.is_sign_in_open(now):
        raise ValidationError(not_open())


def _already_marked(row: Attendance, duty: Duty) -> str:
    words = {
        "person": row.person_name,
        "status": row.get_status_display(),
        "at": hour(row.at, duty.unit),
        "who": row.marked_by.titled_name if row.marked_by else "–",
    }
    return (
        _("%(who)s has marked %(person)s since: %(status)s, %(at)s. Tap again to change it.")
        % words
    )


@transaction.atomic
def clear_attendance(*, attendance: Attendance, by: User) -> Attendance:
    """Takes a mark back that was a mistake, with its time. The history keeps both.

    `marked_at` stays, as now: a mark made before it that is still on its way does not stand.
    """
    duty = lock_roll_to_run(attendance.duty, by=by)
    row = lock_row(attendance, duty)
    row.status, row.note = "", ""
    row.at = row.left_at = row.marked_by = None
    row.marked_at, row.by_code = timezone.now(), False
    row.save(update_fields=MARK)
    return row


@transaction.atomic
def mark_all_present(
    *, duty: Duty, by: User, sent: Sent | None = None, now: datetime | None = None
) -> int:
    """Marks everybody present who is not marked yet, once the roll call may begin. Returns how
    many."""
    if done_before(by=by, sent=sent, deed="mark all", duty=duty.pk):
        return 0
    at = done_at(sent, now or timezone.now()).at
    duty = lock_roll_to_run(duty, by=by)
    if duty.is_ahead(at):
        raise ValidationError(_("The roll call is yet to come."))
    unmarked = duty.attendances.filter(status="").exclude(marked_at__gt=at)
    return unmarked.update(status=AttendanceStatus.PRESENT, at=at, marked_at=at, marked_by=by)


@log_refusal(logger, "Row of a roll")
def _add(
    duty: Duty,
    *,
    by: User,
    now: datetime | None,
    sent: Sent | None,
    replaces: bool = False,
    despite: bool = False,
    check: Callable[[Duty], None] | None = None,
    **person: Any,
) -> Attendance:
    """The new row, or the one that this form has added before, whether or not the roll has been
    closed since. `check` refuses a person who may not be in the roll of the locked duty.

    Before the roll call of the duty the person is expected and not marked, else present. Raises
    AttendanceConflict where the form has added somebody else, BusyElsewhere where the person is
    expected on another duty at that time or, unless `despite`, is on another running one.
    """
    now = now or timezone.now()
    sent = sent or Sent()
    believed = sent.believed(now)
    added_at = believed.at
    keys = {name: getattr(value, "pk", value) for name, value in person.items()}
    sha256 = body_sha256({"duty": duty.pk, "by": by.pk, "replaces": replaces, **keys})
    rows = Attendance.objects.all()
    stored = stored_answer(rows, sent.client_uuid, sha256, conflict=AttendanceConflict)
    if stored is not None:
        return stored
    duty = lock_roll_to_run(duty, by=by)
    if check is not None:
        check(duty)
    row = Attendance(duty=duty, client_uuid=sent.client_uuid, body_sha256=sha256, **person)
    if not duty.is_ahead(added_at):
        row.expected = False
        arrival = AttendanceStatus.REPLACEMENT if replaces else AttendanceStatus.PRESENT
        row.status, row.at, row.marked_by = arrival, added_at, by
        row.marked_at = added_at
    row.full_clean(exclude=["during"])
    lock_people(*ids_of(row))  # who is added to two rolls at once is found in one of them
    if not row.expected and not despite:
        found = on_running_duties(duty, *ids_of(row), late=believed)
        if found:
            raise BusyElsewhere(found)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if not (found := expected_elsewhere(row, duty)):
            raise
        raise BusyElsewhere(found) from error
    if row.expected and not duty.is_edited:
        # Else its schedule would fill the roll again, without this person.
        duty.is_edited = True
        duty.save(update_fields=["is_edited"])
    return row


@transaction.atomic
def add_guest(
    *,
    duty: Duty,
    name: str,
    agency: str = "",
    by: User,
    sent: Sent | None = None,
    now: datetime | None = None,
) -> Attendance:
    """Adds a guest by name. Two guests may have the same name: each form adds one."""
    return _add(
        duty,
        by=by,
        now=now,
        sent=sent,
        guest_name=name.strip(),
        guest_agency=agency.strip(),
    )


@transaction.atomic
def add_officer(
    *,
    duty: Duty,
    officer: User,
    replaces: bool = False,
    despite: bool = False,
    by: User,
    sent: Sent | None = None,
    now: datetime | None = None,
) -> Attendance:
    """Adds an officer who was not expected; with `replaces`, in the place of somebody absent."""

    def check(duty: Duty) -> None:
        if not addable_officers(duty).filter(pk=officer.pk).exists():
            raise ValidationError({"officer": _("This officer is not posted to this unit.")})

    options: dict[str, Any] = {"replaces": replaces, "despite": despite, "sent": sent}
    return _add(duty, by=by, now=now, officer=officer, check=check, **options)


@transaction.atomic
def add_member(
    *,
    duty: Duty,
    member: GroupMember,
    replaces: bool = False,
    despite: bool = False,
    by: User,
    sent: Sent | None = None,
    now: datetime | None = None,
) -> Attendance:

    def check(duty: Duty) -> None:
        if not addable_members(duty, by).filter(pk=member.pk).exists():
            raise ValidationError({"member": _("This member's group belongs to another unit.")})

    options: dict[str, Any] = {"replaces": replaces, "despite": despite, "sent": sent}
    return _add(duty, by=by, now=now, member=member, check=check, **options)


@transaction.atomic
def remove_attendance(*, attendance: Attendance, by: User) -> None:
    """Removes somebody who was added to the roll. Who was expected stays in it."""
    duty = lock_roll_to_run(attendance.duty, by=by)
    row = lock_row(attendance, duty)
    if not row.is_removable:
        raise PermissionDenied
    row.delete()
