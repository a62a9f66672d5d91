"""What may be done next with an issue, as buttons; and its state and steps as colours."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from programs.models import IssueStep, ResidentIssue
from programs.rights import may_take_issue_step
from programs.workflow import ISSUE_CHANGES, IssueState
from territory.times import moment
from toolkit.labels import capitalized
from toolkit.workflow import state_allows

STATE_TAGS: dict[str, str] = {
    IssueState.NEW: "warn",
    IssueState.PROMISED: "",
    IssueState.DONE: "",
    IssueState.VERIFIED: "good",
    IssueState.EXPLAINED: "plain",
}
STEP_LINES: dict[str, str] = {
    IssueStep.DONE: "good",
    IssueStep.VERIFIED: "good",
    IssueStep.DOUBTED: "danger",
    IssueStep.REPORTED: "quiet",
    IssueStep.PUBLISHED: "quiet",
    IssueStep.UNPUBLISHED: "quiet",
}


@dataclass(frozen=True)
class IssueButton:
    """`step` is what ISSUE_CHANGES calls it, `name` the URL name of its page."""

    step: str
    name: str
    label: str | Promise
    icon: str


PROMISE = IssueButton(
    "promise", "programs:issue_promise", gettext_lazy("Promise something"), "calendar-check"
)
BUTTONS = (
    IssueButton("verify", "programs:issue_verify", gettext_lazy("Check it"), "badge-check"),
    IssueButton("do", "programs:issue_done", gettext_lazy("It is done"), "circle-check"),
    PROMISE,
    IssueButton(
        "explain", "programs:issue_explain", gettext_lazy("Explain why not"), "message-square"
    ),
)


def buttons_of(issue: ResidentIssue, user: User) -> list[IssueButton]:
    """The steps that its state allows and the person may take, the expected one first."""
    return [
        button
        for button in BUTTONS
        if state_allows(ISSUE_CHANGES, button.step, issue.state)
        and may_take_issue_step(user, issue, button.step)
    ]


def issue_words(issue: ResidentIssue) -> list[str]:
    """What is stored, in lines."""
    head = f"{moment(issue.at, issue.unit)} · {capitalized(issue.get_kind_display())}"
    return [*filter(None, [issue.number, head, issue.place_name, issue.text])]


def waits_for(issue: ResidentIssue, user: User) -> str:
    """Why somebody who may work here has no button that is expected next; "" where there is one."""
    if issue.state == IssueState.DONE and issue.done_by_id == user.pk:
        return _("You did it yourself: somebody else checks it.")
    owner = issue.owner
    if issue.state == IssueState.PROMISED and owner is not None and owner.pk != user.pk:
        return _("Waits for %(who)s.") % {"who": owner.titled_name}
    return ""
