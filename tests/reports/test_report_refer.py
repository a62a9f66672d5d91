import pytest

from tests import factories as make
from tests.reports.steps_on import again, report_in, told, url


def test_the_categorys_handler_stands_there_already(sign_in, units, officer):
    cable = make.make_category("cable", handler="PLN")
    report = report_in("verified", units.polsek, officer, category=cable)
    answer = sign_in(officer).get(url("report_refer", report))
    assert answer.context["form"]["agency"].value() == "PLN"
    answer = sign_in(officer).post(
        url("report_refer", report), {"agency": "PLN", "text": "Nomor 123"}, follow=True
    )
    assert "Diteruskan ke PLN" in told(answer)
    assert again(report).referred_to == "PLN"
    assert report.timeline.latest("pk").text == "PLN. Nomor 123"


@pytest.mark.parametrize("agency", ["", "  ", "x" * 81])
def test_an_agency_is_needed(sign_in, units, officer, agency):
    report = report_in("verified", units.polsek, officer)
    answer = sign_in(officer).post(
        url("report_refer", report), {"agency": agency, "text": "Kabel putus"}
    )
    html = answer.content.decode()
    assert 'id="id_agency_error"' in html
    assert "Kabel putus" in html
    assert again(report).state == "verified"
