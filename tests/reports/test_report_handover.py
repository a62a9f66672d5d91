import pytest

from reports.models import Report
from tests import factories as make
from tests.reports.report_pages import (
    detail_url,
    make_report_in_state,
    messages_in,
    page_url,
    reload_report,
)


def offered_units(answer):
    return [label for _pk, label in answer.context["form"].fields["unit"].choices]


def test_the_likeliest_units_in_one_tap(sign_in, units, officer):
    post = make.make_unit("subsektor", "Subsektor A", units.polsek)
    report = make_report_in_state("verified", units.polsek, officer)
    answer = sign_in(officer).get(page_url("report_handover", report))
    assert offered_units(answer) == [
        "Polres A · Polda A",
        "Polsek Tetangga · Polres A",
        f"{post.name} · Polsek A",
    ]


def test_the_unit_of_the_village_comes_first(sign_in, units, officer):
    village = make.make_area("31.73.04.1001", "Duri Utara")
    units.polsek_other.area_links.create(area=village)
    report = make_report_in_state("verified", units.polsek, officer)
    Report.objects.filter(pk=report.pk).update(village=village)
    answer = sign_in(officer).get(page_url("report_handover", report))
    assert offered_units(answer)[0] == "Polsek B · Polres B"


def test_any_unit_of_the_country_by_its_name(sign_in, units, officer):
    report = make_report_in_state("verified", units.polsek, officer)
    client = sign_in(officer)
    sent = {"q": "timur", "find": "1", "reason": "Kejadiannya di sana", "seen": report.stamp}
    answer = client.post(page_url("report_handover", report), sent)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert offered_units(answer) == [
        "Polda Timur · Mabes Polri",
        "Polres Timur · Polda Timur",
        "Polsek Timur · Polres Timur",
    ]
    assert "Kejadiannya di sana" in html
    assert 'id="id_unit_error"' not in html
    assert reload_report(report).state == "verified"
    answer = client.post(
        page_url("report_handover", report),
        {"unit": units.polsek_east.pk, "reason": "Kejadiannya di sana", "seen": report.stamp},
        follow=True,
    )
    assert "Dilimpahkan ke Polsek Timur" in messages_in(answer)
    stored = reload_report(report)
    assert (stored.unit, stored.state, stored.number) == (
        units.polsek_east,
        "received",
        report.number,
    )


def test_the_giver_still_reads_and_steps_no_more(sign_in, units, officer):
    report = make_report_in_state("verified", units.polsek, officer)
    sent = {"unit": units.polsek_neighbour.pk, "reason": "Wilayahnya"}
    sign_in(officer).post(page_url("report_handover", report), sent)
    assert sign_in(officer).get(detail_url(report)).status_code == 200
    answer = sign_in(officer).get(page_url("report_handover", report), follow=True)
    assert "dilimpahkan ke kesatuan lain" in messages_in(answer)


def test_an_unknown_name_says_so(sign_in, units, officer):
    report = make_report_in_state("verified", units.polsek, officer)
    answer = sign_in(officer).post(
        page_url("report_handover", report), {"q": "Atlantis", "find": "1"}
    )
    assert "Tidak ada kesatuan dengan nama ini" in answer.content.decode()


def test_what_is_missing_is_said_beside_the_field(sign_in, units, officer):
    report = make_report_in_state("verified", units.polsek, officer)
    for sent, field in (
        ({"reason": "Wilayahnya"}, "unit"),
        ({"unit": units.polsek.pk, "reason": "Wilayahnya"}, "unit"),
        ({"unit": units.polres.pk, "reason": " "}, "reason"),
    ):
        answer = sign_in(officer).post(page_url("report_handover", report), sent)
        assert f'id="id_{field}_error"' in answer.content.decode()
    assert reload_report(report).unit == units.polsek


def test_a_report_about_a_unit_does_not_go_to_it(sign_in, units):
    head = make.make_user("Kapolres A", units.polres, "commander", opens_sealed=True)
    misconduct = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    post = make.make_unit("subsektor", "Subsektor A", units.polsek)
    report = make.make_report(units.polsek, category=misconduct, about_unit=units.polsek)
    answer = sign_in(head).get(page_url("report_handover", report))
    assert "Polsek A · Polres A" not in offered_units(answer)
    assert "Polsek Tetangga · Polres A" in offered_units(answer)
    for unit in (units.polsek, post):
        sent = {"unit": unit.pk, "reason": "Keliru"}
        answer = sign_in(head).post(page_url("report_handover", report), sent)
        assert answer.context["form"].errors["unit"]
    assert reload_report(report).unit == units.polres


def test_crime_goes_to_who_investigates(sign_in, units, officer):
    units.polsek_neighbour.investigates = False
    units.polsek_neighbour.save()
    theft = make.make_category("vehicle_theft", crime_class="conventional")
    report = make_report_in_state("verified", units.polsek, officer, category=theft)
    client = sign_in(officer)
    assert offered_units(client.get(page_url("report_handover", report))) == ["Polres A · Polda A"]
    sent = {"unit": units.polsek_neighbour.pk, "reason": "Kejadiannya di sana"}
    answer = client.post(page_url("report_handover", report), sent | {"q": "Tetangga"})
    html = answer.content.decode()
    assert 'id="id_unit_error"' in html
    assert "Kejadiannya di sana" in html
    assert reload_report(report).unit == units.polsek
    noise = make_report_in_state("verified", units.polsek, officer)
    assert client.post(page_url("report_handover", noise), sent).status_code == 302


def test_an_ended_report_is_reopened_first(sign_in, units, officer):
    report = make_report_in_state("closed", units.polsek, officer)
    answer = sign_in(officer).get(page_url("report_handover", report))
    assert answer.url == detail_url(report)


@pytest.mark.parametrize("typed", ["polsek-timur.", "Polsek\u00a0Timur", "“timur”"])
def test_line_9_a_unit_is_found_however_it_is_typed(sign_in, units, officer, typed):
    report = make_report_in_state("verified", units.polsek, officer)
    sent = {"q": typed, "find": "1", "seen": report.stamp}
    answer = sign_in(officer).post(page_url("report_handover", report), sent)
    assert "Polsek Timur · Polres Timur" in offered_units(answer)
