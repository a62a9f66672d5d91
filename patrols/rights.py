"""Who may do what with a duty and with an entry of its log.

`user.may(action, duty)` is true where a posting of the person, at the duty's unit or at one above
it, has a role that grants the action (accounts/roles.py). Whoever leads a duty may run it and write
on it, also when lent from another unit. Who has left the unit since may finish a running duty and
nothing else. The states that allow a change stand in workflow.py.
"""

from datetime import datetime, timedelta

from accounts.models import User
from accounts.roles import Action
from patrols.models import (
    Attendance,
    AttendanceStatus,
    Duty,
    EntryKind,
    GuardPost,
    LogEntry,
    PostHandover,
    PostItem,
    Swap,
)
from patrols.workflow import DutyState
from territory.models import Unit
from territory.scope import UnitRow
from toolkit.workflow import Change

UNDO_WITHIN = timedelta(minutes=15)


def has_left(user: User, duty: Duty) -> bool:
    """Whether the person's posting at the duty's unit has ended, so that only what runs is open."""
    return user.scope.has_left(duty)


def leads(user: User, duty: Duty) -> bool:
    is_open = duty.state == DutyState.RUNNING or not has_left(user, duty)
    return duty.leader_id == user.pk and is_open


def may_run(user: User, duty: Duty) -> bool:
    """Start it, end it, hold the roll call: those posted to its unit, and whoever leads it."""
    return user.may(Action.RUN, duty) or leads(user, duty)


def may_view(user: User, duty: Duty | None = None) -> bool:
    """See the duty as one of the own units; without a duty, the board and the lists of these."""
    return Action.VIEW in user.scope.actions if duty is None else user.may(Action.VIEW, duty)


def may_name_residents(user: User) -> bool:
    """Put what was written about residents into a text to share: whoever may log in any unit, so
    officers, operators and commanders, but no volunteers. The duty's unit does not count."""
    return Action.LOG in user.scope.actions


def may_read_advice(user: User) -> bool:
    """Read what police do at a hotspot: whoever has a posting. Volunteers read where it is and
    when, not the tactics."""
    return Action.VIEW in user.scope.actions


def may_begin(user: User, unit: Unit | None = None) -> bool:
    """Begin a patrol that no schedule planned, in the unit; without one, in any."""
    return Action.RUN in user.scope.actions if unit is None else user.may(Action.RUN, unit)


def may_sign_in(user: User, row: Attendance) -> bool:
    """Mark oneself as present (`Duty.is_sign_in_open` says when), unless somebody has marked the
    person otherwise. Needs `member__group` loaded."""
    return row.is_of(user) and row.status in ("", AttendanceStatus.PRESENT)


def may_plan(user: User, place: UnitRow | None = None) -> bool:
    """Plan duties for a unit, or for the unit of a schedule; without one, for any unit."""
    return Action.PLAN in user.scope.actions if place is None else user.may(Action.PLAN, place)


def may_change(user: User, duty: Duty, change: Change[Action] | Change[Action | None]) -> bool:
    """Have the right that a change of state needs, whether or not the state allows it now.

    No person makes the changes of the clock, which need nothing.
    """
    if change.needs is None:
        return False
    return may_run(user, duty) if change.needs == Action.RUN else user.may(change.needs, duty)


def may_log(user: User, duty: Duty, *, in_roll: bool | None = None) -> bool:
    """Write on it: those posted to its unit, whoever leads it, everybody in its roll.

    `in_roll` says whether the person is in the roll, where the caller has read it; else one
    exists() finds out.
    """
    if user.may(Action.LOG, duty) or leads(user, duty):
        return True
    if in_roll is None:
        in_roll = Duty.objects.of(user).filter(pk=duty.pk).exists()
    return in_roll


def is_own(user: User, entry: LogEntry) -> bool:
    """Whether the person wrote it. The start and the end of a duty are nobody's entries."""
    return entry.author_id == user.pk and entry.kind not in (EntryKind.START, EntryKind.END)


def may_add_photos(user: User, entry: LogEntry) -> bool:
    """Add photos that are missing from an own entry."""
    return is_own(user, entry) and entry.withdrawn_at is None


def may_withdraw(user: User, entry: LogEntry, *, now: datetime) -> bool:
    """Take an own entry back: within 15 minutes, while its duty accepts entries."""
    in_time = now - entry.received_at <= UNDO_WITHIN
    return is_own(user, entry) and in_time and entry.duty.accepts_entries


def may_read_notes(user: User, place: UnitRow) -> bool:
    """Read the late notes of a unit and say so, as its commander: whoever may review logs there."""
    return user.may(Action.REVIEW, place)


def may_ask_swap(user: User, duty: Duty, row: Attendance | None, *, now: datetime) -> bool:
    """Ask a colleague to stand in: whom a duty that has not begun expects. Needs `member__group`
    loaded."""
    if row is None or not row.is_of(user) or not row.expected or row.status:
        return False
    return duty.state == DutyState.PLANNED and now < duty.starts_at


def may_change_swap(user: User, swap: Swap, action: str) -> bool:
    """Make the change `action` of SWAP_CHANGES. Nobody of the two confirms it, whoever they are.

    Who leads the one duty changes the roll of the other only where they may run that one, too.
    Needs the duties with `unit` loaded.
    """
    if action in ("agree", "decline"):
        return user.pk == swap.other_id
    if action == "withdraw":
        return user.pk == swap.asker_id
    if user.pk in (swap.asker_id, swap.other_id):
        return False
    if action == "confirm" and swap.in_return is not None and not may_run(user, swap.in_return):
        return may_plan(user, swap.duty)
    return leads(user, swap.duty) or may_plan(user, swap.duty)


def may_keep_post(user: User, post: GuardPost) -> bool:
    """Note what is broken at a post and what was mended, and look at its equipment: those posted to
    its unit."""
    return user.may(Action.LOG, post)


def may_check_item(user: User, item: PostItem) -> bool:
    """As `may_keep_post`, and everybody on a running duty at the post. Needs `post` loaded."""
    if may_keep_post(user, item.post):
        return True
    return Duty.objects.of(user).running().filter(post=item.post_id).exists()


def may_hand_over(user: User, duty: Duty) -> bool:
    """Hand a post over to who comes next: whoever runs the duty that stands there."""
    return duty.post_id is not None and may_run(user, duty)


def takes_over(user: User, handover: PostHandover) -> bool:
    """Whether the person takes over: who is named as the taker, and whoever leads the next duty.

    Needs `to_duty` and `taker_member` loaded.
    """
    if handover.giver_id == user.pk:
        return False
    member = handover.taker_member
    is_taker = user.pk == (member.user_id if member else handover.taker_id)
    return is_taker or (handover.to_duty is not None and leads(user, handover.to_duty))


def may_confirm_handover(user: User, handover: PostHandover) -> bool:
    """Say that one has taken over, once, while the handover counts. As `takes_over`."""
    is_open = handover.confirmed_at is None and handover.withdrawn_at is None
    return is_open and takes_over(user, handover)
