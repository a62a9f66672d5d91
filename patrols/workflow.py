"""The states of a duty and of the review of its log, and the only changes that are allowed.

Whoever leads a duty may also make the changes that need Action.RUN (see rights.py).
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.roles import Action
from toolkit.workflow import Change


class DutyState(TextChoices):
    PLANNED = "planned", _("planned")
    RUNNING = "running", _("running")
    ENDED = "ended", _("ended")
    MISSED = "missed", _("missed")
    CANCELLED = "cancelled", _("cancelled")


class ReviewState(TextChoices):
    NONE = "", _("not ended yet")
    WAITING = "waiting", _("waiting for approval")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")


class AttendanceStatus(TextChoices):
    PRESENT = "present", _("present")
    LATE = "late", _("late")
    EXCUSED = "excused", _("excused")
    ABSENT = "absent", _("absent")
    REPLACEMENT = "replacement", _("replacement")


class SwapState(TextChoices):
    ASKED = "asked", _("asked")
    AGREED = "agreed", _("agreed, to be confirmed")
    CONFIRMED = "confirmed", _("swapped")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("taken back")
    REFUSED = "refused", _("refused")


OPEN_SWAPS = (SwapState.ASKED, SwapState.AGREED)
ATTENDED = (AttendanceStatus.PRESENT, AttendanceStatus.LATE, AttendanceStatus.REPLACEMENT)

DUTY_CHANGES: dict[str, Change[Action | None]] = {
    # A missed duty may still be started: late is marked, never refused.
    "start": Change(
        frozenset({DutyState.PLANNED, DutyState.MISSED}), DutyState.RUNNING, Action.RUN
    ),
    "end": Change(frozenset({DutyState.RUNNING}), DutyState.ENDED, Action.RUN),
    "resume": Change(frozenset({DutyState.ENDED}), DutyState.RUNNING, Action.RUN),
    "cancel": Change(
        frozenset({DutyState.PLANNED, DutyState.MISSED}), DutyState.CANCELLED, Action.PLAN
    ),
    "restore": Change(frozenset({DutyState.CANCELLED}), DutyState.PLANNED, Action.PLAN),
    # Made by the clock, see `mark_missed`.
    "miss": Change(frozenset({DutyState.PLANNED}), DutyState.MISSED, None),
}

# Of the log of an ended duty. Ending a duty submits its log, resuming the duty withdraws it.
REVIEW_CHANGES: dict[str, Change[Action]] = {
    "submit": Change(
        frozenset({ReviewState.NONE, ReviewState.RETURNED}), ReviewState.WAITING, Action.RUN
    ),
    "approve": Change(frozenset({ReviewState.WAITING}), ReviewState.APPROVED, Action.REVIEW),
    "return": Change(
        frozenset({ReviewState.WAITING, ReviewState.APPROVED}), ReviewState.RETURNED, Action.REVIEW
    ),
    "withdraw": Change(
        frozenset({ReviewState.WAITING, ReviewState.RETURNED}), ReviewState.NONE, Action.RUN
    ),
}

# Who of the two, or who leads or plans, says rights.py.
SWAP_CHANGES: dict[str, Change[None]] = {
    "agree": Change(frozenset({SwapState.ASKED}), SwapState.AGREED, None),
    "decline": Change(frozenset({SwapState.ASKED}), SwapState.DECLINED, None),
    "withdraw": Change(frozenset(OPEN_SWAPS), SwapState.WITHDRAWN, None),
    "confirm": Change(frozenset({SwapState.AGREED}), SwapState.CONFIRMED, None),
    "refuse": Change(frozenset(OPEN_SWAPS), SwapState.REFUSED, None),
}
