from reports.models import Report
from tests import factories as make
from tests.reports.steps_on import again, detail, report_in, told, url


def offered(answer):
    return [label for _pk, label in answer.context["form"].fields["unit"].choices]


def test_the_likeliest_units_in_one_tap(sign_in, units, officer):
    post = make.make_unit("subsektor", "Subsektor A", units.polsek)
    report = report_in("verified", units.polsek, officer)
    answer = sign_in(officer).get(url("report_handover", report))
    assert offered(answer) == [
        "Polres A · Polda A",
        "Polsek Tetangga · Polres A",
        f"{post.name} · Polsek A",
    ]


def test_the_unit_of_the_village_comes_first(sign_in, units, officer):
    village = make.make_area("31.73.04.1001", "Duri Utara")
    units.polsek_other.area_links.create(area=village)
    report = report_in("verified", units.polsek, officer)
    Report.objects.filter(pk=report.pk).update(village=village)
    answer = sign_in(officer).get(url("report_handover", report))
    assert offered(answer)[0] == "Polsek B · Polres B"


def test_any_unit_of_the_country_by_its_name(sign_in, units, officer):
    report = report_in("verified", units.polsek, officer)
    client = sign_in(officer)
    sent = {"q": "timur", "find": "1", "reason": "Kejadiannya di sana", "seen": report.stamp}
    answer = client.post(url("report_handover", report), sent)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert offered(answer) == [
        "Polda Timur · Mabes Polri",
        "Polres Timur · Polda Timur",
        "Polsek Timur · Polres Timur",
    ]
    assert "Kejadiannya di sana" in html
    assert 'id="id_unit_error"' not in html
    assert again(report).state == "verified"
    answer = client.post(
        url("report_handover", report),
        {"unit": units.polsek_east.pk, "reason": "Kejadiannya di sana", "seen": report.stamp},
        follow=True,
    )
    assert "Dilimpahkan ke Polsek Timur" in told(answer)
    stored = again(report)
    assert (stored.unit, stored.state, stored.number) == (
        units.polsek_east,
        "received",
        report.number,
    )


def test_the_giver_still_reads_and_steps_no_more(sign_in, units, officer):
    report = report_in("verified", units.polsek, officer)
    sent = {"unit": units.polsek_neighbour.pk, "reason": "Wilayahnya"}
    sign_in(officer).post(url("report_handover", report), sent)
    assert sign_in(officer).get(detail(report)).status_code == 200
    answer = sign_in(officer).get(url("report_handover", report), follow=True)
    assert "dilimpahkan ke kesatuan lain" in told(answer)


def test_an_unknown_name_says_so(sign_in, units, officer):
    report = report_in("verified", units.polsek, officer)
    answer = sign_in(officer).post(url("report_handover", report), {"q": "Atlantis", "find": "1"})
    assert "Tidak ada kesatuan dengan nama ini" in answer.content.decode()


def test_what_is_missing_is_said_beside_the_field(sign_in, units, officer):
    report = report_in("verified", units.polsek, officer)
    for sent, field in (
        ({"reason": "Wilayahnya"}, "unit"),
        ({"unit": units.polsek.pk, "reason": "Wilayahnya"}, "unit"),
        ({"unit": units.polres.pk, "reason": " "}, "reason"),
    ):
        answer = sign_in(officer).post(url("report_handover", report), sent)
        assert f'id="id_{field}_error"' in answer.content.decode()
    assert again(report).unit == units.polsek


def test_a_report_about_a_unit_does_not_go_to_it(sign_in, units):
    head = make.make_user("Kapolres A", units.polres, "commander", opens_sealed=True)
    misconduct = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    post = make.make_unit("subsektor", "Subsektor A", units.polsek)
    report = make.make_report(units.polsek, category=misconduct, about_unit=units.polsek)
    answer = sign_in(head).get(url("report_handover", report))
    assert "Polsek A · Polres A" not in offered(answer)
    assert "Polsek Tetangga · Polres A" in offered(answer)
    for unit in (units.polsek, post):
        sent = {"unit": unit.pk, "reason": "Keliru"}
        answer = sign_in(head).post(url("report_handover", report), sent)
        assert answer.context["form"].errors["unit"]
    assert again(report).unit == units.polres


def test_crime_goes_to_who_investigates(sign_in, units, officer):
    units.polsek_neighbour.investigates = False
    units.polsek_neighbour.save()
    theft = make.make_category("vehicle_theft", crime_class="conventional")
    report = report_in("verified", units.polsek, officer, category=theft)
    client = sign_in(officer)
    assert offered(client.get(url("report_handover", report))) == ["Polres A · Polda A"]
    sent = {"unit": units.polsek_neighbour.pk, "reason": "Kejadiannya di sana"}
    answer = client.post(url("report_handover", report), sent | {"q": "Tetangga"})
    html = answer.content.decode()
    assert 'id="id_unit_error"' in html
    assert "Kejadiannya di sana" in html
    assert again(report).unit == units.polsek
    noise = report_in("verified", units.polsek, officer)
    assert client.post(url("report_handover", noise), sent).status_code == 302


def test_an_ended_report_is_reopened_first(sign_in, units, officer):
    report = report_in("closed", units.polsek, officer)
    answer = sign_in(officer).get(url("report_handover", report))
    assert answer.url == detail(report)
