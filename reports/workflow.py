"""The allowed changes of a report's state, and what changes with it. Nothing else is allowed.

Only a commander's override is not in the table: it sets any state, with a reason.

The outcome is a field of its own, because "closed" does not say what came of it. "Reopened" is no
state: reopening leads to "verified" and stays visible as an event. Any officer of the unit may
reopen, even what the commander rejected or closed, because officers in the street hear new facts
first. A report reopened in vain is simply closed again.
"""

from datetime import datetime
from typing import Any, Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.roles import Action
from toolkit.workflow import Change, state_allows


class ReportState(TextChoices):
    RECEIVED = "received", _("received")
    VERIFIED = "verified", _("verified")
    DISPATCHED = "dispatched", _("officer assigned")
    ON_SCENE = "on_scene", _("officer on scene")
    RESOLVED = "resolved", _("resolved")
    CLOSED = "closed", _("closed")
    REJECTED = "rejected", _("cannot be followed up yet")
    DUPLICATE = "duplicate", _("merged with another report")
    REFERRED = "referred", _("passed on")


class Outcome(TextChoices):
    HANDLED = "handled", _("handled on the spot")
    MEDIATED = "mediated", _("settled together (problem solving)")
    HELD = "held", _("suspect held")
    FOUND = "found", _("person or thing found")
    POLICE_REPORT = "police_report", _("a Laporan Polisi was made")
    UNFOUNDED = "unfounded", _("nothing found at the place")
    OTHER = "other", _("other")


# An officer still has something to do.
OPEN = (
    ReportState.RECEIVED,
    ReportState.VERIFIED,
    ReportState.DISPATCHED,
    ReportState.ON_SCENE,
)
# No officer has come yet, and the category's target time is running.
AWAITED = (ReportState.RECEIVED, ReportState.VERIFIED, ReportState.DISPATCHED)
ENDED = (ReportState.RESOLVED, ReportState.CLOSED)
ASIDE = (ReportState.REJECTED, ReportState.DUPLICATE, ReportState.REFERRED)
# Entering one of these states ends the assignment.
UNASSIGNED = (ReportState.RECEIVED, ReportState.VERIFIED, *ASIDE)

# By name: the states it starts from, the state it leads to, and the action that the person must be
# granted at the report's unit. None: the reporter makes the change, with the report's code.
CHANGES: dict[str, Change[Action | None]] = {
    "verify": Change(
        from_states={ReportState.RECEIVED},
        to_state=ReportState.VERIFIED,
        needs=Action.LOG,
    ),
    "dispatch": Change(
        from_states=AWAITED,
        to_state=ReportState.DISPATCHED,
        needs=Action.LOG,
    ),
    "recall": Change(
        from_states={ReportState.DISPATCHED, ReportState.ON_SCENE},
        to_state=ReportState.VERIFIED,
        needs=Action.LOG,
    ),
    "arrive": Change(
        from_states={ReportState.DISPATCHED},
        to_state=ReportState.ON_SCENE,
        needs=Action.LOG,
    ),
    # Some things are settled by telephone, so nobody has to have arrived.
    "resolve": Change(
        from_states={ReportState.VERIFIED, ReportState.DISPATCHED, ReportState.ON_SCENE},
        to_state=ReportState.RESOLVED,
        needs=Action.LOG,
    ),
    "close": Change(
        from_states={ReportState.RESOLVED},
        to_state=ReportState.CLOSED,
        needs=Action.REVIEW,
    ),
    "reject": Change(
        from_states={ReportState.RECEIVED, ReportState.VERIFIED},
        to_state=ReportState.REJECTED,
        needs=Action.REVIEW,
    ),
    "merge": Change(
        from_states=AWAITED,
        to_state=ReportState.DUPLICATE,
        needs=Action.LOG,
    ),
    "refer": Change(
        from_states=OPEN,
        to_state=ReportState.REFERRED,
        needs=Action.LOG,
    ),
    "reopen": Change(
        from_states={*ENDED, *ASIDE},
        to_state=ReportState.VERIFIED,
        needs=Action.LOG,
    ),
    # To another unit, where the work starts again.
    "handover": Change(
        from_states=OPEN,
        to_state=ReportState.RECEIVED,
        needs=Action.LOG,
    ),
    # The reporter agrees with the outcome. In a closed report that is an event without a change.
    "confirm": Change(
        from_states={ReportState.RESOLVED},
        to_state=ReportState.CLOSED,
        needs=None,
    ),
    "dispute": Change(
        from_states={*ENDED, *ASIDE},
        to_state=ReportState.VERIFIED,
        needs=None,
    ),
}


def state_allows_step(step: str, state: str) -> bool:
    """Whether a report in `state` allows the step: a change of CHANGES, or one beside the state.

    Notes, category, contact and an override are possible in any state. A new code is given until
    there is an outcome, so that nobody of the police answers that in the reporter's place.
    """
    if step == "code":
        return state in OPEN
    return step not in CHANGES or state_allows(CHANGES, step, state)


class HasTarget(Protocol):
    """A category, which knows within which time an officer is due."""

    def due_at(self, reported_at: datetime) -> datetime | None: ...


class ReportTimes(Protocol):
    """What `consequences` reads of a report before the change."""

    @property
    def state(self) -> str: ...

    @property
    def category(self) -> HasTarget: ...

    @property
    def due_at(self) -> datetime | None: ...

    @property
    def first_response_at(self) -> datetime | None: ...

    @property
    def arrived_at(self) -> datetime | None: ...

    @property
    def resolved_at(self) -> datetime | None: ...


def consequences(
    report: ReportTimes, state: str, at: datetime, *, by_police: bool
) -> dict[str, Any]:
    """The new values by field name, `state` included, for a report that enters `state` at `at`.

    `by_police` is False for what the reporter does. That is no response of the police. Neither is a
    handover: the unit that receives the report has yet to respond.
    """
    values: dict[str, Any] = {"state": state, "closed_at": None}
    if by_police and state != ReportState.RECEIVED and report.first_response_at is None:
        values["first_response_at"] = at
    if state in UNASSIGNED:
        values["assignee"] = None
    if state == ReportState.ON_SCENE and report.arrived_at is None:
        values["arrived_at"] = at
    if state in AWAITED and report.arrived_at is not None:
        # The target was about the first arrival.
        values["due_at"] = None
    elif state in AWAITED and report.state not in OPEN and report.due_at is not None:
        # A reopened report gets a new target time, because until now nobody had to come.
        values["due_at"] = report.category.due_at(at)
    if state in ENDED:
        values["resolved_at"] = report.resolved_at or at
    else:
        values |= {"resolved_at": None, "outcome": "", "outcome_reason": ""}
    if state == ReportState.CLOSED:
        values["closed_at"] = at
    if state != ReportState.DUPLICATE:
        values["duplicate_of"] = None
    if state != ReportState.REFERRED:
        values["referred_to"] = ""
    return values
