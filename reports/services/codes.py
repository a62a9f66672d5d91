"""A new code for a reporter who has lost the one that an officer read out."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from reports.codes import new_code
from reports.models import EventKind, Report, ReportEvent
from reports.rights import may_renew_code
from reports.services.transitions import ReportMoved, lock_report
from reports.workflow import state_allows_step


@transaction.atomic
def renew_code(*, report: Report, by: User, now: datetime | None = None) -> str:
    """The new code; the former one opens nothing any more. The timeline says who gave it, to the
    reporter too, and not what it is."""
    report = lock_report(report, by)
    if not may_renew_code(by, report):
        raise PermissionDenied
    if not state_allows_step("code", report.state):
        raise ReportMoved(report)
    report.code = new_code()
    report.save(update_fields=["code"])
    ReportEvent.objects.create(
        report=report,
        kind=EventKind.CODE_RENEWED,
        actor=by,
        unit_id=report.unit_id,
        is_public=True,
        # The database refuses a time before the report.
        at=max(now or timezone.now(), report.reported_at),
    )
    return report.code
