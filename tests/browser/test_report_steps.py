"""An officer takes a report from its receipt to its outcome on a phone, without script."""

from functools import partial

import pytest
from django.urls import reverse

from reports.models import Privacy
from reports.services.casework import note_report
from tests import factories as make
from tests.browser.phone import DESK, axe_violations, fits_phone, follow, open_details, press, send
from tests.pictures import jpeg
from tests.reports.report_pages import make_report_in_state, reload_report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def open_phone(open_page, officer):
    """``open_phone(path, …)`` gives a page signed in as the officer."""
    return partial(open_page, officer)


LIST = reverse("reports:report_list")


def detail(report):
    return reverse("reports:report_detail", args=[report.pk])


@pytest.mark.parametrize("script", [False, True], ids=["without script", "with script"])
def test_from_receipt_to_outcome(open_phone, units, officer, script):
    report = make.make_report(units.polsek, "Pemuda berkumpul membawa kayu")
    page = open_phone(detail(report), java_script_enabled=script)
    leads_to = detail(report)
    for tap in ("report_verify", "report_dispatch", "report_arrive"):
        press(page, f"reports:{tap}", report.pk, button=".main", leads_to=leads_to)
        assert fits_phone(page)
    follow(page, "reports:report_resolve", report.pk)
    assert fits_phone(page)
    send(page)
    assert page.locator("#id_reason_error").count()
    page.check("[name=outcome][value=handled]")
    page.fill("[name=reason]", "Pemuda diimbau pulang, kayu diamankan")
    send(page, leads_to=leads_to)
    assert "Menunggu pimpinan" in page.inner_text("#steps")
    stored = reload_report(report)
    assert (stored.state, stored.outcome, stored.assignee) == ("resolved", "handled", officer)
    kinds = list(stored.timeline.values_list("kind", flat=True))
    assert kinds == ["received", "verified", "dispatched", "arrived", "resolved"]
    assert page.console_errors == []


def test_a_note_with_a_photo(open_phone, address_of, units, officer):
    report = make_report_in_state("on_scene", units.polsek, officer)
    page = open_phone(detail(report))
    follow(page, "reports:report_note", report.pk)
    page.fill("[name=text]", "Kayu di pinggir jalan")
    picture = jpeg((1200, 900)).getvalue()
    page.set_input_files(
        "[name=photos]", {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": picture}
    )
    assert "1 foto" in page.inner_text("#photo-size")
    send(page, leads_to=detail(report))
    assert report.timeline.latest("pk").photos.count() == 1


def test_handed_over_after_a_search_without_script(open_phone, units, officer):
    report = make_report_in_state("verified", units.polsek, officer)
    page = open_phone(detail(report), java_script_enabled=False)
    page.click("#steps summary")
    follow(page, "reports:report_handover", report.pk)
    page.fill("[name=reason]", "Kejadiannya di wilayah timur")
    page.fill("[name=q]", "Polsek Timur")
    send(page, "[name=find]")
    assert page.input_value("[name=reason]") == "Kejadiannya di wilayah timur"
    page.check(f"[name=unit][value='{units.polsek_east.pk}']")
    send(page, leads_to=detail(report))
    assert reload_report(report).unit == units.polsek_east


def test_about_police_is_asked_which_unit_without_script(open_phone, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    misconduct = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    page = open_phone(detail(report), java_script_enabled=False)
    page.click("#steps summary")
    follow(page, "reports:report_classify", report.pk)
    page.select_option("[name=category]", str(misconduct.pk))
    send(page)
    assert fits_phone(page)
    page.check("[name=about_unit][value=polsek]")
    send(page, leads_to=LIST)
    assert reload_report(report).unit == units.polres


def test_the_contact_is_gone_with_the_page(open_phone, address_of, units, officer):
    who = {"contact_name": "Bu Ani", "contact_phone": "+6281299990000"}
    report = make_report_in_state(
        "verified", units.polsek, officer, privacy=Privacy.OFFICERS, **who
    )
    page = open_phone(detail(report))
    follow(page, "reports:contact_open", report.pk)
    page.check("[name=purpose][value=ask]")
    send(page)
    assert "Bu Ani" in page.inner_text("main")
    assert fits_phone(page)
    assert axe_violations(page) == []
    page.goto(address_of("reports:contact_open", report.pk))
    assert "Bu Ani" not in page.content()


@pytest.fixture
def rows(units, officer, commander):
    """Reports in the states that the pages start from, with everything a page can show."""
    here = {"lat": -6.15, "lon": 106.8, "place": "Gang Kancil"}
    named = {"privacy": Privacy.OFFICERS, "contact_name": "Bu Ani", **here}
    report = make_report_in_state("verified", units.polsek, officer, **named)
    other = make.make_report(units.polsek, "Keributan yang sama", **here)
    for number in range(14):
        make.make_user(f"Bhabin {number:02}", units.polsek, "officer")
    note_report(report=other, by=officer, text="Dilihat dari jalan")
    return {
        "report_reopen": [make_report_in_state("closed", units.polsek, officer).pk],
        None: [report.pk],
    }


PAGES = [
    "report_dispatch",
    "report_resolve",
    "report_reject",
    "report_merge",
    "report_refer",
    "report_reopen",
    "report_override",
    "report_note",
    "report_classify",
    "report_handover",
    "contact_open",
]


# One page of each layout is enough in the dark.
AT_NIGHT = ["report_resolve", "report_merge", "report_note"]


@pytest.mark.parametrize(("scheme", "names"), [("light", PAGES), ("dark", AT_NIGHT)])
def test_axe_finds_nothing(open_page, address_of, commander, rows, scheme, names):
    page = open_page(commander, LIST, color_scheme=scheme)
    for name in names:
        page.goto(address_of(f"reports:{name}", *rows.get(name, rows[None])))
        assert (name, axe_violations(page)) == (name, [])
        assert (name, fits_phone(page)) == (name, True)
        if name in {"report_resolve", "report_merge", "report_dispatch"}:
            send(page)
            assert page.locator("#form-errors").count(), name
            assert (name, axe_violations(page)) == (name, [])
    page.goto(address_of("reports:report_detail", *rows[None]))
    open_details(page)
    assert axe_violations(page) == []
    page.goto(address_of("reports:contact_access_list"))
    assert axe_violations(page) == []


def test_axe_finds_nothing_at_the_desk(open_page, address_of, commander, rows):
    page = open_page(commander, LIST, viewport=DESK)
    for name in ("report_dispatch", "report_merge", "report_handover"):
        page.goto(address_of(f"reports:{name}", *rows[None]))
        assert (name, axe_violations(page)) == (name, [])
