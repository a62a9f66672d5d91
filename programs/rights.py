"""Who may do what with community work.

Volunteers have no posting: they log patrols, and no activities.
"""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import Action
from programs.models import Activity, Forum, Instruction, InstructionReceipt, ResidentIssue
from programs.models.instructions import units_answered_for
from programs.workflow import ISSUE_CHANGES
from territory.scope import UnitRow

# Longer, and the monthly counts that were sent up would change under their readers.
CORRECT_WITHIN = timedelta(days=7)


def may_log_activity(user: User, unit: UnitRow | None = None) -> bool:
    """Write down an activity of the unit; without one, of any."""
    return Action.LOG in user.scope.actions if unit is None else user.may(Action.LOG, unit)


def may_see_activities(user: User) -> bool:
    """Open the list of activities: whoever has a posting."""
    return Action.VIEW in user.scope.actions


def may_correct(user: User, activity: Activity) -> bool:
    """Correct it or take it back: its author, for a week."""
    is_fresh = timezone.now() - activity.received_at < CORRECT_WITHIN
    return activity.author_id == user.pk and activity.withdrawn_at is None and is_fresh


def may_open_resident(user: User, activity: Activity) -> bool:
    """Read the sealed name of a resident: who wrote it down, while serving in that unit."""
    return activity.author_id == user.pk and user.may(Action.LOG, activity)


def may_add_activity_photo(user: User, activity: Activity) -> bool:
    """Send a photo that the activity has announced: its author."""
    return activity.author_id == user.pk and activity.withdrawn_at is None


def may_own_issue(user: User, issue: ResidentIssue) -> bool:
    """Be the officer who is to do what was promised."""
    return user.is_active and user.may(Action.LOG, issue)


def may_take_issue_step(user: User, issue: ResidentIssue, step: str) -> bool:
    """Whether the person may take the step of ISSUE_CHANGES, whatever the issue's state.

    Done is what its owner did, or whom a commander speaks for. Nobody checks the own work.
    """
    if not user.may(ISSUE_CHANGES[step].needs, issue):
        return False
    if step == "do":
        is_owner = issue.owner_id in (None, user.pk)
        return is_owner or user.may(Action.REVIEW, issue)
    if step in ("verify", "doubt"):
        return issue.done_by_id != user.pk
    return True


def may_report_issue(user: User, issue: ResidentIssue) -> bool:
    """Make a report of it."""
    return user.may(Action.LOG, issue)


def may_publish_issue(user: User, issue: ResidentIssue) -> bool:
    """Choose what of it everybody may read: whoever plans for the unit."""
    return issue.forum_id is not None and user.may(Action.PLAN, issue)


def may_change_forum(user: User, forum: Forum) -> bool:
    """Change a meeting, call it off, make its activity, write down what is said at it."""
    return user.may(Action.LOG, forum)


def may_issue(user: User, unit: UnitRow | None = None) -> bool:
    """Send an instruction in the name of the unit: commander and operator posted there.

    It needs PLAN as a schedule does: both say what others are to do. A posting above does not do:
    a Kapolres speaks for the Polres, and leaves the Polsek to its Kapolsek.
    """
    units = units_answered_for(user)
    return bool(units) if unit is None else getattr(unit, "pk", 0) in units


def may_answer(user: User, receipt: InstructionReceipt) -> bool:
    """Say that it is read, passed down or done: the officer, or who answers for the unit. Nobody
    reads in the place of somebody else, nor after the posting there has ended."""
    if receipt.person_id is not None:
        return receipt.person_id == user.pk and user.may(Action.VIEW, receipt)
    return receipt.unit_id in units_answered_for(user)


def may_pass(user: User, receipt: InstructionReceipt) -> bool:
    """Pass it down: who answers for the unit. An officer has nobody below."""
    return receipt.person_id is None and may_answer(user, receipt)


def may_judge(user: User, receipt: InstructionReceipt) -> bool:
    """Accept what is done, or return it: commanders of the unit that sent it to this addressee,
    as they approve logs; never the addressee."""
    return _commands(user, receipt.sender_id) and receipt.person_id != user.pk


def may_withdraw_instruction(user: User, instruction: Instruction) -> bool:
    """Commanders of the unit that has issued it."""
    return _commands(user, instruction.unit_id)


def _commands(user: User, unit_id: int) -> bool:
    return unit_id in user.scope.units_posted_with(Action.REVIEW)
