from tests.reports.report_pages import make_report_in_state, messages_in, page_url, reload_report


def test_back_to_work_visibly(sign_in, units, officer):
    report = make_report_in_state("closed", units.polsek, officer)
    answer = sign_in(officer).post(page_url("report_reopen", report), {"reason": ""})
    assert 'id="id_reason_error"' in answer.content.decode()
    answer = sign_in(officer).post(
        page_url("report_reopen", report), {"reason": "Terjadi lagi semalam"}, follow=True
    )
    assert "Perlu petugas lagi" in messages_in(answer)
    stored = reload_report(report)
    assert (stored.state, stored.outcome, stored.closed_at) == ("verified", "", None)
    last = report.timeline.latest("pk")
    assert (last.kind, last.is_public, last.text) == ("reopened", True, "Terjadi lagi semalam")
