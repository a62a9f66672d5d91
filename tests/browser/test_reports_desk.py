"""An officer's desk on a phone of 360 px: the list, a report taken down, read and shared."""

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.models import Report
from reports.services.casework import hand_over_report, note_report
from tests import factories as make
from tests.browser.phone import (
    DESK,
    axe_violations,
    expect_page,
    fits_phone,
    follow,
    open_details,
    send,
)
from tests.pictures import jpeg
from toolkit.photos.clean import clean_photo

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def open_phone(open_page, officer):
    """``open_phone(…)`` gives a page signed in as the officer."""
    return partial(open_page, officer)


@pytest.fixture
def noise(db):
    return make.make_category("noise_dispute", label="Tetangga ribut", icon="volume-2")


@pytest.fixture
def report(units, officer, noise):
    """An overdue report with a place, a position, a photo and a note."""
    made = make.make_report(
        units.polsek,
        "Musik keras di ujung gang",
        place="Gang Sempit 5",
        lat=-6.1427,
        lon=106.8021,
        accuracy_m=12,
        reported_at=timezone.now() - timedelta(hours=1),
        privacy="officers",
        contact_name="Bu Kenanga",
        photos=(clean_photo(jpeg()),),
    )
    note_report(report=made, by=officer, text="Sudah ditelepon")
    return made


def take_down(page, noise):
    follow(page, "reports:report_list", inside=".bottom")
    assert fits_phone(page)
    follow(page, "reports:report_new")
    assert fits_phone(page)
    page.check("[name=source][value=walk_in]")
    page.select_option("[name=category]", str(noise.pk))
    page.fill("[name=text]", "Karaoke sampai pagi")
    page.fill("[name=village_name]", "Kampung Entah")
    page.click(".act .main")
    page.wait_for_selector("#id_village_name_error")
    assert page.input_value("[name=text]") == "Karaoke sampai pagi"
    assert fits_phone(page)
    page.check("[name=area][value='0']")
    with expect_page(page):
        page.click(".act .main")
    report = Report.objects.get(text="Karaoke sampai pagi")
    assert reverse("reports:report_code", args=[report.pk]) in page.url
    assert report.place == "Kampung Entah"
    assert report.number in page.inner_text(".messages")
    assert report.code in page.inner_text("main")
    assert fits_phone(page)
    follow(page, "reports:report_detail", report.pk)
    assert report.code not in page.content()
    assert fits_phone(page)
    with expect_page(page):
        page.click(f'a[href="{reverse("reports:report_share", args=[report.pk])}"]')
    assert "Karaoke sampai pagi" in page.input_value("#id_text")
    assert fits_phone(page)


def test_takes_a_report_down(open_phone, units, noise):
    take_down(open_phone(), noise)


def test_the_same_without_script(open_phone, units, noise):
    take_down(open_phone(java_script_enabled=False), noise)


def test_finds_by_number(open_phone, address_of, report):
    page = open_phone()
    page.goto(address_of("reports:report_list"))
    page.click("details.filter summary")
    page.fill("[name=q]", report.number)
    send(page, "details.filter .main")
    assert page.locator("tbody tr").count() == 1
    follow(page, "reports:report_detail", report.pk)
    assert "Musik keras" in page.inner_text("main")
    assert "Kenanga" not in page.content()


PAGES = ["report_list", "report_new", "report_detail", "report_share"]


def check_pages(page, address_of, report, *, phone):
    for name in PAGES:
        arguments = [report.pk] if name in ("report_detail", "report_share") else []
        page.goto(address_of(f"reports:{name}", *arguments))
        open_details(page)
        assert (name, axe_violations(page)) == (name, [])
        assert not phone or (name, fits_phone(page)) == (name, True)
    assert page.console_errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_phone, address_of, units, officer, report, scheme):
    given = make.make_report(units.polsek, "Dilimpahkan")
    hand_over_report(report=given, by=officer, unit=units.polsek_neighbour, reason="Bukan di sini")
    page = open_phone(color_scheme=scheme)
    check_pages(page, address_of, report, phone=True)
    page.goto(address_of("reports:report_detail", given.pk))
    assert axe_violations(page) == []
    page.goto(address_of("reports:report_new"))
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.click(".act .main")
    page.wait_for_selector(".field .error")
    assert axe_violations(page) == []
    assert fits_phone(page)


def test_axe_finds_nothing_at_the_desk(open_page, address_of, chief, report):
    page = open_page(chief, viewport=DESK)
    check_pages(page, address_of, report, phone=False)
