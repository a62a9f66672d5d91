"""How any change of a report is made: locked, checked against the table, saved with its event."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from reports.models import EventKind, Report, ReportEvent
from reports.workflow import AWAITED, CHANGES, ENDED, ReportState, allowed
from territory.times import clock


class ReportMoved(ValidationError):
    """Somebody else has changed the report since the person saw it. Says who did what."""

    def __init__(self, report: Report) -> None:
        last = (
            ReportEvent.objects.filter(report=report)
            .filter(~Q(to_state="") | Q(kind=EventKind.CLASSIFIED))
            .select_related("actor")
            .order_by("-at", "-pk")
            .first()
        )
        if last is None or last.kind == EventKind.RECEIVED:
            # Nobody was faster: the step is not due yet.
            message = _("This step is not possible now. The report is: %(state)s.") % {
                "state": report.get_state_display()
            }
        else:
            message = _("Already done: %(what)s by %(who)s at %(time)s.") % {
                "what": last.get_kind_display(),
                "who": last.actor or _("the reporter"),
                "time": clock(last.at, report.unit),
            }
        super().__init__(message, code="moved")


def locked(report: Report, by: User) -> Report:
    """The row as it is now, held until the transaction ends."""
    # The door of lists is the quicker one; what was handed over is behind the other.
    try:
        return _lock(Report.objects.in_scope(by), report)
    except Report.DoesNotExist:
        return _lock(Report.objects.visible_to(by), report)


def _lock(rows: QuerySet[Report], report: Report) -> Report:
    return rows.select_for_update(of=("self",), no_key=True).get(pk=report.pk)


def may_change(change: str, report: Report, user: User) -> bool:
    """Whether the person has the right; not whether the state allows it.

    The assigned officer keeps the right to go on, in another role too, while the report is in
    sight.
    """
    needs = CHANGES[change][2]
    mine = report.assignee_id == user.pk and needs == Action.LOG and bool(user.scope.grants)
    return mine or user.may(needs, report)


def change_state(
    change: str,
    kind: EventKind,
    *,
    report: Report,
    by: User,
    seen: str,
    now: datetime | None,
    text: str = "",
    is_public: bool = True,
    check: Callable[[Report], None] | None = None,
    **values: Any,
) -> Report:
    """`seen` is the stamp the person saw, empty where the page did not say; `check` looks at the
    locked report and raises ValidationError."""
    now = now or timezone.now()
    report = locked(report, by)
    if not may_change(change, report, by):
        raise PermissionDenied
    if (seen and report.stamp != seen) or not allowed(change, report.state):
        raise ReportMoved(report)
    if check is not None:
        check(report)
    return write_change(
        report,
        kind,
        CHANGES[change][1],
        by=by,
        at=now,
        text=text,
        is_public=is_public,
        **values,
    )


def write_change(
    report: Report,
    kind: EventKind,
    state: str,
    *,
    by: User | None,
    at: datetime,
    text: str = "",
    is_public: bool = True,
    **values: Any,
) -> Report:
    """Saves the new state of a locked report, with what follows from it, and its event."""
    before = report.state
    at = max(at, report.reported_at)
    values = {"state": state, **values}
    if by is not None and report.first_response_at is None:
        values["first_response_at"] = at
    if state == ReportState.ON_SCENE and report.arrived_at is None:
        values["arrived_at"] = at
    if state in AWAITED and report.arrived_at is not None:
        # The target was about the first arrival.
        values["due_at"] = None
    if state in ENDED and report.resolved_at is None:
        values["resolved_at"] = at
    if state == ReportState.CLOSED:
        values["closed_at"] = at
    elif before == ReportState.CLOSED:
        values["closed_at"] = None
    if state not in ENDED:
        values |= {"resolved_at": None, "outcome": "", "outcome_reason": ""}
    if state != ReportState.DUPLICATE:
        values["duplicate_of"] = None
    if state != ReportState.REFERRED:
        values["referred_to"] = ""
    for name, value in values.items():
        setattr(report, name, value)
    report.save(update_fields=list(values))
    ReportEvent.objects.create(
        report=report,
        kind=kind,
        from_state=before,
        to_state=state,
        actor=by,
        unit_id=report.unit_id,
        is_public=is_public,
        text=text.strip(),
        at=at,
    )
    return report
