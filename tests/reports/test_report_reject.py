from reports.models import ReportEvent
from tests.reports.report_pages import make_report_in_state, page_url, reload_report


def test_the_reporter_reads_why(sign_in, units, officer, commander):
    report = make_report_in_state("received", units.polsek, officer)
    html = sign_in(commander).get(page_url("report_reject", report)).content.decode()
    assert "Belum dapat ditindaklanjuti?" in html
    assert "ditolak" not in html
    answer = sign_in(commander).post(page_url("report_reject", report), {"reason": "   "})
    assert 'id="id_reason_error"' in answer.content.decode()
    sign_in(commander).post(page_url("report_reject", report), {"reason": "Alamat belum jelas"})
    assert reload_report(report).state == "rejected"
    last = ReportEvent.objects.filter(report=report).latest("pk")
    assert (last.is_public, last.text) == (True, "Alamat belum jelas")
