from reports.models import Report
from reports.services.changes import (
    arrive_at_report,
    close_report,
    dispatch_report,
    resolve_report,
    verify_report,
)
from tests import factories as make


def test_from_receipt_to_closing(units, officer, commander):
    report = make.make_report(units.polsek)
    verify_report(report=report, by=officer)
    dispatch_report(report=report, by=officer, assignee=officer)
    arrive_at_report(report=report, by=officer)
    resolve_report(report=report, by=officer, outcome="handled", reason="Didamaikan")
    close_report(report=report, by=commander, seen=Report.objects.get(pk=report.pk).stamp)
    stored = Report.objects.get(pk=report.pk)
    assert (stored.state, stored.outcome) == ("closed", "handled")
    assert stored.reported_at <= stored.first_response_at <= stored.arrived_at
    assert stored.arrived_at <= stored.resolved_at <= stored.closed_at
    assert list(stored.timeline.values_list("kind", flat=True)) == [
        "received",
        "verified",
        "dispatched",
        "arrived",
        "resolved",
        "closed",
    ]
