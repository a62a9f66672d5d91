import pytest

from reports.models import Report
from reports.services.casework import classify_report
from tests import factories as make
from tests.reports.report_pages import (
    detail_url,
    make_report_in_state,
    messages_in,
    page_url,
    reload_report,
)


def test_category_and_priority(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    theft = make.make_category("vehicle_theft", group="crime", target_minutes=10)
    sent = {"category": theft.pk, "priority": "high"}
    answer = sign_in(officer).post(page_url("report_classify", report), sent, follow=True)
    assert "Jenis dan prioritas diubah" in messages_in(answer)
    stored = reload_report(report)
    assert (stored.category, stored.priority) == (theft, "high")
    assert (stored.due_at - stored.reported_at).total_seconds() == 600


def test_the_form_shows_what_holds_and_hides_what_is_no_longer_offered(sign_in, units, officer):
    old = make.make_category("old_kind", is_active=False)
    make.make_category("other_old_kind", is_active=False)
    report = make_report_in_state("received", units.polsek, officer, category=old)
    html = sign_in(officer).get(page_url("report_classify", report)).content.decode()
    assert f'<option value="{old.pk}" selected>' in html
    assert "Other old kind" not in html


def test_sealing_hides_it_from_who_did_it(sign_in, units, officer, keeper):
    report = make_report_in_state("received", units.polsek, officer)
    sent = {"category": report.category_id, "priority": "normal", "is_sealed": "on"}
    answer = sign_in(officer).post(page_url("report_classify", report), sent, follow=True)
    assert answer.status_code == 200
    assert "Jenis dan prioritas diubah" in messages_in(answer)
    assert sign_in(officer).get(detail_url(report)).status_code == 404
    assert Report.objects.visible_to(keeper).filter(pk=report.pk).exists()


def test_only_the_permission_unseals(sign_in, units, officer, keeper):
    report = make_report_in_state("dispatched", units.polsek, officer)
    Report.objects.filter(pk=report.pk).update(is_sealed=True)
    sent = {"category": report.category_id, "priority": "normal"}
    answer = sign_in(officer).post(page_url("report_classify", report), sent)
    assert 'id="id_is_sealed_error"' in answer.content.decode()
    sign_in(keeper).post(page_url("report_classify", report), sent)
    assert reload_report(report).is_sealed is False


def offered_accused_units(answer):
    return [label for _kind, label in answer.context["form"].fields["about_unit"].choices]


@pytest.mark.parametrize(
    ("kind", "about", "goes_to"),
    [
        ("polsek", "polsek", "polres"),
        ("polres", "polres", "polda"),
        ("polda", "polda", "mabes"),
        ("unknown", "polres", "polda"),
    ],
)
def test_about_police_goes_above_the_unit_it_is_about(
    sign_in, units, officer, kind, about, goes_to
):
    report = make_report_in_state("received", units.polsek, officer)
    misconduct = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    client = sign_in(officer)
    assert (
        "about_unit" not in client.get(page_url("report_classify", report)).context["form"].fields
    )
    sent = {"category": misconduct.pk, "priority": "normal", "seen": report.class_stamp}
    answer = client.post(page_url("report_classify", report), sent)
    assert 'id="id_about_unit_error"' in answer.content.decode()
    assert offered_accused_units(answer) == [
        *("Polsek A", "Polres A", "Polda A"),
        "Kesatuan lain, atau tidak diketahui",
    ]
    assert reload_report(report).unit == units.polsek
    sent["about_unit"] = kind
    answer = client.post(page_url("report_classify", report), sent, follow=True)
    assert answer.status_code == 200
    assert "Jenis dan prioritas diubah" in messages_in(answer)
    stored = reload_report(report)
    assert (stored.about_unit, stored.unit) == (getattr(units, about), getattr(units, goes_to))
    assert client.get(detail_url(report)).status_code == 404


def test_at_the_polres_the_polsek_of_the_village_is_offered(sign_in, units, chief):
    village = make.make_area("31.73.04.1001", "Duri Utara")
    units.polsek.area_links.create(area=village)
    head = make.make_user("Kapolres A", units.polres, "commander", opens_sealed=True)
    report = make_report_in_state("received", units.polres, head)
    Report.objects.filter(pk=report.pk).update(village=village)
    misconduct = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    sent = {"category": misconduct.pk}
    client = sign_in(head)
    answer = client.post(page_url("report_classify", report), sent)
    assert offered_accused_units(answer)[0] == "Polsek A"
    client.post(page_url("report_classify", report), sent | {"about_unit": "polsek"})
    stored = reload_report(report)
    assert (stored.about_unit, stored.unit) == (units.polsek, units.polres)


def test_the_unit_it_is_about_is_one_of_those_offered(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    misconduct = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    for odd in ("", "mabes", "x", str(units.polsek_neighbour.pk)):
        sent = {"category": misconduct.pk, "about_unit": odd}
        answer = sign_in(officer).post(page_url("report_classify", report), sent)
        assert answer.context["form"].errors["about_unit"], odd
    noise = {"category": report.category_id, "about_unit": "polsek", "priority": "high"}
    sign_in(officer).post(page_url("report_classify", report), noise)
    assert reload_report(report).about_unit is None
    assert reload_report(report).unit == units.polsek


def test_what_changes_nothing_says_so(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    lines = report.timeline.count()
    sent = {"category": report.category_id, "priority": "", "seen": report.class_stamp}
    answer = sign_in(officer).post(page_url("report_classify", report), sent, follow=True)
    assert "Tidak ada yang berubah" in messages_in(answer)
    assert report.timeline.count() == lines


def test_nonsense_is_said_beside_the_field(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    for sent, field in (
        ({"category": "", "priority": "high"}, "category"),
        ({"category": 999999, "priority": "high"}, "category"),
        ({"category": report.category_id, "priority": "loud"}, "priority"),
    ):
        answer = sign_in(officer).post(page_url("report_classify", report), sent)
        assert f'id="id_{field}_error"' in answer.content.decode()


def test_as_usual_takes_the_categorys_own_priority(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    robbery = make.make_category("robbery", target_minutes=10)
    client = sign_in(officer)
    assert client.get(page_url("report_classify", report)).context["form"]["priority"].value() == ""
    client.post(page_url("report_classify", report), {"category": robbery.pk, "priority": ""})
    assert reload_report(report).priority == "urgent"
    client.post(page_url("report_classify", report), {"category": robbery.pk, "priority": "normal"})
    form = client.get(page_url("report_classify", report)).context["form"]
    assert form["priority"].value() == "normal"


def test_a_colleagues_choice_is_not_undone_by_an_older_page(sign_in, units, officer, commander):
    report = make_report_in_state("received", units.polsek, officer)
    page = sign_in(officer).get(page_url("report_classify", report))
    seen = page.context["form"]["seen"].value()
    assert seen == report.class_stamp
    theft = make.make_category("theft")
    classify_report(report=report, by=commander, category=theft)
    sent = {"category": report.category_id, "priority": "urgent", "seen": seen}
    answer = sign_in(officer).post(page_url("report_classify", report), sent)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Sementara itu ada yang mengubahnya menjadi Theft" in html
    assert "Kapolsek A" in html
    assert f'<option value="{report.category_id}" selected>' in html
    assert reload_report(report).category == theft
    sent["seen"] = answer.context["form"]["seen"].value()
    sign_in(officer).post(page_url("report_classify", report), sent)
    assert reload_report(report).priority == "urgent"
