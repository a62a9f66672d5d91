"""The buttons on the page of a report: the expected step first, then the other possible ones."""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reports.models import Report
from reports.rights import (
    may_be_assigned,
    may_open_contact,
    may_take_step,
    may_work_on,
    sends_others,
)
from reports.workflow import ReportState, state_allows_step


@dataclass(frozen=True)
class Step:
    """A button. `key` is what workflow.py and rights.py call it, `name` its URL name.

    With `is_tap` the button does it at once; otherwise it leads to a page that asks for more.
    `assignee` is the id of the officer that the button assigns.
    """

    key: str
    name: str
    label: str | Promise
    icon: str
    is_tap: bool = False
    assignee: int | None = None


@dataclass(frozen=True)
class Steps:
    """The buttons on the page of a report. Where the person has no `first` step, `waits_for` says
    who has to act."""

    first: Step | None
    beside: tuple[Step, ...]
    others: tuple[Step, ...]
    note: Step | None
    contact: Step | None
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
    Step("code", "reports:report_code", _("Code for the reporter"), "key-round"),
    Step("reopen", "reports:report_reopen", _("Reopen"), "rotate-ccw"),
    Step("override", "reports:report_override", _("Set the state (commander)"), "gavel"),
)
NOTE = Step("note", "reports:report_note", _("Add a note"), "message-square-plus")
CONTACT = Step("contact", "reports:contact_open", _("Open the reporter's contact"), "lock-open")


def steps_for(report: Report, user: User) -> Steps:
    """The steps that the report's state allows and that the person has the right to. No query."""
    expected, possible = (
        [step for step in steps if _is_possible(step, report, user)]
        for steps in _steps_in_state(report, user)
    )
    others = [step for step in OTHERS if _is_possible(step, report, user)]
    return Steps(
        first=expected[0] if expected else None,
        beside=tuple(expected[1:]),
        others=(*possible, *others),
        note=NOTE if may_work_on(user, report) else None,
        contact=CONTACT if may_open_contact(user, report) else None,
        waits_for="" if expected else _waits_for(report),
    )


def _is_possible(step: Step, report: Report, user: User) -> bool:
    return state_allows_step(step.key, report.state) and may_take_step(user, report, step.key)


def _steps_in_state(report: Report, user: User) -> tuple[list[Step], list[Step]]:
    """The steps that are expected now, the likeliest first; and those behind "Other actions"."""
    is_mine = report.assignee_id == user.pk
    take = []
    if not is_mine and may_be_assigned(user, report):
        take = [replace(TAKE, assignee=user.pk)]
    if report.state == ReportState.RECEIVED:
        return [VERIFY, *take, ASSIGN], []
    if report.state == ReportState.VERIFIED:
        return [ASSIGN, *take] if sends_others(user, report) else [*take, ASSIGN], [RESOLVE]
    if report.state == ReportState.DISPATCHED:
        return [ARRIVE if is_mine else ARRIVED], [RESOLVE, REASSIGN, *take]
    if report.state == ReportState.ON_SCENE:
        return [RESOLVE], []
    return [CLOSE], []


def _waits_for(report: Report) -> str | Promise:
    if report.state == ReportState.RESOLVED:
        return _("Waiting for the commander to close it.")
    return ""
