"""The allowed changes of a report's state, and what changes with it. Nothing else is allowed.

Three changes are not in the table. A commander may override: set any state, with a reason. A
handover, or a new category that belongs to another unit, starts again at "received". The reporter
closes a report by confirming the outcome and reopens it by disputing.

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

CHANGES: dict[str, Change[Action]] = {
    "verify": Change(
        from_states=frozenset({ReportState.RECEIVED}),
        to_state=ReportState.VERIFIED,
        needs=Action.LOG,
    ),
    "dispatch": Change(frozenset(AWAITED), ReportState.DISPATCHED, Action.LOG),
    "recall": Change(
        frozenset({ReportState.DISPATCHED, ReportState.ON_SCENE}), ReportState.VERIFIED, Action.LOG
    ),
    "arrive": Change(frozenset({ReportState.DISPATCHED}), ReportState.ON_SCENE, Action.LOG),
    # Some things are settled by telephone, so nobody has to have arrived.
    "resolve": Change(
        frozenset({ReportState.VERIFIED, ReportState.DISPATCHED, ReportState.ON_SCENE}),
        ReportState.RESOLVED,
        Action.LOG,
    ),
    "close": Change(frozenset({ReportState.RESOLVED}), ReportState.CLOSED, Action.REVIEW),
    "reject": Change(
        frozenset({ReportState.RECEIVED, ReportState.VERIFIED}),
        ReportState.REJECTED,
        Action.REVIEW,
    ),
    "merge": Change(frozenset(AWAITED), ReportState.DUPLICATE, Action.LOG),
    "refer": Change(frozenset(OPEN), ReportState.REFERRED, Action.LOG),
    "reopen": Change(frozenset({*ENDED, *ASIDE}), ReportState.VERIFIED, Action.LOG),
}


def state_allows_step(step: str, state: str) -> bool:
    """Whether a report in `state` allows the step: a change of CHANGES, or one beside the state."""
    if step in CHANGES:
        return state_allows(CHANGES, step, state)
    # Notes, category, contact and an override are possible in any state.
    return step != "handover" or state in OPEN


# States in which the reporter may confirm the outcome, which closes, or dispute, which reopens.
ANSWERABLE = frozenset({ReportState.RESOLVED, ReportState.CLOSED})
DISPUTABLE = frozenset({*ENDED, ReportState.REJECTED, ReportState.REFERRED, ReportState.DUPLICATE})


class ReportTimes(Protocol):
    """The fields that decide, before the change. A `Report` has them, stored or not."""

    @property
    def first_response_at(self) -> datetime | None: ...

    @property
    def arrived_at(self) -> datetime | None: ...

    @property
    def resolved_at(self) -> datetime | None: ...


def consequences(
    report: ReportTimes, state: str, at: datetime, *, is_response: bool
) -> dict[str, Any]:
    """The new values by field name, `state` included, for a report that enters `state` at `at`.

    `is_response`: an officer worked on the report. Handing it over is no response, and neither is
    what the reporter does.
    """
    values: dict[str, Any] = {"state": state, "closed_at": None}
    if is_response and report.first_response_at is None:
        values["first_response_at"] = at
    if state == ReportState.ON_SCENE and report.arrived_at is None:
        values["arrived_at"] = at
    if state in AWAITED and report.arrived_at is not None:
        # The target was about the first arrival.
        values["due_at"] = None
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
