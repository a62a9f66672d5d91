"""The buttons on the page of a duty: what this person may do with it as it stands."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from patrols.models import Attendance, AttendanceStatus, Duty
from patrols.rights import may_change, may_hand_over, may_run, may_sign_in
from patrols.workflow import DUTY_CHANGES, REVIEW_CHANGES, DutyState, ReviewState
from toolkit.workflow import state_allows


@dataclass(frozen=True)
class Step:
    """A button. `name` is the URL name and `pk` its argument, `css` are classes beside ``btn``.

    With `is_tap` it is a form that posts `fields` and needs nothing more, else a link to a page.
    One that `waits` is kept on the phone where there is no signal.
    """

    pk: int
    name: str
    label: str
    icon: str
    is_tap: bool = False
    waits: bool = False
    css: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Steps:
    """The buttons by the part of the page they stand in; None or empty where there are none.

    `start_early` is the start before its time, which the page folds away behind a warning.
    """

    submit: Step | None
    roll: Step | None
    start: Step | None
    start_early: Step | None
    after_summary: tuple[Step, ...]
    after_log: tuple[Step, ...]
    handover: Step | None
    end: Step | None
    planning: tuple[Step, ...]


def steps_for(duty: Duty, user: User, *, own: Attendance | None, now: datetime) -> Steps:
    """No query. `own` is the person's row in the roll, with `member__group` loaded."""
    start, start_early = _start(duty, user, now)
    return Steps(
        submit=_submit(duty, user),
        roll=_roll(duty, user, own, now),
        start=start,
        start_early=start_early,
        after_summary=_after_summary(duty, user),
        after_log=_after_log(duty, user),
        handover=_handover(duty, user),
        end=_end(duty, user),
        planning=_planning(duty, user),
    )


def duty_in_state(duty: Duty, state: DutyState) -> Duty:
    """The duty as it will be; nothing is stored."""
    other = copy(duty)
    other.state = state
    return other


@dataclass(frozen=True)
class CopiedSteps:
    """The buttons of a page that the phone keeps: of the night as it may go on without a signal."""

    roll: Step | None
    start: Step | None
    handover: Step | None
    end: Step | None


def steps_of_copy(duty: Duty, user: User, *, own: Attendance | None, now: datetime) -> CopiedSteps:
    """No query. The start is offered before its time too: it will be time."""
    planned = steps_for(duty, user, own=own, now=now)
    later = duty_in_state(duty, DutyState.RUNNING) if duty.state == DutyState.PLANNED else duty
    running = steps_for(later, user, own=own, now=now)
    return CopiedSteps(
        roll=running.roll,
        start=planned.start or planned.start_early,
        handover=running.handover,
        end=running.end,
    )


def _may_now(user: User, duty: Duty, change: str) -> bool:
    """Whether the person has the right to a change of DUTY_CHANGES and the state allows it."""
    return state_allows(DUTY_CHANGES, change, duty.state) and may_change(
        user, duty, DUTY_CHANGES[change]
    )


def _may_review_now(user: User, duty: Duty) -> bool:
    # Whatever can be approved can be returned too.
    return state_allows(REVIEW_CHANGES, "return", duty.review) and may_change(
        user, duty, REVIEW_CHANGES["return"]
    )


def _submit(duty: Duty, user: User) -> Step | None:
    if duty.review != ReviewState.RETURNED or not may_run(user, duty):
        return None
    return Step(duty.pk, "patrols:duty_submit", _("Send again"), "send", is_tap=True, css="main")


def _roll(duty: Duty, user: User, own: Attendance | None, now: datetime) -> Step | None:
    """The roll call for those who run the duty; the others sign in themselves, once."""
    if may_run(user, duty) and duty.state != DutyState.CANCELLED:
        return Step(duty.pk, "patrols:duty_rollcall", _("Roll call"), "users", css="wide")
    if own is None or own.status:
        return None
    if not may_sign_in(user, own) or not duty.is_sign_in_open(now):
        return None
    return Step(
        own.pk,
        "patrols:attendance_mark",
        _("I am present"),
        "check",
        is_tap=True,
        waits=True,
        css="main big" if duty.state == DutyState.PLANNED else "",
        fields={"from_duty": "1", "status": AttendanceStatus.PRESENT},
    )


def _start(duty: Duty, user: User, now: datetime) -> tuple[Step | None, Step | None]:
    """The start, as the button in time or as the early one."""
    if not _may_now(user, duty, "start"):
        return None, None
    ready = duty.is_ready(now)
    step = Step(
        duty.pk,
        "patrols:duty_start",
        _("Start duty"),
        "play",
        is_tap=True,
        waits=True,
        css="main big" if ready else "",
    )
    return (step, None) if ready else (None, step)


def _share(duty: Duty, css: str = "") -> Step:
    return Step(duty.pk, "patrols:duty_share", _("Share report"), "share-2", css=css)


def _after_summary(duty: Duty, user: User) -> tuple[Step, ...]:
    if duty.state != DutyState.ENDED:
        return ()
    if not _may_review_now(user, duty):
        # A returned log has its main button above, in the notice of the return.
        return (_share(duty, "wide" if duty.review == ReviewState.RETURNED else "wide main"),)
    review = Step(
        duty.pk,
        "patrols:duty_review",
        _("Approve or return the log"),
        "clipboard-check",
        css="wide main" if duty.review == ReviewState.WAITING else "wide",
    )
    return review, _share(duty, "wide")


def _after_log(duty: Duty, user: User) -> tuple[Step, ...]:
    if duty.state not in (DutyState.RUNNING, DutyState.ENDED):
        return ()
    to_print = Step(duty.pk, "patrols:duty_log", _("Log to print"), "printer")
    if duty.state == DutyState.RUNNING:
        return _share(duty), to_print
    if duty.review == ReviewState.APPROVED or not _may_now(user, duty, "resume"):
        return (to_print,)
    resume = Step(duty.pk, "patrols:duty_resume", _("Not over: go on"), "undo-2", is_tap=True)
    return resume, to_print


def _handover(duty: Duty, user: User) -> Step | None:
    if not duty.accepts_entries or not may_hand_over(user, duty):
        return None
    label = _("Hand the post over")
    return Step(duty.pk, "patrols:duty_handover", label, "arrow-left-right", css="wide")


def _end(duty: Duty, user: User) -> Step | None:
    if not _may_now(user, duty, "end"):
        return None
    return Step(duty.pk, "patrols:duty_end", _("End duty"), "flag", css="risk wide")


def _planning(duty: Duty, user: User) -> tuple[Step, ...]:
    if _may_now(user, duty, "cancel"):
        return (Step(duty.pk, "patrols:duty_cancel", _("Cancel this duty"), "ban", css="wide"),)
    if _may_now(user, duty, "restore"):
        label = _("Let it take place after all")
        return (Step(duty.pk, "patrols:duty_restore", label, "undo-2", is_tap=True),)
    return ()
