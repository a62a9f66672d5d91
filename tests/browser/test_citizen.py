"""A citizen on a phone of 360 px reports, tracks and disputes, with and without script."""

import pytest
from django.urls import reverse

from reports.models import Report
from reports.services.changes import (
    arrive_at_report,
    dispatch_report,
    resolve_report,
    verify_report,
)
from territory.models import UnitArea
from tests import factories as make
from tests.browser.phone import (
    DESK,
    PHONE,
    axe_violations,
    expect_page,
    fits_phone,
    open_details,
    press,
    send,
)
from tests.pictures import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEND, FILL, RECEIPT, TRACK = (
    reverse(f"reports:report_{name}") for name in ("send", "fill", "receipt", "track")
)


@pytest.fixture(autouse=True)
def village(units, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.PLAIN_HTTP = True
    make.make_area("31.73", "Jakarta Barat")
    make.make_area("31.73.04", "Tambora")
    village = make.make_area("31.73.04.1005", "Duri Utara", lat=-6.15, lon=106.81)
    UnitArea.objects.create(area=village, unit=units.polsek)
    make.make_category(
        "noise_dispute", label="Tetangga ribut", synonyms=["sound horeg"], icon="volume-2"
    )
    make.make_category("fire", label="Kebakaran", hotline="113", hotline_name="Damkar")
    make.make_category(
        "domestic_violence",
        label="Kekerasan di rumah",
        synonyms=["suami mukul"],
        is_sealed=True,
        allows_mediation=False,
        hotline="129",
        hotline_name="SAPA",
    )
    return village


@pytest.fixture
def open_phone(browser, live_server):
    """``open_phone(…)`` gives the first page to somebody without an account."""
    contexts = []

    def opened(path="/", **options):
        context = browser.new_context(
            **{"viewport": PHONE, "timezone_id": "Asia/Jakarta", **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.console_errors = []
        page.on(
            "console",
            lambda message: message.type == "error" and page.console_errors.append(message.text),
        )
        page.goto(live_server.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()


def choose_category(page, code):
    with expect_page(page, FILL):
        page.click(f'button[name=category][value="{code}"]:visible')


def fill_in(page, text):
    page.fill("[name=village_name]", "Duri Utara")
    page.check("[name=when][value=unknown]")
    page.fill("[name=text]", text)


def report_and_dispute(page, officer):
    """From the first page to a report that is open again."""
    assert fits_phone(page)
    choose_category(page, "noise_dispute")
    assert fits_phone(page)
    send(page, ".act .main", leads_to=FILL)
    assert "Belum terkirim" in page.inner_text("main")
    fill_in(page, "Musik keras sejak sore")
    page.set_input_files(
        "[name=photos]",
        {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": jpeg((1200, 900)).getvalue()},
    )
    send(page, ".act .main", leads_to=RECEIPT)
    assert fits_phone(page)
    code = page.inner_text("#code")
    report = Report.objects.get()
    assert code == report.code
    assert report.photos.count() == 1

    press(page, "reports:track_forget", leads_to="/")
    verify_report(report=report, by=officer)
    dispatch_report(report=report, by=officer, assignee=officer)
    arrive_at_report(report=report, by=officer)
    resolve_report(report=report, by=officer, outcome="handled", reason="Sudah ditegur")

    page.fill("[name=code]", code.lower().replace("-", " "))
    press(page, "reports:report_track", leads_to=TRACK)
    assert fits_phone(page)
    assert "Sudah ditegur" in page.inner_text("main")
    assert page.locator(".photos img").count() == 1
    page.click("#dispute summary")
    page.fill("[name=reason]", "Masih ribut tiap malam")
    press(page, "reports:track_dispute", leads_to=TRACK)
    assert "Masih ribut tiap malam" in page.inner_text("main")
    report.refresh_from_db()
    assert (report.state, report.outcome) == ("verified", "")
    assert page.console_errors == []


def test_the_way_without_script(open_phone, officer):
    report_and_dispute(open_phone(java_script_enabled=False), officer)


def test_the_way_with_script(open_phone, officer):
    report_and_dispute(open_phone(), officer)


@pytest.mark.parametrize("path", ["/", SEND])
def test_typing_finds_the_kind_without_a_button(open_phone, path):
    page = open_phone(path)
    found = page.locator("[data-found]")
    page.fill("[name=words]", "sund horeg")
    found.locator("button").first.wait_for()
    assert found.locator("button").first.inner_text() == "Tetangga ribut"
    assert fits_phone(page)
    page.fill("[name=words]", "laki aku nampar aku")
    found.locator("[href='tel:129']").wait_for()
    assert found.locator("[href='tel:110']").is_visible()
    for number in ("110", "129"):
        assert found.locator(f"[href='tel:{number}']").bounding_box()["height"] >= 56
    assert fits_phone(page)
    assert axe_violations(page) == []
    page.fill("[name=words]", "xyzzy")
    found.get_by_text("Tidak ada yang cocok").wait_for()
    page.fill("[name=words]", "suami mukul")
    found.locator("[value=domestic_violence]").wait_for()
    with expect_page(page, FILL):
        found.locator("[value=domestic_violence]").click()
    assert "mukul" not in page.url
    assert page.console_errors == []


def test_without_script_the_button_finds_it_and_shows_who_helps(open_phone):
    page = open_phone(java_script_enabled=False)
    page.fill("[name=words]", "laki aku nampar aku")
    with expect_page(page, SEND):
        page.press("[name=words]", "Enter")
    found = page.locator("[data-found]")
    assert found.locator("a").all_inner_texts() == ["Telepon 110", "SAPA 129"]
    assert found.locator("[value=domestic_violence]").count() == 1
    assert fits_phone(page)


def test_villages_while_typing_and_the_phones_position(open_phone, village):
    here = {"latitude": -6.1502, "longitude": 106.8101, "accuracy": 9}
    page = open_phone(geolocation=here, permissions=["geolocation"])
    choose_category(page, "fire")
    with page.expect_response(lambda answer: "wilayah" in answer.url):
        page.type("[name=village_name]", "duri")
    page.wait_for_selector("#areas option", state="attached")
    assert page.get_attribute("#areas option", "value") == "Duri Utara, Tambora, Jakarta Barat"
    page.fill("[name=village_name]", "")
    page.click("[data-gps]")
    page.wait_for_selector("[data-said]:has-text('9 m')")
    send(page, ".act .main", leads_to=RECEIPT)
    report = Report.objects.get()
    assert (report.village, report.accuracy_m) == (village, 9)
    assert page.console_errors == []


def test_fields_show_where_they_are_needed(open_phone):
    page = open_phone()
    choose_category(page, "noise_dispute")
    when, name = page.locator("[name=occurred_at]"), page.locator("[name=contact_name]")
    assert not when.is_visible()
    assert not name.is_visible()
    page.check("[name=when][value=about]")
    page.check("[name=privacy][value=sealed]")
    assert when.is_visible()
    assert name.is_visible()


def test_the_quick_exit_leaves_no_way_back(open_phone):
    page = open_phone()
    choose_category(page, "domestic_violence")
    assert page.title().startswith("Formulir")
    page.fill("[name=text]", "Kenari")
    with page.expect_request("https://www.bmkg.go.id/"):
        page.click("[data-exit] button", no_wait_after=True)
    assert not [c for c in page.context.cookies() if c["name"] == "laporan"]


def test_enter_sends_and_does_not_change_the_kind(open_phone):
    page = open_phone(java_script_enabled=False)
    choose_category(page, "noise_dispute")
    fill_in(page, "Musik keras")
    with expect_page(page, RECEIPT):
        page.press("[name=village_name]", "Enter")


def public_pages(page, address_of, resolve):
    """Every page without an account, one after the other."""
    yield page
    page.goto(address_of("reports:report_send"))
    yield page
    choose_category(page, "domestic_violence")
    page.check("[name=when][value=about]")
    page.check("[name=privacy][value=officers]")
    yield page
    send(page, ".act .main", leads_to=FILL)
    yield page
    fill_in(page, "Tolong")
    page.check("[name=privacy][value=anonymous]")
    send(page, ".act .main", leads_to=RECEIPT)
    yield page
    resolve()
    page.goto(address_of("reports:report_track"))
    open_details(page)
    yield page
    press(page, "reports:track_forget", leads_to="/")
    page.goto(address_of("reports:report_track"))
    page.fill("[name=code]", "halo")
    send(page, leads_to=TRACK)
    yield page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing(open_phone, address_of, officer, keeper, scheme, viewport):
    def resolved():
        report = Report.objects.get()
        verify_report(report=report, by=keeper)
        dispatch_report(report=report, by=keeper, assignee=officer)
        resolve_report(report=report, by=officer, outcome="handled", reason="Sudah ditangani")

    page = open_phone(color_scheme=scheme, viewport=viewport)
    for shown in public_pages(page, address_of, resolved):
        assert axe_violations(shown) == [], shown.url
        if viewport == PHONE:
            assert fits_phone(shown)
