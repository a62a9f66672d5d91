"""Absences of people. What they are planned for follows at once."""

import uuid
from datetime import timedelta
from itertools import chain

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.extensions import standing_changed
from accounts.models import Absence, User
from accounts.rights import may_plan_absence
from toolkit.editing import Seen, values_of
from toolkit.idempotency.answers import Conflict, body_sha256, lock_until_commit, stored_answer

# What the form of an absence changes.
EDITED = ("user", "kind", "starts_on", "ends_on", "note")


class AbsenceConflict(Conflict):
    stored: Absence


def save_absence(
    *,
    absence: Absence,
    by: User,
    seen: Seen | None = None,
    client_uuid: uuid.UUID | None = None,
) -> list[str]:
    """Adds an absence, or stores changes. Returns sentences about what that did to the plans.

    A new one sent again under the same `client_uuid` changes nothing. Raises AbsenceConflict where
    the form has added another one, EditConflict where somebody has changed it since the page was
    `seen`, ValidationError on days on which the person is away already.
    """
    _store(absence, by, seen, client_uuid)
    return _follow(absence.user, by)


def end_absence(*, absence: Absence, by: User) -> list[str]:
    """The person is back today: yesterday was the last day. One that began today, or begins later,
    goes; the history keeps it. One that is over stays as it is."""
    _end(absence, by)
    return _follow(absence.user, by)


def _follow(person: User, by: User) -> list[str]:
    """Not in the transaction of the absence: each schedule is locked in its own, lowest key first.
    What fails here is done by the jobs within the hour."""
    return list(chain.from_iterable(standing_changed(person, by)))


def hold_absences(*people: User) -> None:
    """Until the transaction ends, nobody enters an absence of these people."""
    for pk in sorted({person.pk for person in people}):
        lock_until_commit(f"absences {pk}")


@transaction.atomic
def _store(absence: Absence, by: User, seen: Seen | None, client_uuid: uuid.UUID | None) -> None:
    before = None
    if absence.pk:
        before = Absence.objects.select_for_update().get(pk=absence.pk)
        # Whose it is never changes.
        absence.user_id = before.user_id
    if not may_plan_absence(by, absence.user):
        raise PermissionDenied
    if before is None and client_uuid is not None:
        sha256 = body_sha256({"by": by.pk, **values_of(absence, EDITED)})
        rows = Absence.objects.all()
        if stored_answer(rows, client_uuid, sha256, conflict=AbsenceConflict):
            return
        absence.client_uuid, absence.body_sha256 = client_uuid, sha256
    elif before is not None and seen is not None:
        seen.check(before, values_of(absence, EDITED))
    # Two planners at once: the second finds the days of the first and is told, beside the field.
    hold_absences(absence.user)
    absence.full_clean()
    absence.save()


@transaction.atomic
def _end(absence: Absence, by: User) -> None:
    absence = (
        Absence.objects.select_for_update(of=("self",)).select_related("user").get(pk=absence.pk)
    )
    if not may_plan_absence(by, absence.user):
        raise PermissionDenied
    unit = absence.user.unit
    today = unit.today() if unit else timezone.localdate()
    if absence.starts_on >= today:
        absence.delete()
    elif absence.ends_on >= today:
        absence.ends_on = today - timedelta(days=1)
        absence.save(update_fields=["ends_on"])
