from tests.reports.report_pages import make_report_in_state, messages_in, page_url, reload_report


def test_any_state_but_those_that_ask_for_more(sign_in, units, officer, commander):
    report = make_report_in_state("received", units.polsek, officer)
    answer = sign_in(commander).get(page_url("report_override", report))
    offered = {value for value, _label in answer.context["form"].fields["state"].choices}
    assert offered == {"verified", "dispatched", "on_scene", "resolved", "closed", "rejected"}
    sent = {"state": "closed", "reason": "Selesai lewat telepon", "seen": report.stamp}
    answer = sign_in(commander).post(page_url("report_override", report), sent, follow=True)
    assert "Status sekarang: ditutup" in messages_in(answer)
    assert reload_report(report).state == "closed"
    assert report.timeline.latest("pk").kind == "overridden"


def test_the_reason_is_needed(sign_in, units, officer, commander):
    report = make_report_in_state("received", units.polsek, officer)
    for sent in ({"state": "closed"}, {"state": "duplicate", "reason": "x"}, {"reason": "x"}):
        answer = sign_in(commander).post(page_url("report_override", report), sent)
        assert answer.status_code == 200
        assert answer.context["form"].errors
    assert reload_report(report).state == "received"
