"""The changes of a report's state by the officers of its unit, one service each, and the override.

Handing over stands in casework.py, the changes of the reporter in reporter.py.

`seen` is the stamp of the report that the page showed; empty skips the comparison. All raise
PermissionDenied without the right, ReportMoved if somebody else changed the report first or the
table does not allow the change, and ValidationError for bad input.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from reports.models import EventKind, Report
from reports.rights import is_complained_about, may_be_assigned, may_override
from reports.services.transitions import ReportMoved, change_state, lock_report, write_change
from reports.workflow import ENDED, OPEN, Outcome, ReportState
from toolkit.idempotency.answers import lock_until_commit


@transaction.atomic
def verify_report(
    *, report: Report, by: User, seen: str = "", text: str = "", now: datetime | None = None
) -> Report:
    """An officer has read the report and believes it."""
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
    """Assigns an officer, who may be `by`. The report need not be verified first."""

    def check(locked: Report) -> None:
        if is_complained_about(assignee, locked):
            raise ValidationError(
                {
                    "assignee": _(
                        "%(name)s belongs to the unit that the report is about. Choose somebody"
                        " else."
                    )
                    % {"name": assignee.titled_name}
                }
            )
        if not may_be_assigned(assignee, locked):
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
    """Records the outcome. The reporter reads `reason`."""
    return change_state(
        "resolve",
        EventKind.RESOLVED,
        report=report,
        by=by,
        seen=seen,
        text=reason,
        now=now,
        check=lambda locked: check_outcome(locked, outcome, reason, lp_number),
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
    """Nothing can be done yet. The reporter reads why and may add what is missing."""
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
    )


@transaction.atomic
def merge_report(
    *, report: Report, by: User, into: Report, seen: str = "", now: datetime | None = None
) -> Report:
    """The report is about the same incident as `into`, where the work goes on."""
    if into.pk == report.pk:
        raise ValidationError({"into": _("This is the report itself.")})
    # Merges wait for each other: each also writes the reports that were merged into its own, which
    # another merge may have locked already.
    lock_until_commit("merge of reports")
    both = Report.objects.in_scope(by).filter(pk__in=(report.pk, into.pk)).order_by("pk")
    locked = {row.pk: row for row in both.select_for_update(of=("self",), no_key=True)}
    if into.pk not in locked:
        raise ValidationError({"into": _("There is no report of this number in your units.")})
    into = locked[into.pk]
    if into.state not in OPEN:
        raise ValidationError({"into": _("That report is not open any more: choose another.")})
    # The event does not name `into`: the reporter must not learn of somebody else's report.
    merged = change_state(
        "merge",
        EventKind.MERGED,
        report=report,
        by=by,
        seen=seen,
        now=now,
        duplicate_of=into,
    )
    # Reports that were merged into this one now point to `into`, so that there are no chains.
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
    """Passes the report on to another agency, such as PLN, Damkar or a Dinas."""
    agency = agency.strip()
    if not agency:
        raise ValidationError({"agency": _("Say who it is passed on to.")})
    event_text = f"{agency}. {text.strip()}" if text.strip() else agency
    return change_state(
        "refer",
        EventKind.REFERRED,
        report=report,
        by=by,
        seen=seen,
        text=event_text,
        now=now,
        referred_to=agency,
    )


@transaction.atomic
def reopen_report(
    *, report: Report, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> Report:
    """Opens the report again, without an assigned officer. The timeline shows it."""
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
    """A commander sets a state that the table does not allow. The timeline shows the reason."""
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
    return write_change(
        report, EventKind.OVERRIDDEN, state, by=by, at=now, text=reason, is_public=True, **values
    )


# Not merged or passed on: those need another report or an agency, which their services ask for.
OVERRIDABLE = tuple(
    state
    for state in ReportState.values
    if state not in (ReportState.DUPLICATE, ReportState.REFERRED)
)
