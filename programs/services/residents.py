"""The name of a resident who was visited: kept encrypted until it is copied, and then forgotten."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from programs.models import Activity, ActivityResident, ResidentOpening
from programs.rights import may_open_resident
from toolkit.idempotency.answers import lock_until_commit

KEPT_FOR = timedelta(days=30)
SAME_TAP = timedelta(minutes=1)


def keep_resident(activity: Activity, name: str, now: datetime) -> None:
    """Called in the transaction that stores the activity."""
    ActivityResident.objects.create(activity=activity, name=name, kept_since=now)


@transaction.atomic
def open_resident(*, activity: Activity, by: User, now: datetime | None = None) -> str:
    """The name, for the officer who wrote it down. The look is recorded in the same transaction."""
    now = now or timezone.now()
    activity = Activity.objects.get(pk=activity.pk)
    if not may_open_resident(by, activity):
        raise PermissionDenied
    row = ActivityResident.objects.filter(activity=activity).first()
    if row is None:
        raise ValidationError(_("No name is kept any more. It is deleted after 30 days."))
    if not row.is_readable:
        words = _(
            "This name cannot be read: its key is missing on the server. Tell whoever runs it."
        )
        raise ValidationError(words)
    lock_until_commit(f"resident {activity.pk} {by.pk}")
    looks = ResidentOpening.objects.filter(activity=activity, by=by, at__gt=now - SAME_TAP)
    if not looks.exists():
        ResidentOpening.objects.create(activity=activity, by=by, at=now)
    return row.name


@transaction.atomic
def forget_resident(*, activity: Activity, by: User) -> bool:
    """Deletes the name before its time. Returns whether there was one."""
    if activity.author_id != by.pk:
        raise PermissionDenied
    count, _of = ActivityResident.objects.filter(activity=activity).delete()
    return bool(count)


def forget_residents(*, now: datetime | None = None) -> int:
    """Deletes the names that were kept long enough. Returns how many."""
    before = (now or timezone.now()) - KEPT_FOR
    count, _of = ActivityResident.objects.filter(kept_since__lt=before).delete()
    return count
