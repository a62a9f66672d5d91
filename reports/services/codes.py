"""The code that an officer reads out: shown once, or renewed for a reporter who has lost it."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.receipts import done_before
from reports.codes import new_code
from reports.models import EventKind, Report, ReportEvent
from reports.rights import may_renew_code
from reports.services.transitions import ReportMoved, lock_report
from reports.workflow import state_allows_step
from toolkit.idempotency.sent import Sent


@transaction.atomic
def renew_code(
    *, report: Report, by: User, sent: Sent | None = None, now: datetime | None = None
) -> str:
    """The new code; the former one opens nothing any more. The timeline says who gave it, to the
    reporter too, and not what it is.

    Sent twice, the second gives the code of the first; "" where a page has shown that already.
    """
    is_again = done_before(by=by, sent=sent, deed="code", report=report.pk)
    report = lock_report(report, by)
    if not may_renew_code(by, report):
        raise PermissionDenied
    if is_again:
        return report.code if report.code_waits_for_id == by.pk else ""
    if not state_allows_step("code", report.state):
        raise ReportMoved(report)
    report.code = new_code()
    report.code_waits_for = by
    report.save(update_fields=["code", "code_waits_for"])
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


def note_code_shown(report: Report) -> None:
    """From now on no form sent again brings this code back."""
    Report.objects.held_by(report.code).filter(code_waits_for__isnull=False).update(
        code_waits_for=None
    )
