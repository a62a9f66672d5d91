"""Who may do what with a report. None of these asks whether the report's state allows it.

Everybody must be able to see the report first: `visible_to()` and `in_scope()` decide that.
`user.may(action, report)` is true where a posting of the person, at the report's unit or at one
above it, has a role that grants the action (accounts/roles.py).
"""

from accounts.models import User
from accounts.roles import Action
from reports.models import HotspotProposal, Privacy, Report
from reports.models.reports import own_units
from reports.workflow import CHANGES


def is_assigned(user: User, report: Report) -> bool:
    """The assigned officer may go on in another role and, after a move to another unit, until
    `recall_reports` has brought the report back to the desk."""
    return report.assignee_id == user.pk and bool(user.scope.grants)


def may_change(user: User, report: Report, change: str) -> bool:
    """Whether the person may make this change of `workflow.CHANGES`. Nobody of the police makes
    those of the reporter."""
    needs = CHANGES[change].needs
    if needs is None:
        return False
    return user.may(needs, report) or (needs == Action.LOG and is_assigned(user, report))


def may_work_on(user: User, report: Report) -> bool:
    """Add notes, change the category, hand over: the unit's officers and the assigned one."""
    return user.may(Action.LOG, report) or is_assigned(user, report)


def is_complained_about(user: User, report: Report) -> bool:
    """Whether the report is about a unit whose people the person belongs to."""
    return report.about_unit_id is not None and report.about_unit_id in own_units(user)


def may_be_assigned(officer: User, report: Report) -> bool:
    """Active, posted where the report is, and not posted at or below the unit it is about; for a
    sealed report confirmed, too."""
    if not officer.is_active or not officer.may(Action.LOG, report):
        return False
    if report.is_sealed and not officer.scope.is_confirmed:
        return False
    return not is_complained_about(officer, report)


def may_override(user: User, report: Report) -> bool:
    """Set any state, with a reason."""
    return user.may(Action.REVIEW, report)


def may_unseal(user: User, report: Report) -> bool:
    return user.may(Action.UNSEAL, report)


def may_open_contact(user: User, report: Report) -> bool:
    """A sealed name or a sealed report: the assigned, and commanders with the permission. A name
    for the officers: whoever works on the report. An anonymous reporter has no contact."""
    if report.privacy == Privacy.ANONYMOUS:
        return False
    if report.privacy == Privacy.SEALED or report.is_sealed:
        is_theirs = is_assigned(user, report) and user.scope.is_confirmed
        return is_theirs or may_unseal(user, report)
    return may_work_on(user, report)


def may_renew_code(user: User, report: Report) -> bool:
    """Give whoever told the report a new code. Never where nobody but its reporter has had one, nor
    where the report is sealed: the former code would be of no use to its holder. Nor by whoever
    handles the report: they could confirm their own work with it. If they took the report down
    themselves, they were told the first code anyway."""
    is_own_work = report.assignee_id == user.pk and report.received_by_id != user.pk
    return report.is_told and not report.is_sealed and not is_own_work and may_work_on(user, report)


def may_read_openings(user: User, report: Report | None = None) -> bool:
    """See who opened contacts: whoever heads the report's unit; without a report, any unit."""
    if report is None:
        return Action.REVIEW in user.scope.actions
    return user.may(Action.REVIEW, report)


def may_list(user: User) -> bool:
    return Action.VIEW in user.scope.actions


def may_take_down(user: User) -> bool:
    """Take a report down for somebody who called, came or wrote."""
    return Action.LOG in user.scope.actions


def works_at_desk(user: User) -> bool:
    """An operator: takes reports down and assigns them, and commands nobody."""
    actions = user.scope.actions
    return {Action.LOG, Action.PLAN} <= actions and Action.REVIEW not in actions


def is_with_own_unit(user: User, report: Report) -> bool:
    """Whether the report is with the person's units, and not only handed over by them."""
    return user.may(Action.VIEW, report)


def sends_others(user: User, report: Report | None = None) -> bool:
    """Whether the person plans, at the report's unit or at any. They mostly assign others, while
    an officer mostly goes."""
    if report is None:
        return Action.PLAN in user.scope.actions
    return user.may(Action.PLAN, report)


def may_take_step(user: User, report: Report, step: str) -> bool:
    """Whether the person may take the step, a change of the state or one beside it."""
    if step in CHANGES:
        return may_change(user, report, step)
    if step == "override":
        return may_override(user, report)
    if step == "contact":
        return may_open_contact(user, report)
    if step == "code":
        return may_renew_code(user, report)
    return may_work_on(user, report)


def may_decide_proposals(user: User, proposal: HotspotProposal | None = None) -> bool:
    """Accept or decline what the system proposes as a hotspot: whoever heads the unit; without a
    proposal, any unit."""
    if proposal is None:
        return Action.REVIEW in user.scope.actions
    return user.may(Action.REVIEW, proposal)
