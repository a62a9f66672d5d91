"""The allowed changes of state of a duty, and of the review of its log. Nothing else is allowed."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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


# action: (states it may start from, state it leads to)
DUTY_CHANGES: dict[str, tuple[frozenset[str], str]] = {
    # A missed duty may still be started: late is marked, never refused.
    "start": (frozenset({DutyState.PLANNED, DutyState.MISSED}), DutyState.RUNNING),
    "end": (frozenset({DutyState.RUNNING}), DutyState.ENDED),
    "resume": (frozenset({DutyState.ENDED}), DutyState.RUNNING),
    "cancel": (frozenset({DutyState.PLANNED, DutyState.MISSED}), DutyState.CANCELLED),
    "restore": (frozenset({DutyState.CANCELLED}), DutyState.PLANNED),
    "miss": (frozenset({DutyState.PLANNED}), DutyState.MISSED),
}

REVIEW_CHANGES: dict[str, tuple[frozenset[str], str]] = {
    "submit": (frozenset({ReviewState.NONE, ReviewState.RETURNED}), ReviewState.WAITING),
    "approve": (frozenset({ReviewState.WAITING}), ReviewState.APPROVED),
    "return": (frozenset({ReviewState.WAITING, ReviewState.APPROVED}), ReviewState.RETURNED),
    "withdraw": (frozenset({ReviewState.WAITING, ReviewState.RETURNED}), ReviewState.NONE),
}


def allowed(changes: dict[str, tuple[frozenset[str], str]], action: str, state: str) -> bool:
    return state in changes[action][0]
