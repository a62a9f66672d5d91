from tests.reports.steps_on import again, report_in, told, url


def test_back_to_work_visibly(sign_in, units, officer):
    report = report_in("closed", units.polsek, officer)
    answer = sign_in(officer).post(url("report_reopen", report), {"reason": ""})
    assert 'id="id_reason_error"' in answer.content.decode()
    answer = sign_in(officer).post(
        url("report_reopen", report), {"reason": "Terjadi lagi semalam"}, follow=True
    )
    assert "Perlu petugas lagi" in told(answer)
    stored = again(report)
    assert (stored.state, stored.outcome, stored.closed_at) == ("verified", "", None)
    last = report.timeline.latest("pk")
    assert (last.kind, last.is_public, last.text) == ("reopened", True, "Terjadi lagi semalam")
