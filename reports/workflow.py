"""The allowed changes of a report, and who may make them. Nothing else is allowed.

State is not outcome: "closed" says nothing about what happened, so closing has an outcome beside
it. Reopening is no state: it leads back to "verified" and stays visible as an event. Any officer of
the unit may reopen, also what the commander has rejected or closed: new facts come to who is in the
street, and a report opened in vain is closed again.

Beside the table: an override (a commander, any state, with a reason); handing over to another unit,
and a category that belongs to another, which begin again with "received"; and the reporter, who
closes by confirming and reopens by disputing.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.roles import Action


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


# Somebody still has to do something.
OPEN = (
    ReportState.RECEIVED,
    ReportState.VERIFIED,
    ReportState.DISPATCHED,
    ReportState.ON_SCENE,
)
# Nobody has come yet: the clock of the category runs.
AWAITED = (ReportState.RECEIVED, ReportState.VERIFIED, ReportState.DISPATCHED)
ENDED = (ReportState.RESOLVED, ReportState.CLOSED)
ASIDE = (ReportState.REJECTED, ReportState.DUPLICATE, ReportState.REFERRED)

# change: (states it may start from, state it leads to, what the person needs)
CHANGES: dict[str, tuple[frozenset[str], str, Action]] = {
    "verify": (frozenset({ReportState.RECEIVED}), ReportState.VERIFIED, Action.LOG),
    "dispatch": (frozenset(AWAITED), ReportState.DISPATCHED, Action.LOG),
    "recall": (
        frozenset({ReportState.DISPATCHED, ReportState.ON_SCENE}),
        ReportState.VERIFIED,
        Action.LOG,
    ),
    "arrive": (frozenset({ReportState.DISPATCHED}), ReportState.ON_SCENE, Action.LOG),
    # Some things are settled by telephone, so nobody has to have arrived.
    "resolve": (
        frozenset({ReportState.VERIFIED, ReportState.DISPATCHED, ReportState.ON_SCENE}),
        ReportState.RESOLVED,
        Action.LOG,
    ),
    "close": (frozenset({ReportState.RESOLVED}), ReportState.CLOSED, Action.REVIEW),
    "reject": (
        frozenset({ReportState.RECEIVED, ReportState.VERIFIED}),
        ReportState.REJECTED,
        Action.REVIEW,
    ),
    "merge": (frozenset(AWAITED), ReportState.DUPLICATE, Action.LOG),
    "refer": (frozenset(OPEN), ReportState.REFERRED, Action.LOG),
    "reopen": (frozenset({*ENDED, *ASIDE}), ReportState.VERIFIED, Action.LOG),
}


def allowed(change: str, state: str) -> bool:
    return state in CHANGES[change][0]


# The reporter answers what came of it: confirming closes, disputing reopens.
ANSWERABLE = frozenset({ReportState.RESOLVED, ReportState.CLOSED})
DISPUTABLE = frozenset({*ENDED, ReportState.REJECTED, ReportState.REFERRED, ReportState.DUPLICATE})
