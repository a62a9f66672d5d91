"""The roll call (apel): marking who came, and adding officers, members and guests."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import GroupMember
from patrols.models import Attendance, AttendanceStatus, Duty
from patrols.rights import may_run
from patrols.selectors.roll import addable_members
from patrols.services.duties import is_sign_in_open, lock_duty


def _lock_roll(duty: Duty, by: User) -> Duty:
    """The duty, locked, whose roll may still be marked."""
    duty = lock_duty(duty, by=by)
    if not duty.accepts_roll:
        raise ValidationError(_("The roll of this duty is closed."))
    return duty


def _lock_roll_to_run(duty: Duty, by: User) -> Duty:
    """As `_lock_roll`, for who runs the duty."""
    duty = _lock_roll(duty, by)
    if not may_run(by, duty):
        raise PermissionDenied
    return duty


@transaction.atomic
def mark_attendance(
    *,
    attendance: Attendance,
    status: str,
    by: User,
    note: str = "",
    now: datetime | None = None,
) -> Attendance:
    """Sets a person's status, or clears it with an empty one.

    Those who run the duty mark everybody; others only themselves, and only as present.
    """
    if status and status not in AttendanceStatus.values:
        raise ValidationError({"status": _("Choose one of the statuses.")})
    duty = _lock_roll(attendance.duty, by)
    row = (
        Attendance.objects.select_related("officer", "member__group")
        .select_for_update(of=("self",))
        .get(pk=attendance.pk, duty=duty)
    )
    now = now or timezone.now()
    if not may_run(by, duty):
        if not row.is_of(by) or status != AttendanceStatus.PRESENT or row.status:
            raise PermissionDenied
        if not is_sign_in_open(duty, now):
            raise ValidationError(
                _("You can sign in from two hours before the duty until it has ended.")
            )
    row.status = status
    row.at = now if status else None
    row.note = note.strip()[:200]
    row.marked_by = by if status else None
    row.save(update_fields=["status", "at", "note", "marked_by"])
    return row


@transaction.atomic
def mark_all_present(*, duty: Duty, by: User, now: datetime | None = None) -> int:
    """Marks everybody present who is not marked yet. Returns how many."""
    duty = _lock_roll_to_run(duty, by)
    return duty.attendances.filter(status="").update(
        status=AttendanceStatus.PRESENT, at=now or timezone.now(), marked_by=by
    )


def _add(duty: Duty, by: User, now: datetime | None, **person: object) -> Attendance:
    duty = _lock_roll_to_run(duty, by)
    if person.get("guest_name"):
        # A button tapped twice adds a guest once. For members and officers a constraint does that.
        names = {key: person[key] for key in ("guest_name", "guest_agency")}
        if same := Attendance.objects.filter(duty=duty, **names).first():
            return same
    row = Attendance(duty=duty, expected=False, at=now or timezone.now(), marked_by=by, **person)
    row.full_clean(exclude=["during"])
    row.save()
    return row


@transaction.atomic
def add_guest(
    *, duty: Duty, name: str, agency: str = "", by: User, now: datetime | None = None
) -> Attendance:
    return _add(
        duty,
        by,
        now,
        guest_name=name.strip(),
        guest_agency=agency.strip(),
        status=AttendanceStatus.PRESENT,
    )


@transaction.atomic
def add_officer(
    *, duty: Duty, officer: User, replaces: bool = False, by: User, now: datetime | None = None
) -> Attendance:
    """Adds an officer who was not expected; with `replaces`, in the place of somebody absent."""
    if not User.objects.posted_in(duty.unit).filter(pk=officer.pk).exists():
        raise ValidationError({"officer": _("This officer is not posted to this unit.")})
    return _add(duty, by, now, officer=officer, status=_arrival(replaces))


@transaction.atomic
def add_member(
    *,
    duty: Duty,
    member: GroupMember,
    replaces: bool = False,
    by: User,
    now: datetime | None = None,
) -> Attendance:
    duty = _lock_roll_to_run(duty, by)
    if not addable_members(duty, by).filter(pk=member.pk).exists():
        raise ValidationError({"member": _("This member's group belongs to another unit.")})
    return _add(duty, by, now, member=member, status=_arrival(replaces))


def _arrival(replaces: bool) -> AttendanceStatus:
    return AttendanceStatus.REPLACEMENT if replaces else AttendanceStatus.PRESENT


@transaction.atomic
def remove_attendance(*, attendance: Attendance, by: User) -> None:
    """Removes somebody who was added at the roll call. Who was expected stays in the roll."""
    duty = _lock_roll(attendance.duty, by)
    if not may_run(by, duty) or attendance.expected:
        raise PermissionDenied
    Attendance.objects.filter(pk=attendance.pk, duty=duty, expected=False).delete()
