from reports.models import ReportEvent
from tests.reports.steps_on import again, report_in, url


def test_the_reporter_reads_why(sign_in, units, officer, commander):
    report = report_in("received", units.polsek, officer)
    html = sign_in(commander).get(url("report_reject", report)).content.decode()
    assert "Belum dapat ditindaklanjuti?" in html
    assert "ditolak" not in html
    answer = sign_in(commander).post(url("report_reject", report), {"reason": "   "})
    assert 'id="id_reason_error"' in answer.content.decode()
    sign_in(commander).post(url("report_reject", report), {"reason": "Alamat belum jelas"})
    assert again(report).state == "rejected"
    last = ReportEvent.objects.filter(report=report).latest("pk")
    assert (last.is_public, last.text) == (True, "Alamat belum jelas")
