"""Swaps between two officers: asked, agreed, confirmed. Only the last changes the rolls."""

import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from patrols.models import Attendance, Duty, Swap
from patrols.rights import may_change_swap
from patrols.selectors.elsewhere import expected_elsewhere
from patrols.selectors.swaps import duties_in_return, may_stand_in
from patrols.services.duties import BusyElsewhere
from patrols.services.moves import keep_from_schedule
from patrols.services.schedules import lock_people
from patrols.workflow import SWAP_CHANGES, DutyState
from toolkit.idempotency.answers import Conflict, body_sha256, lock_until_commit, stored_answer
from toolkit.workflow import ChangeRefused, state_allows


class SwapConflict(Conflict):
    stored: Swap


@transaction.atomic
def ask_swap(
    *,
    duty: Duty,
    other: User,
    by: User,
    in_return: Duty | None = None,
    reason: str = "",
    client_uuid: uuid.UUID | None = None,
    now: datetime | None = None,
) -> Swap:
    """Asks another officer to stand in on a duty that the person is expected on.

    Asked again under the same `client_uuid` it is the stored one. Raises ValidationError where the
    person is not expected there, has asked already, or the other cannot come.
    """
    now = now or timezone.now()
    key = client_uuid or uuid.uuid4()
    words = {"by": by.pk, "duty": duty.pk, "other": other.pk, "reason": reason}
    sha256 = body_sha256({**words, "in_return": in_return and in_return.pk})
    stored = stored_answer(Swap.objects.all(), key, sha256, conflict=SwapConflict)
    if stored is not None:
        return stored
    lock_until_commit(f"swap {duty.pk} {by.pk}")
    _row_to_give(duty, by, now)
    if not may_stand_in(duty).filter(pk=other.pk).exclude(pk=by.pk).exists():
        raise ValidationError({"other": _("This person cannot stand in on that night.")})
    if in_return is not None:
        offered = duties_in_return(duty, asker=by, other=other, now=now)
        if not offered.filter(pk=in_return.pk).exists():
            raise ValidationError({"in_return": _("That night can no longer be swapped.")})
    swap = Swap(
        duty=duty,
        in_return=in_return,
        asker=by,
        other=other,
        reason=reason.strip(),
        asked_at=now,
        client_uuid=key,
        body_sha256=sha256,
    )
    swap.full_clean()
    swap.save()
    return swap


@transaction.atomic
def change_swap(*, swap: Swap, action: str, by: User, now: datetime | None = None) -> Swap:
    """Makes the change `action` of SWAP_CHANGES: "agree", "decline", "withdraw", "confirm" or
    "refuse". Raises BusyElsewhere where a confirmed swap would put somebody on two duties at once.
    """
    now = now or timezone.now()
    found = Swap.objects.visible_to(by).get(pk=swap.pk)
    ids = {found.duty_id, found.in_return_id} - {None}
    locked = Duty.objects.filter(pk__in=ids).select_related("unit").order_by("pk")
    duties = {duty.pk: duty for duty in locked.select_for_update(of=("self",))}
    swap = (
        Swap.objects.select_for_update(of=("self",))
        .select_related("asker", "other")
        .get(pk=swap.pk)
    )
    swap.duty = duties[swap.duty_id]
    if swap.in_return_id:
        swap.in_return = duties[swap.in_return_id]
    if not may_change_swap(by, swap, action):
        raise PermissionDenied
    if not state_allows(SWAP_CHANGES, action, swap.state):
        words = {"state": swap.get_state_display()}
        raise ChangeRefused(_("This swap is %(state)s already.") % words)
    if action == "confirm":
        _exchange(swap, now)
    swap.state = SWAP_CHANGES[action].to_state
    fields = ["state"]
    if action in ("confirm", "refuse"):
        swap.decided_by, swap.decided_at = by, now
        fields += ["decided_by", "decided_at"]
    swap.save(update_fields=fields)
    return swap


def _row_to_give(duty: Duty, person: User, now: datetime) -> Attendance:
    """The person's row on a duty that has not begun and on which nobody has marked them."""
    if duty.state != DutyState.PLANNED or duty.starts_at <= now:
        raise ValidationError(_("“%(duty)s” has begun or does not take place.") % {"duty": duty})
    row = duty.attendances.filter(officer=person, expected=True, status="").first()
    if row is None:
        words = {"person": person, "duty": duty, "night": duty.night_name}
        raise ValidationError(
            _("%(person)s is no longer expected on “%(duty)s” (%(night)s).") % words
        )
    return row


def _exchange(swap: Swap, now: datetime) -> None:
    """Puts each in the other's place, in the rolls of the locked duties."""
    taken = [(swap.duty, swap.asker, swap.other)]
    if swap.in_return is not None:
        taken.append((swap.in_return, swap.other, swap.asker))
    rows = [_row_to_give(duty, leaves, now) for duty, leaves, _comes in taken]
    for duty, _leaves, comes in taken:
        if not may_stand_in(duty).filter(pk=comes.pk).exists():
            words = {"person": comes, "night": duty.night_name}
            raise ValidationError(_("%(person)s cannot stand in on %(night)s.") % words)
    lock_people({swap.asker_id, swap.other_id}, set())
    # Both old rows go first: the two duties may be at the same time.
    Attendance.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for duty, leaves, comes in taken:
        row = Attendance(duty=duty, officer=comes)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            if not (found := expected_elsewhere(row, duty)):
                raise
            raise BusyElsewhere(found) from error
        if duty.leader_id == leaves.pk:
            duty.leader = comes
            duty.save(update_fields=["leader"])
        keep_from_schedule(duty)
