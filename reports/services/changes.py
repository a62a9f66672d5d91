"""Every change of a report's state: one service for each line of the table in workflow.py.

Each locks the row, checks that the report still is as the person saw it, and writes the event
beside the change. All raise PermissionDenied without the right, ReportMoved where somebody was
faster, ValidationError where the table or the input says no.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from reports.models import EventKind, Report
from reports.rights import may_be_assigned, may_override
from reports.services.transitions import ReportMoved, change_state, lock_report, write_change
from reports.workflow import ENDED, OPEN, Outcome, ReportState


@transaction.atomic
def verify_report(
    *, report: Report, by: User, seen: str = "", text: str = "", now: datetime | None = None
) -> Report:
    """Somebody has read it and takes it for real."""
    return change_state(
        "verify", EventKind.VERIFIED, report=report, by=by, seen=seen, text=text, now=now
    )


@transaction.atomic
def dispatch_report(
    *,
    report: Report,
    by: User,
    assignee: User,
    seen: str = "",
    text: str = "",
    now: datetime | None = None,
) -> Report:
    """Sends an officer, oneself too; a report not verified yet is so by this."""

    def check(now_is: Report) -> None:
        if not may_be_assigned(assignee, now_is):
            raise ValidationError(
                {"assignee": _("Choose an officer of this unit, or of one above it.")}
            )

    return change_state(
        "dispatch",
        EventKind.DISPATCHED,
        report=report,
        by=by,
        seen=seen,
        text=text,
        now=now,
        check=check,
        assignee=assignee,
    )


@transaction.atomic
def recall_report(
    *, report: Report, by: User, seen: str = "", text: str = "", now: datetime | None = None
) -> Report:
    """Takes the assignment back."""
    return change_state(
        "recall",
        EventKind.RECALLED,
        report=report,
        by=by,
        seen=seen,
        text=text,
        now=now,
        is_public=False,
        assignee=None,
    )


@transaction.atomic
def arrive_at_report(
    *, report: Report, by: User, seen: str = "", text: str = "", now: datetime | None = None
) -> Report:
    return change_state(
        "arrive", EventKind.ARRIVED, report=report, by=by, seen=seen, text=text, now=now
    )


@transaction.atomic
def resolve_report(
    *,
    report: Report,
    by: User,
    outcome: str,
    reason: str,
    lp_number: str = "",
    seen: str = "",
    now: datetime | None = None,
) -> Report:
    """Says what came of it. `reason` is read by the reporter."""
    return change_state(
        "resolve",
        EventKind.RESOLVED,
        report=report,
        by=by,
        seen=seen,
        text=reason,
        now=now,
        check=lambda now_is: check_outcome(now_is, outcome, reason, lp_number),
        outcome=outcome,
        outcome_reason=reason.strip(),
        lp_number=lp_number.strip(),
    )


def check_outcome(report: Report, outcome: str, reason: str, lp_number: str) -> None:
    if outcome not in Outcome:
        raise ValidationError({"outcome": _("Choose what came of it.")})
    if outcome == Outcome.MEDIATED and not report.category.allows_mediation:
        raise ValidationError({"outcome": _("The law forbids mediation here.")})
    if outcome == Outcome.POLICE_REPORT and not lp_number.strip():
        raise ValidationError({"lp_number": _("Give the number of the Laporan Polisi.")})
    if not reason.strip():
        raise ValidationError(
            {"reason": _("Say in a sentence what was done: the reporter reads it.")}
        )


@transaction.atomic
def close_report(
    *, report: Report, by: User, seen: str = "", text: str = "", now: datetime | None = None
) -> Report:
    return change_state(
        "close", EventKind.CLOSED, report=report, by=by, seen=seen, text=text, now=now
    )


@transaction.atomic
def reject_report(
    *, report: Report, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> Report:
    """Nothing can be done yet; the reporter reads why, and may add what is missing."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the reporter reads it.")})
    return change_state(
        "reject",
        EventKind.REJECTED,
        report=report,
        by=by,
        seen=seen,
        text=reason,
        now=now,
        assignee=None,
    )


@transaction.atomic
def merge_report(
    *, report: Report, by: User, into: Report, seen: str = "", now: datetime | None = None
) -> Report:
    """It tells of the same as another report, which goes on."""
    if into.pk == report.pk:
        raise ValidationError({"into": _("This is the report itself.")})
    # Both are held, in one order: no two reports are merged with each other at once.
    both = Report.objects.in_scope(by).filter(pk__in=(report.pk, into.pk)).order_by("pk")
    held = {row.pk: row for row in both.select_for_update(of=("self",), no_key=True)}
    if into.pk not in held:
        raise ValidationError({"into": _("There is no report of this number in your units.")})
    into = held[into.pk]
    if into.state not in OPEN:
        raise ValidationError({"into": _("That report is not open any more: choose another.")})
    # The reporter learns that it goes on elsewhere, not where: that report is somebody else's.
    merged = change_state(
        "merge",
        EventKind.MERGED,
        report=report,
        by=by,
        seen=seen,
        now=now,
        duplicate_of=into,
        assignee=None,
    )
    # What was merged into it before goes along: no chain is left to follow.
    Report.objects.filter(duplicate_of=report.pk).update(duplicate_of=into)
    return merged


@transaction.atomic
def refer_report(
    *,
    report: Report,
    by: User,
    agency: str,
    text: str = "",
    seen: str = "",
    now: datetime | None = None,
) -> Report:
    """Passes it on to who has the power: PLN, Damkar, a Dinas."""
    agency = agency.strip()
    if not agency:
        raise ValidationError({"agency": _("Say who it is passed on to.")})
    told = f"{agency}. {text.strip()}" if text.strip() else agency
    return change_state(
        "refer",
        EventKind.REFERRED,
        report=report,
        by=by,
        seen=seen,
        text=told,
        now=now,
        referred_to=agency,
        assignee=None,
    )


@transaction.atomic
def reopen_report(
    *, report: Report, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> Report:
    """Back to work, visibly. It needs a new assignment."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is reopened.")})
    return change_state(
        "reopen",
        EventKind.REOPENED,
        report=report,
        by=by,
        seen=seen,
        text=reason,
        now=now,
        assignee=None,
    )


@transaction.atomic
def override_report(
    *,
    report: Report,
    by: User,
    state: str,
    reason: str,
    seen: str = "",
    now: datetime | None = None,
) -> Report:
    """A commander sets any state, past the table, with a reason that stays in the timeline."""
    now = now or timezone.now()
    report = lock_report(report, by)
    if not may_override(by, report):
        raise PermissionDenied
    if seen and report.stamp != seen:
        raise ReportMoved(report)
    if state not in OVERRIDABLE or state == report.state:
        raise ValidationError({"state": _("Choose another state.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the usual way will not do.")})
    values: dict[str, Any] = {}
    if state in ENDED:
        values = {
            "outcome": report.outcome or Outcome.OTHER,
            "outcome_reason": report.outcome_reason or reason.strip(),
        }
    if state in (ReportState.DISPATCHED, ReportState.ON_SCENE) and report.assignee_id is None:
        values["assignee"] = by
    if state in (ReportState.RECEIVED, ReportState.VERIFIED, ReportState.REJECTED):
        values["assignee"] = None
    return write_change(
        report, EventKind.OVERRIDDEN, state, by=by, at=now, text=reason, is_public=True, **values
    )


# Merging and passing on need to say with which and to whom: their own services ask.
OVERRIDABLE = tuple(
    state
    for state in ReportState.values
    if state not in (ReportState.DUPLICATE, ReportState.REFERRED)
)
