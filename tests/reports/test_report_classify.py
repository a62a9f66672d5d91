from reports.models import Report
from reports.services.casework import classify_report
from tests import factories as make
from tests.reports.steps_on import again, detail, report_in, told, url


def test_category_and_priority(sign_in, units, officer):
    report = report_in("received", units.polsek, officer)
    theft = make.make_category("vehicle_theft", group="crime", target_minutes=10)
    sent = {"category": theft.pk, "priority": "high"}
    answer = sign_in(officer).post(url("report_classify", report), sent, follow=True)
    assert "Jenis dan prioritas diubah" in told(answer)
    stored = again(report)
    assert (stored.category, stored.priority) == (theft, "high")
    assert (stored.due_at - stored.reported_at).total_seconds() == 600


def test_the_form_shows_what_holds_and_hides_what_is_no_longer_offered(sign_in, units, officer):
    old = make.make_category("old_kind", is_active=False)
    make.make_category("other_old_kind", is_active=False)
    report = report_in("received", units.polsek, officer, category=old)
    html = sign_in(officer).get(url("report_classify", report)).content.decode()
    assert f'<option value="{old.pk}" selected>' in html
    assert "Other old kind" not in html


def test_sealing_hides_it_from_who_did_it(sign_in, units, officer, keeper):
    report = report_in("received", units.polsek, officer)
    sent = {"category": report.category_id, "priority": "normal", "is_sealed": "on"}
    answer = sign_in(officer).post(url("report_classify", report), sent, follow=True)
    assert answer.status_code == 200
    assert "Jenis dan prioritas diubah" in told(answer)
    assert sign_in(officer).get(detail(report)).status_code == 404
    assert Report.objects.visible_to(keeper).filter(pk=report.pk).exists()


def test_only_the_permission_unseals(sign_in, units, officer, keeper):
    report = report_in("dispatched", units.polsek, officer)
    Report.objects.filter(pk=report.pk).update(is_sealed=True)
    sent = {"category": report.category_id, "priority": "normal"}
    answer = sign_in(officer).post(url("report_classify", report), sent)
    assert 'id="id_is_sealed_error"' in answer.content.decode()
    sign_in(keeper).post(url("report_classify", report), sent)
    assert again(report).is_sealed is False


def test_about_police_leaves_the_unit(sign_in, units, officer):
    report = report_in("received", units.polsek, officer)
    misconduct = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    sent = {"category": misconduct.pk, "priority": "normal"}
    answer = sign_in(officer).post(url("report_classify", report), sent, follow=True)
    assert answer.status_code == 200
    assert again(report).unit == units.polres
    assert sign_in(officer).get(detail(report)).status_code == 404


def test_nonsense_is_said_beside_the_field(sign_in, units, officer):
    report = report_in("received", units.polsek, officer)
    for sent, field in (
        ({"category": "", "priority": "high"}, "category"),
        ({"category": 999999, "priority": "high"}, "category"),
        ({"category": report.category_id, "priority": "loud"}, "priority"),
    ):
        answer = sign_in(officer).post(url("report_classify", report), sent)
        assert f'id="id_{field}_error"' in answer.content.decode()


def test_as_usual_takes_the_categorys_own_priority(sign_in, units, officer):
    report = report_in("received", units.polsek, officer)
    robbery = make.make_category("robbery", target_minutes=10)
    client = sign_in(officer)
    assert client.get(url("report_classify", report)).context["form"]["priority"].value() == ""
    client.post(url("report_classify", report), {"category": robbery.pk, "priority": ""})
    assert again(report).priority == "urgent"
    client.post(url("report_classify", report), {"category": robbery.pk, "priority": "normal"})
    form = client.get(url("report_classify", report)).context["form"]
    assert form["priority"].value() == "normal"


def test_a_colleagues_choice_is_not_undone_by_an_older_page(sign_in, units, officer, commander):
    report = report_in("received", units.polsek, officer)
    page = sign_in(officer).get(url("report_classify", report))
    seen_as = page.context["form"]["seen_as"].value()
    theft = make.make_category("theft")
    classify_report(report=report, by=commander, category=theft)
    sent = {"category": report.category_id, "priority": "urgent", "seen_as": seen_as}
    answer = sign_in(officer).post(url("report_classify", report), sent)
    assert "Sementara itu ada yang mengubahnya menjadi Theft" in answer.content.decode()
    assert again(report).category == theft
    sent["seen_as"] = answer.context["form"]["seen_as"].value()
    sign_in(officer).post(url("report_classify", report), sent)
    assert again(report).priority == "urgent"
