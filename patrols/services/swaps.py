"""Swaps between two officers, or two members of a group: asked, agreed, confirmed.

Only the last changes the rolls.
"""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.absences import hold_absences
from partners.models import GroupMember, PartnerGroup
from patrols.models import Attendance, Duty, Swap
from patrols.rights import may_change_swap
from patrols.selectors.elsewhere import expected_elsewhere
from patrols.selectors.roll import roll_of
from patrols.selectors.swaps import duties_in_return, group_of, may_stand_in, rows_as
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
    """Asks a colleague to stand in on a duty that the person is expected on: an officer another
    officer, a volunteer another member of the group.

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
    group = group_of(roll_of(duty).of(by))
    _row_to_give(duty, by, group, now)
    if not may_stand_in(duty, group).filter(pk=other.pk).exclude(pk=by.pk).exists():
        raise ValidationError({"other": _("This person cannot stand in on that night.")})
    if in_return is not None:
        offered = duties_in_return(duty, asker=by, other=other, group=group, now=now)
        if not offered.filter(pk=in_return.pk).exists():
            raise ValidationError({"in_return": _("That night can no longer be swapped.")})
    swap = Swap(
        duty=duty,
        in_return=in_return,
        asker=by,
        other=other,
        group=group,
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
    found = Swap.objects.visible_to(by).select_related("asker", "other").get(pk=swap.pk)
    if action == "confirm":
        # An absence that is entered at this moment waits, and then frees the roll as it finds it.
        hold_absences(found.asker, found.other)
    ids = {found.duty_id, found.in_return_id} - {None}
    locked = Duty.objects.filter(pk__in=ids).select_related("unit").order_by("pk")
    duties = {duty.pk: duty for duty in locked.select_for_update(of=("self",))}
    swap = (
        Swap.objects.select_for_update(of=("self",))
        .select_related("asker", "other", "group")
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
    if action == "agree":
        _rows_to_give(swap, now)
    elif action == "confirm":
        _exchange(swap, now)
    swap.state = SWAP_CHANGES[action].to_state
    fields = ["state"]
    if action in ("confirm", "refuse"):
        swap.decided_by, swap.decided_at = by, now
        fields += ["decided_by", "decided_at"]
    swap.save(update_fields=fields)
    return swap


def _row_to_give(duty: Duty, person: User, group: PartnerGroup | None, now: datetime) -> Attendance:
    """The person's row on a duty that has not begun and on which nobody has marked them."""
    if duty.state != DutyState.PLANNED or duty.starts_at <= now:
        raise ValidationError(_("“%(duty)s” has begun or does not take place.") % {"duty": duty})
    row = rows_as(person, group).filter(duty=duty, expected=True, status="").first()
    if row is None:
        words = {"person": person, "duty": duty, "night": duty.night_name}
        raise ValidationError(
            _("%(person)s is no longer expected on “%(duty)s” (%(night)s).") % words
        )
    return row


def _moves(swap: Swap) -> list[tuple[Duty, User, User]]:
    """Of each duty, who leaves it and who comes."""
    moves = [(swap.duty, swap.asker, swap.other)]
    if swap.in_return is not None:
        moves.append((swap.in_return, swap.other, swap.asker))
    return moves


def _rows_to_give(swap: Swap, now: datetime) -> list[Attendance]:
    return [_row_to_give(duty, leaves, swap.group, now) for duty, leaves, _comes in _moves(swap)]


def _exchange(swap: Swap, now: datetime) -> None:
    """Puts each in the other's place, in the rolls of the locked duties."""
    moves, rows = _moves(swap), _rows_to_give(swap, now)
    for duty, _leaves, comes in moves:
        if not may_stand_in(duty, swap.group).filter(pk=comes.pk).exists():
            words = {"person": comes, "night": duty.night_name}
            raise ValidationError(_("%(person)s cannot stand in on %(night)s.") % words)
    coming = [_place_of(comes, swap.group) for _duty, _leaves, comes in moves]
    members = {place["member"].pk for place in coming if "member" in place}
    lock_people({swap.asker_id, swap.other_id}, members)
    # Both old rows go first: the two duties may be at the same time.
    Attendance.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for (duty, leaves, comes), place in zip(moves, coming, strict=True):
        row = Attendance(duty=duty, **place)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            if not (found := expected_elsewhere(row, duty)):
                raise
            raise BusyElsewhere(found) from error
        if swap.group is None and duty.leader_id == leaves.pk:
            duty.leader = comes
            duty.save(update_fields=["leader"])
        keep_from_schedule(duty)


def _place_of(person: User, group: PartnerGroup | None) -> dict[str, Any]:
    """Who stands in a row of a roll, as fields of it."""
    if group is None:
        return {"officer": person}
    return {"member": GroupMember.objects.serving().get(user=person, group=group)}
