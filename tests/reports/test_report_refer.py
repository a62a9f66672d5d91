import pytest

from tests import factories as make
from tests.reports.report_pages import make_report_in_state, messages_in, page_url, reload_report


def test_the_categorys_handler_stands_there_already(sign_in, units, officer):
    cable = make.make_category("cable", handler="PLN")
    report = make_report_in_state("verified", units.polsek, officer, category=cable)
    answer = sign_in(officer).get(page_url("report_refer", report))
    assert answer.context["form"]["agency"].value() == "PLN"
    answer = sign_in(officer).post(
        page_url("report_refer", report), {"agency": "PLN", "text": "Nomor 123"}, follow=True
    )
    assert "Diteruskan ke PLN" in messages_in(answer)
    assert reload_report(report).referred_to == "PLN"
    assert report.timeline.latest("pk").text == "PLN. Nomor 123"


@pytest.mark.parametrize("agency", ["", "  ", "x" * 81])
def test_an_agency_is_needed(sign_in, units, officer, agency):
    report = make_report_in_state("verified", units.polsek, officer)
    answer = sign_in(officer).post(
        page_url("report_refer", report), {"agency": agency, "text": "Kabel putus"}
    )
    html = answer.content.decode()
    assert 'id="id_agency_error"' in html
    assert "Kabel putus" in html
    assert reload_report(report).state == "verified"
