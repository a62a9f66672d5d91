"""Reports in the admin: read and corrected, without code and contact; sealed ones stay hidden."""

import json
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from reports.admin import reports as admin_reports
from reports.models import Category, Hotspot, Report, ReportContact
from reports.services.casework import hand_over_report, note_report
from reports.services.changes import (
    dispatch_report,
    merge_report,
    refer_report,
    verify_report,
)
from reports.services.contacts import open_contact
from reports.services.reporter import add_reporter_note
from tests import factories as make
from tests.pictures import jpeg
from toolkit.photos.clean import clean_photo

MODELS = ["report", "hotspot", "category", "handover", "contactaccess"]
LIST_STATEMENTS = 9


def admin_url(model, page, *args):
    return reverse(f"admin:reports_{model}_{page}", args=args)


def listed_ids(client, model="report", **query):
    return [
        row.pk for row in client.get(admin_url(model, "changelist"), query).context["cl"].queryset
    ]


@pytest.fixture
def unit_admin_client(admin_user, sign_in):
    return sign_in(admin_user)


@pytest.fixture
def report_with_history(units, officer, commander, settings, tmp_path):
    """A report with a photo, a contact that was opened, a timeline, and a handover."""
    settings.MEDIA_ROOT = tmp_path
    report = make.make_report(
        units.polsek,
        "Motor hilang di pasar",
        privacy="officers",
        contact_name="Ani Pelapor",
        contact_phone="081234567890",
        photos=(clean_photo(jpeg()),),
    )
    verify_report(report=report, by=officer)
    dispatch_report(report=report, by=commander, assignee=officer)
    open_contact(report=report, by=officer, reason="Menanyakan ciri motor")
    add_reporter_note(code=report.code, text="Warnanya merah")
    hand_over_report(report=report, by=officer, unit=units.polsek_neighbour, reason="Di seberang")
    hand_over_report(
        report=Report.objects.get(pk=report.pk),
        by=make.make_user("Kapolres", units.polres, Role.COMMANDER),
        unit=units.polsek,
        reason="Kembali",
    )
    return Report.objects.get(pk=report.pk)


def load_every_page(client):
    """The text of each page of the reports' admin, and each statement that made it."""
    models = {model._meta.model_name: model for model in admin.site._registry}
    pages = [
        admin_url(name, page, pk)
        for name in MODELS
        for pk in models[name]._base_manager.values_list("pk", flat=True)
        for page in ("change", "history")
    ]
    pages += [
        admin_url(name, "changelist") + f"?{q}" for name in MODELS for q in ("", "q=motor", "q=1")
    ]
    pages.append(
        reverse("admin:autocomplete")
        + "?app_label=reports&model_name=hotspot&field_name=categories&term="
    )
    with CaptureQueriesContext(connection) as queries:
        texts = [client.get(page, follow=True).content.decode() for page in pages]
    return texts, [query["sql"] for query in queries]


def test_code_and_contact_are_on_no_page(report_with_history, superuser, admin_user, sign_in):
    for person in (superuser, admin_user):
        texts, statements = load_every_page(sign_in(person))
        assert any("Warnanya merah" in text for text in texts)
        for secret in (
            report_with_history.code[3:],
            "Ani Pelapor",
            "81234567890",
            str(report_with_history.client_uuid),
        ):
            assert not [text for text in texts if secret in text]
        assert not [sql for sql in statements if '"reports_report"."code"' in sql]
        assert not [sql for sql in statements if "reports_reportcontact" in sql]
    assert ReportContact not in admin.site._registry


def test_a_code_finds_nothing(report_with_history, superuser, sign_in):
    client = sign_in(superuser)
    for word in (
        report_with_history.code,
        report_with_history.code[3:],
        report_with_history.code[-4:],
        "Ani",
        "081234567890",
    ):
        for model in ("report", "handover", "contactaccess"):
            assert listed_ids(client, model, q=word) == []
    assert listed_ids(client, q="motor") == [report_with_history.pk]


@pytest.fixture
def sealed(units, keeper, officer, settings, tmp_path):
    """Handed over and opened, so that there is a row of each table."""
    settings.MEDIA_ROOT = tmp_path
    category = make.make_category("domestic_violence", is_sealed=True, allows_mediation=False)
    report = make.make_report(
        units.polsek_neighbour,
        "KENARI",
        category=category,
        privacy="sealed",
        contact_name="Sari",
        contact_phone="0812",
    )
    chief = make.make_user("Kapolda", units.polda, Role.COMMANDER, opens_sealed=True)
    open_contact(report=report, by=chief, reason="Pendampingan")
    hand_over_report(report=report, by=chief, unit=units.polsek, reason="Rumahnya di sini")
    return Report.objects.get(pk=report.pk)


def any_page_shows(client, report):
    """Whether any list or page of the admin shows the report."""
    number = report.number
    lists = [
        client.get(admin_url(model, "changelist"), {"period": "all", **query})
        for model in ("report", "handover", "contactaccess")
        for query in ({}, {"q": "KENARI"}, {"q": number}, {"q": str(report.pk)})
    ]
    rows = [pk for answer in lists for pk in answer.context["cl"].queryset]
    pages = [
        client.get(admin_url("report", page, report.pk)).status_code
        for page in ("change", "history")
    ]
    pages += [
        client.get(admin_url("handover", "change", row.pk)).status_code
        for row in report.handovers.all()
    ]
    pages += [
        client.get(admin_url("contactaccess", "change", row.pk)).status_code
        for row in report.contact_accesses.all()
    ]
    assert len(set(pages)) == 1
    assert bool(rows) == (pages[0] == 200)
    return bool(rows)


def test_what_is_sealed_is_shut_to_administrators_and_superusers(
    sealed, superuser, admin_user, units, sign_in
):
    polda = make.make_user("Admin Polda", units.polda, Role.ADMIN)
    for person in (superuser, admin_user, polda):
        assert not any_page_shows(sign_in(person), sealed)


def test_the_permission_opens_it_here_too(sealed, units, keeper, sign_in):
    make.make_posting(keeper, units.polsek, Role.ADMIN)
    make.make_posting(keeper, units.polsek_neighbour, Role.ADMIN)
    client = sign_in(keeper)
    assert listed_ids(client) == [sealed.pk]
    assert client.get(admin_url("report", "change", sealed.pk)).status_code == 200


def test_a_report_about_a_unit_is_shut_to_who_is_posted_there(units, sign_in):
    category = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    report = make.make_report(units.polsek, "KENARI", category=category, about_unit=units.polsek)
    assert report.about_unit == units.polsek
    assert report.unit == units.polres
    head = make.make_user("Kapolres", units.polres, Role.COMMANDER, opens_sealed=True)
    make.make_posting(head, units.polres, Role.ADMIN)
    assert listed_ids(sign_in(head)) == [report.pk]
    head = type(head).objects.get(pk=head.pk)
    make.make_posting(head, units.polsek, Role.OFFICER)
    assert listed_ids(sign_in(head)) == []


def correction_form_data(**words):
    inlines = {
        f"{prefix}-{name}_FORMS": 0
        for prefix in ("timeline", "photos")
        for name in ("TOTAL", "INITIAL")
    }
    return {"text": "", "place": "", "village": "", **inlines, **words}


def test_words_and_place_are_corrected_and_nothing_else(
    report_with_history, unit_admin_client, units, officer, admin_user
):
    village = make.make_area("31.73.04.1001", "Kalianyar")
    before = Report.objects.filter(pk=report_with_history.pk).values().get()
    with CaptureQueriesContext(connection) as queries:
        answer = unit_admin_client.post(
            admin_url("report", "change", report_with_history.pk),
            correction_form_data(
                text="Motor hilang",
                place="Pasar lama",
                village=village.pk,
                state="closed",
                outcome="handled",
                outcome_reason="x",
                unit=units.polsek_neighbour.pk,
                assignee=officer.pk,
                privacy="anonymous",
                is_sealed="on",
                category=make.make_category("fire").pk,
                priority="urgent",
                rating=5,
                code="LW-0000-0000-0000",
                reported_at="2020-01-01 00:00",
                closed_at="2020-01-01 00:00",
            ),
        )
    assert answer.status_code == 302
    after = Report.objects.filter(pk=report_with_history.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"text", "place", "village_id"}
    (update,) = [q["sql"] for q in queries if 'UPDATE "reports_report"' in q["sql"]]
    assert '"state"' not in update
    history = unit_admin_client.get(admin_url("report", "history", report_with_history.pk)).context[
        "changes"
    ]
    assert history[0].who == str(admin_user)
    assert [step.after for step in history[0].steps] == ["Motor hilang", "Kalianyar", "Pasar lama"]


def test_the_page_tells_all_but_changes_nothing_of_the_work(report_with_history, unit_admin_client):
    page = unit_admin_client.get(admin_url("report", "change", report_with_history.pk))
    assert set(page.context["adminform"].form.fields) == {"text", "village", "place", "seen"}
    text = page.content.decode()
    assert report_with_history.number in text
    assert reverse("reports:report_detail", args=[report_with_history.pk]) in text
    assert (
        reverse("reports:report_photo", args=[report_with_history.photos.get().pk, "small"]) in text
    )
    assert "Warnanya merah" in text
    assert "Dilimpahkan ke kesatuan lain".lower() in text.lower()


def test_reports_are_neither_made_nor_deleted_here(report_with_history, superuser, sign_in):
    client = sign_in(superuser)
    for model, row in (
        ("report", report_with_history),
        ("handover", report_with_history.handovers.first()),
        ("contactaccess", report_with_history.contact_accesses.get()),
    ):
        assert client.get(admin_url(model, "add")).status_code == 403
        assert client.get(admin_url(model, "delete", row.pk)).status_code == 403
        assert client.post(admin_url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        if model != "report":
            assert (
                client.post(admin_url(model, "change", row.pk), {"reason": "x"}).status_code == 403
            )


def test_a_number_finds_its_report_in_any_period(units, unit_admin_client):
    old = make.make_report(units.polsek, now=timezone.now() - timedelta(days=400))
    new = make.make_report(units.polsek)
    assert listed_ids(unit_admin_client) == [new.pk]
    assert listed_ids(unit_admin_client, period="all") == [new.pk, old.pk]
    for word in (old.number, old.number.lower(), f"lk {old.pk}", str(old.pk)):
        assert listed_ids(unit_admin_client, q=word) == [old.pk]
    for word in ("LK-", "LK-999999999", "9" * 18, "9" * 40, "LK-1 2", "\u0661"):
        assert listed_ids(unit_admin_client, q=word) == []


def test_filters_narrow_the_list(units, officer, superuser, sign_in):
    fire = make.make_category("fire", target_minutes=10)
    burning = make.make_report(units.polsek, category=fire, by=officer)
    noisy = make.make_report(units.polsek_neighbour)
    refer_report(report=burning, by=officer, agency="Damkar")
    client = sign_in(superuser)
    assert listed_ids(client) == [noisy.pk, burning.pk]
    assert listed_ids(client, state__exact="referred") == [burning.pk]
    assert listed_ids(client, category__id__exact=fire.pk) == [burning.pk]
    assert listed_ids(client, priority__exact="urgent") == [burning.pk]
    assert listed_ids(client, unit=units.polsek_neighbour.pk) == [noisy.pk]


def test_list_and_page_cost_the_same_with_more_rows(
    report_with_history, officer, superuser, sign_in
):
    client = sign_in(superuser)

    def count_queries():
        found = []
        for path in (
            admin_url("report", "changelist"),
            admin_url("report", "change", report_with_history.pk),
            admin_url("handover", "changelist"),
            admin_url("contactaccess", "changelist"),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            found.append(len(queries))
        return found

    count_queries()
    before = count_queries()
    assert max(before[0], *before[2:]) <= LIST_STATEMENTS
    for number in range(4):
        make.make_report(report_with_history.unit, category=make.make_category(f"kind-{number}"))
        note_report(
            report=report_with_history, by=officer, text=str(number), photos=(clean_photo(jpeg()),)
        )
        open_contact(report=report_with_history, by=officer, reason=str(number))
    assert count_queries() == before


def test_the_newest_of_a_long_timeline_are_shown(
    report_with_history, officer, unit_admin_client, monkeypatch
):
    monkeypatch.setattr(admin_reports, "SHOWN", 3)
    note_report(report=report_with_history, by=officer, text="Catatan paling baru")
    page = unit_admin_client.get(admin_url("report", "change", report_with_history.pk))
    timeline = page.context["inline_admin_formsets"][0].formset
    assert timeline.forms[0].instance.text == "Catatan paling baru"
    assert len(timeline.forms) == 3


def test_a_merged_report_names_the_other_to_whom_may_see_it(
    units, officer, superuser, unit_admin_client
):
    main, copy = make.make_report(units.polsek), make.make_report(units.polsek)
    merge_report(report=copy, by=officer, into=main)
    page = unit_admin_client.get(admin_url("report", "change", copy.pk)).content.decode()
    assert main.number in page
    Report.objects.filter(pk=main.pk).update(is_sealed=True)
    page = unit_admin_client.get(admin_url("report", "change", copy.pk)).content.decode()
    assert main.number not in page
    assert "laporan lain" in page


def test_another_offices_report_is_read_only_where_it_was_given_away(
    units, officer, unit_admin_client
):
    """The former unit may read the report on its page, but the admin shows only a unit's own."""
    given = make.make_report(units.polsek)
    hand_over_report(report=given, by=officer, unit=units.polsek_neighbour, reason="Di sana")
    assert listed_ids(unit_admin_client) == []
    assert unit_admin_client.get(admin_url("report", "change", given.pk)).status_code == 302
    assert listed_ids(unit_admin_client, "handover") == [given.handovers.get().pk]
    assert listed_ids(unit_admin_client, "handover", q=given.number) == [given.handovers.get().pk]
    assert listed_ids(unit_admin_client, "handover", q="words") == []


# Categories and hotspots


def category_form_data(category, **words):
    return {
        "label": category.label,
        "group": category.group,
        "crime_class": "",
        "synonyms": "ribut, mtr ilang",
        "allows_mediation": "on",
        "target_minutes": 30,
        "icon": "volume-2",
        "order": 10,
        "is_active": "on",
        **words,
    }


def test_a_category_is_changed_by_mabes_and_read_by_all(unit_admin_client, superuser):
    category = make.make_category()
    page = admin_url("category", "change", category.pk)
    assert unit_admin_client.get(page).status_code == 200
    assert unit_admin_client.post(page, category_form_data(category)).status_code == 403
    unit_admin_client.force_login(superuser)
    answer = unit_admin_client.post(page, category_form_data(category, is_sealed="on"), follow=True)
    category.refresh_from_db()
    assert category.synonyms == ["ribut", "mtr ilang"]
    assert category.is_sealed
    assert "laporan baru" in "".join(str(m) for m in answer.context["messages"])
    (change,) = unit_admin_client.get(page).context["changes"]
    assert "ribut, mtr ilang" in {step.after for step in change.steps}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("icon", {"icon": "no-such-icon"}),
        ("icon", {"icon": "../x"}),
        ("icon", {"icon": ""}),
        ("__all__", {"hotline": "113"}),
        ("__all__", {"is_about_police": "on"}),
        ("synonyms", {"synonyms": "x" * 61}),
        ("target_minutes", {"target_minutes": "-1"}),
    ],
)
def test_a_category_that_cannot_be_shown_is_refused(superuser, sign_in, field, words):
    category = make.make_category()
    answer = sign_in(superuser).post(
        admin_url("category", "change", category.pk), category_form_data(category, **words)
    )
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors


def test_categories_are_found_by_everyday_words(superuser, sign_in):
    theft = make.make_category("vehicle_theft", synonyms=["mtr ilang"], order=1)
    make.make_category("fire", is_active=False)
    client = sign_in(superuser)
    assert listed_ids(client, "category", q="ilang") == [theft.pk]
    assert listed_ids(client, "category", is_active__exact=0) == [
        Category.objects.get(code="fire").pk
    ]
    words = {"app_label": "reports", "model_name": "hotspot", "field_name": "categories"}
    offered = client.get(reverse("admin:autocomplete"), {**words, "term": ""}).json()["results"]
    assert [row["id"] for row in offered] == [str(theft.pk)]


def test_an_icon_that_went_missing_does_not_break_the_list(superuser, sign_in):
    make.make_category(icon="gone-with-an-update")
    answer = sign_in(superuser).get(admin_url("category", "changelist"))
    assert "gone-with-an-update" in answer.content.decode()


def hotspot_form_data(unit, **words):
    return {"name": "Jembatan", "unit": unit.pk, "radius_m": 150, "is_active": "on", **words}


def test_an_administrator_keeps_the_hotspots_of_the_own_units(unit_admin_client, units):
    brawl = make.make_category("brawl")
    words = {"risky_from": "22:00", "risky_until": "03:00", "categories": [brawl.pk]}
    unit_admin_client.post(admin_url("hotspot", "add"), hotspot_form_data(units.polsek, **words))
    hotspot = Hotspot.objects.get()
    assert hotspot.categories.get() == brawl
    assert hotspot.polres_id == units.polres.pk
    refused = unit_admin_client.post(
        admin_url("hotspot", "add"), hotspot_form_data(units.polsek_neighbour)
    )
    assert "unit" in refused.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("__all__", {"risky_from": "22:00"}),
        ("coordinates", {"coordinates": "-6.1"}),
        ("coordinates", {"coordinates": "106.8010, -6.1478"}),
        ("radius_m", {"radius_m": 5}),
        ("__all__", {"name": "Sudah ada"}),
    ],
)
def test_a_hotspot_that_cannot_be_is_refused(unit_admin_client, units, field, words):
    make.make_hotspot(units.polsek, "Sudah ada")
    answer = unit_admin_client.post(
        admin_url("hotspot", "add"), hotspot_form_data(units.polsek, **words)
    )
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors


def test_what_autocomplete_offers_of_units_is_the_persons_own(unit_admin_client, units):
    words = {"app_label": "reports", "model_name": "hotspot", "field_name": "unit"}
    answer = unit_admin_client.get(reverse("admin:autocomplete"), {**words, "term": "Polsek"})
    assert units.polsek_neighbour.name not in json.dumps(answer.json())


def category_words(category, **fields):
    names = ["label", "group", "crime_class", "target_minutes", "hint", "icon", "order"]
    words = {name: getattr(category, name) or "" for name in names}
    return {**words, "is_active": "on", "allows_mediation": "on", **fields}


def test_no_page_unseals_a_category(superuser, sign_in, units):
    """Nor gives its label to another, nor stops offering it: the next reports would be open."""
    category = make.make_category("domestic_violence", is_sealed=True, is_about_police=True)
    page = admin_url("category", "change", category.pk)
    words = category_words(
        category, label="Lain", synonyms="lain", is_active="", hint="Telepon 110"
    )
    assert sign_in(superuser).post(page, words).status_code == 302
    stored = Category.objects.get(pk=category.pk)
    assert stored.hint == "Telepon 110"
    assert (stored.is_sealed, stored.is_about_police, stored.is_active) == (True, True, True)
    assert (stored.label, stored.synonyms) == (category.label, category.synonyms)
    assert make.make_report(units.polsek, category=stored).is_sealed


def test_a_tick_seals_a_category_and_stays(superuser, sign_in):
    category = make.make_category("brawl")
    page = admin_url("category", "change", category.pk)
    client = sign_in(superuser)
    assert client.post(page, category_words(category, is_sealed="on")).status_code == 302
    assert Category.objects.get(pk=category.pk).is_sealed
    client.post(page, category_words(category))
    assert Category.objects.get(pk=category.pk).is_sealed


def test_no_page_of_the_admin_unseals_a_report(keeper, units, sign_in):
    """Even for somebody who opens it and administers."""
    make.make_posting(keeper, units.polsek, Role.ADMIN)
    category = make.make_category("domestic_violence", is_sealed=True)
    report = make.make_report(units.polsek, category=category)
    Report.objects.filter(pk=report.pk).update(about_unit=units.polsek_other.pk)
    words = {
        "text": "Baru",
        "category": make.make_category("brawl").pk,
        "unit": units.polsek_neighbour.pk,
        "is_sealed": "",
        "about_unit": "",
        "assignee": keeper.pk,
        "privacy": "officers",
    }
    for name in ("timeline", "photos"):
        words |= {f"{name}-TOTAL_FORMS": 0, f"{name}-INITIAL_FORMS": 0}
    answer = sign_in(keeper).post(admin_url("report", "change", report.pk), words)
    assert answer.status_code == 302
    stored = Report.objects.get(pk=report.pk)
    assert stored.text == "Baru"
    assert (stored.category, stored.unit, stored.is_sealed) == (category, units.polsek, True)
    assert (stored.about_unit, stored.assignee) == (units.polsek_other, None)
