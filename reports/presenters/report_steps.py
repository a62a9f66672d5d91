"""The steps a person may take with a report as it is, in words: one first, the others after it."""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Action
from reports.models import ContactAccess, Privacy, Report
from reports.rights import may_be_assigned, may_open_contact, may_take_step, may_work_on
from reports.workflow import ReportState, state_allows_step


@dataclass(frozen=True)
class Step:
    """A button. `name` is the URL name; with `is_tap` it needs nothing more than the tap.
    `assignee` goes with it, where the step names who goes."""

    change: str
    name: str
    label: str | Promise
    icon: str
    is_tap: bool = False
    assignee: int | None = None


@dataclass(frozen=True)
class Steps:
    """What stands on the page of a report. `waits_for` says whose turn it is where there is no
    first step for this person; `openings` is how often the contact was opened, for commanders."""

    first: Step | None
    beside: tuple[Step, ...]
    others: tuple[Step, ...]
    note: Step | None
    contact: Step | None
    openings: int | None
    waits_for: str | Promise

    @property
    def any_change(self) -> bool:
        return bool(self.first or self.beside or self.others)


VERIFY = Step("verify", "reports:report_verify", _("Verify the report"), "badge-check", True)
TAKE = Step("dispatch", "reports:report_dispatch", _("I will handle it"), "hand", True)
ASSIGN = Step("dispatch", "reports:report_dispatch", _("Assign an officer"), "user-plus")
REASSIGN = Step("dispatch", "reports:report_dispatch", _("Assign another officer"), "user-cog")
ARRIVE = Step("arrive", "reports:report_arrive", _("I am on scene"), "map-pin-check", True)
ARRIVED = Step(
    "arrive", "reports:report_arrive", _("The officer is on scene"), "map-pin-check", True
)
RESOLVE = Step("resolve", "reports:report_resolve", _("Resolve"), "circle-check")
CLOSE = Step("close", "reports:report_close", _("Close the report"), "archive", True)
OTHERS = (
    Step("reject", "reports:report_reject", _("Cannot be followed up yet"), "circle-pause"),
    Step("merge", "reports:report_merge", _("Merge with another report"), "merge"),
    Step("refer", "reports:report_refer", _("Pass on to another agency"), "forward"),
    Step("handover", "reports:report_handover", _("Hand over to another unit"), "building-2"),
    Step("recall", "reports:report_recall", _("Take the assignment back"), "user-x", True),
    Step("classify", "reports:report_classify", _("Change category or priority"), "tags"),
    Step("reopen", "reports:report_reopen", _("Reopen"), "rotate-ccw"),
    Step("override", "reports:report_override", _("Set the state (commander)"), "gavel"),
)
NOTE = Step("note", "reports:report_note", _("Add a note"), "message-square-plus")
CONTACT = Step("contact", "reports:contact_open", _("Open the reporter's contact"), "lock-open")


def steps_for(report: Report, user: User) -> Steps:
    """No query but the count of openings, which only the unit's head is shown."""
    lead, rest = (
        [step for step in steps if _is_open(step, report, user)] for steps in _on(report, user)
    )
    others = [step for step in OTHERS if _is_open(step, report, user)]
    return Steps(
        first=lead[0] if lead else None,
        beside=tuple(lead[1:]),
        others=(*rest, *others),
        note=NOTE if may_work_on(user, report) else None,
        contact=CONTACT if may_open_contact(user, report) else None,
        openings=_openings(report, user),
        waits_for="" if lead else _waits_for(report),
    )


def _is_open(step: Step, report: Report, user: User) -> bool:
    return state_allows_step(step.change, report.state) and may_take_step(user, report, step.change)


def _on(report: Report, user: User) -> tuple[list[Step], list[Step]]:
    """The steps that lead on from this state, the likeliest first, and those one may look for."""
    mine = report.assignee_id == user.pk
    take = [_oneself(user)] if not mine and may_be_assigned(user, report) else []
    if report.state == ReportState.RECEIVED:
        return [VERIFY, *take, ASSIGN], []
    if report.state == ReportState.VERIFIED:
        # Who plans sends others; an officer goes.
        sends = user.may(Action.PLAN, report)
        return [ASSIGN, *take] if sends else [*take, ASSIGN], [RESOLVE]
    if report.state == ReportState.DISPATCHED:
        return [ARRIVE if mine else ARRIVED], [RESOLVE, REASSIGN, *take]
    if report.state == ReportState.ON_SCENE:
        return [RESOLVE], []
    return [CLOSE], []


def _oneself(user: User) -> Step:
    return replace(TAKE, assignee=user.pk)


def _waits_for(report: Report) -> str | Promise:
    if report.state == ReportState.RESOLVED:
        return _("Waiting for the commander to close it.")
    return ""


def _openings(report: Report, user: User) -> int | None:
    """How often the contact was opened, where the person heads the unit and there is one."""
    if report.privacy == Privacy.ANONYMOUS or not user.may(Action.REVIEW, report):
        return None
    return ContactAccess.objects.visible_to(user).filter(report=report).count()
