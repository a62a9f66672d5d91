"""The allowed changes of a report's state, and the action each needs. Nothing else is allowed.

Three changes are not in the table. A commander may override: set any state, with a reason. A
handover, or a new category that belongs to another unit, starts again at "received". The reporter
closes a report by confirming the outcome and reopens it by disputing.

The outcome is a field of its own, because "closed" does not say what came of it. "Reopened" is no
state: reopening leads to "verified" and stays visible as an event. Any officer of the unit may
reopen, even what the commander rejected or closed, because officers in the street hear new facts
first. A report reopened in vain is simply closed again.
"""

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
    "verify": Change(frozenset({ReportState.RECEIVED}), ReportState.VERIFIED, Action.LOG),
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
