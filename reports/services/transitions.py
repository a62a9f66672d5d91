"""The only place that writes the state of a report: locked, checked, saved with its event."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from reports.models import EventKind, Report, ReportEvent
from reports.rights import may_change
from reports.workflow import AWAITED, CHANGES, OPEN, consequences
from territory.times import clock_and_day
from toolkit.workflow import ChangeRefused, state_allows


class ReportMoved(ChangeRefused):
    """Somebody else changed the report first. The message says who did what, and when."""

    def __init__(self, report: Report) -> None:
        last = (
            ReportEvent.objects.filter(report=report)
            .filter(~Q(to_state="") | Q(kind=EventKind.CLASSIFIED))
            .select_related("actor")
            .order_by("-at", "-pk")
            .first()
        )
        if last is None or last.kind == EventKind.RECEIVED:
            # Nobody else did anything: it is too early for this step.
            message = _("This step is not possible now. The report is: %(state)s.") % {
                "state": report.get_state_display()
            }
        else:
            message = _("Already done: %(what)s by %(who)s at %(time)s.") % {
                "what": last.get_kind_display(),
                "who": last.actor or (_("the system") if last.is_by_system else _("the reporter")),
                "time": clock_and_day(last.at, report.unit),
            }
        super().__init__(message, code="moved")


def lock_report(report: Report, by: User) -> Report:
    """The row as it is now, locked until the transaction ends. Report.DoesNotExist out of sight."""
    rows = Report.objects.select_for_update(of=("self",), no_key=True)
    return rows.get_visible(by, report.pk)


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
    """Makes a change of workflow.CHANGES, for a person who has the right to it.

    `seen` is the stamp of the report that the page showed, empty where it showed none. `check`
    looks at the locked report and raises ValidationError. `values` are further fields to set.
    Raises PermissionDenied without the right, and ReportMoved where the report was changed since.
    """
    now = now or timezone.now()
    report = lock_report(report, by)
    if not may_change(by, report, change):
        raise PermissionDenied
    if (seen and report.stamp != seen) or not state_allows(CHANGES, change, report.state):
        raise ReportMoved(report)
    if check is not None:
        check(report)
    return write_change(
        report,
        kind,
        CHANGES[change].to_state,
        by=by,
        at=now,
        text=text,
        is_public=is_public,
        **values,
    )


def awaited_since(report: Report) -> datetime:
    """When the wait for an officer began: with the report, or when it was last reopened."""
    reopened = ReportEvent.objects.filter(report=report, to_state__in=AWAITED).exclude(
        from_state__in=["", *OPEN]
    )
    last = reopened.order_by("-at", "-pk").values_list("at", flat=True).first()
    return last or report.reported_at


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
    """Saves the new state of a locked report, the fields that change with it, and the event.

    `by` is None for the reporter and the system. `values` are further fields to set; they win over
    `consequences`.
    """
    before, holder = report.state, report.unit_id
    # The database refuses a time before the report (models/report_rules.py).
    at = max(at, report.reported_at)
    values = {**consequences(report, state, at, by_police=by is not None), **values}
    for name, value in values.items():
        setattr(report, name, value)
    report.save(update_fields=list(values))
    ReportEvent.objects.create(
        report=report,
        kind=kind,
        from_state=before,
        to_state=state,
        actor=by,
        unit_id=holder,
        is_public=is_public,
        text=text.strip(),
        at=at,
    )
    return report
