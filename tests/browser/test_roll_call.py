"""Marks of the roll call on a phone of 360 px: in place with script, from page to page without."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from patrols.models import Attendance
from patrols.services.rollcall import mark_attendance
from patrols.workflow import ReviewState
from tests import factories as make
from tests.browser.phone import axe_violations, expect_page, fits_phone, open_details, press

pytestmark = pytest.mark.browser


@pytest.fixture
def roll(duty, group):
    """A roll of some twenty people; the officer and the volunteer are among them."""
    for number in range(18):
        make.make_attendance(duty, member=make.make_member(group, f"Anggota Nomor {number:02}"))
    make.make_attendance(duty, guest_name="Pak Lurah", status="present", expected=False)
    return duty


@pytest.fixture
def open_roll(open_page, address_of, officer, roll):
    """``open_roll(…)`` gives the page of the roll call, opened by the officer."""

    def opened(**options):
        page = open_page(officer, **options)
        page.goto(address_of("patrols:duty_rollcall", roll.pk))
        page.evaluate("window.sameDocument = true")
        return page

    return opened


def is_same_document(page):
    return page.evaluate("window.sameDocument === true")


@pytest.fixture
def row(roll, volunteer):
    return Attendance.objects.get(duty=roll, member=volunteer.membership)


def expect_stored(page):
    """A tap counts at once; the mark beside it goes when the server has it."""
    expect(page.locator("[data-mark]")).to_have_count(0)


def status_line(page):
    return page.locator("body > [role=status]").inner_text()


def test_marks_are_made_in_place(open_roll, roll, row):
    page = open_roll()
    button = page.locator(f"#row-{row.pk} button[value=present]")
    button.scroll_into_view_if_needed()
    top = button.bounding_box()["y"]
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#row-{row.pk} button[value=present][aria-pressed=true]")
    expect_stored(page)
    assert is_same_document(page)
    assert page.evaluate("document.activeElement.value") == "present"
    assert page.evaluate("document.activeElement.closest('li').id") == f"row-{row.pk}"
    assert abs(button.bounding_box()["y"] - top) < 60  # the row has not gone from under the finger
    row.refresh_from_db()
    assert row.status == "present"
    assert status_line(page).startswith("Relawan A: hadir, ")
    assert "1 dari 20 hadir" in page.inner_text("#counts")
    first = row.at
    page.keyboard.press("Enter")  # a second tap
    page.wait_for_selector("[data-mark]")
    expect_stored(page)
    row.refresh_from_db()
    assert (row.status, row.at) == ("present", first)
    assert fits_phone(page)
    assert page.console_errors == []


def test_everybody_is_marked_by_fast_taps(open_roll, roll):
    page = open_roll()
    rows = list(roll.attendances.filter(expected=True))
    for row in rows:
        page.locator(f"#row-{row.pk} button[value=late]").dispatch_event("click")
    expect(page.locator("button[value=late][aria-pressed=true]")).to_have_count(20)
    expect_stored(page)
    assert is_same_document(page)
    assert set(roll.attendances.filter(expected=True).values_list("status", flat=True)) == {"late"}
    assert "20 dari 20 hadir" in page.inner_text("#counts")


def test_all_others_are_marked_in_place(open_roll, roll, row, officer):
    mark_attendance(attendance=row, status="excused", by=officer)
    page = open_roll()
    page.click("#counts button")
    expect(page.locator("#roll [aria-pressed=true]")).to_have_count(21)
    expect_stored(page)
    assert is_same_document(page)
    assert page.locator("#counts button").count() == 0
    row.refresh_from_db()
    assert row.status == "excused"


@pytest.mark.parametrize("script", [True, False])
def test_taking_a_mark_back_asks(open_roll, roll, row, officer, script):
    mark_attendance(attendance=row, status="absent", by=officer)
    page = open_roll(java_script_enabled=script)
    clear = reverse("patrols:attendance_clear", args=[row.pk])
    yes = page.locator(f'form[action="{clear}"] button')
    assert not yes.is_visible()
    page.click(f"#row-{row.pk} summary")
    yes.wait_for(state="visible")
    assert "Salah tandai?" in page.inner_text(f"#row-{row.pk}")
    assert fits_phone(page)
    if script:
        yes.click()
        page.wait_for_selector(f"#row-{row.pk} [aria-pressed=true]", state="detached")
        assert is_same_document(page)
        assert status_line(page) == "Relawan A: tandanya sudah dicabut."
    else:
        press(page, "patrols:attendance_clear", row.pk)
        assert page.locator(f"#row-{row.pk} [aria-pressed=true]").count() == 0
    row.refresh_from_db()
    assert row.status == ""


def test_without_script_each_mark_is_answered_by_the_page(open_roll, roll, row):
    page = open_roll(java_script_enabled=False)
    for _tap in range(2):
        press(page, "patrols:attendance_mark", row.pk, button="button[value=present]")
        assert page.url.endswith(f"#row-{row.pk}")
        assert page.locator(f"#row-{row.pk} button[value=present][aria-pressed=true]").count() == 1
        assert "Relawan A: hadir" in page.inner_text(".messages")
    row.refresh_from_db()
    assert row.status == "present"
    assert fits_phone(page)


def test_the_mark_that_was_made_later_counts(open_roll, roll, row, commander):
    page = open_roll()
    mark_attendance(attendance=row, status="late", by=commander)
    page.click(f"#row-{row.pk} button[value=absent]")
    page.wait_for_selector(f"#row-{row.pk} button[value=absent][aria-pressed=true]")
    expect_stored(page)
    row.refresh_from_db()
    assert row.status == "absent"


def test_an_approved_log_closes_an_open_page(open_roll, roll, row):
    page = open_roll()
    type(roll).objects.filter(pk=roll.pk).update(
        state="ended",
        started_at=timezone.now(),
        ended_at=timezone.now(),
        review=ReviewState.APPROVED,
    )
    page.click(f"#row-{row.pk} button[value=absent]")
    page.wait_for_selector(f"#row-{row.pk} form", state="detached")
    page.wait_for_selector(f"#row-{row.pk} [data-beside]")
    assert "sudah ditutup" in page.inner_text(f"#row-{row.pk}")
    row.refresh_from_db()
    assert row.status == ""


def test_after_the_session_ended_the_tap_leads_to_the_way_in(open_roll, roll, row):
    page = open_roll()
    page.context.clear_cookies(name="sessionid")
    with expect_page(page):
        page.click(f"#row-{row.pk} button[value=present]")
    assert "Masuk" in page.inner_text("main")
    row.refresh_from_db()
    assert row.status == ""


def test_without_a_signal_a_tap_counts_at_once_and_is_sent_later(open_roll, roll, row):
    page = open_roll()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.click(f"#row-{row.pk} button[value=present]")
    page.wait_for_selector(f"#row-{row.pk} button[value=present][aria-pressed=true]")
    assert "belum terkirim" in page.inner_text(f"#row-{row.pk}")
    assert fits_phone(page)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect_stored(page)
    row.refresh_from_db()
    assert row.status == "present"
    assert is_same_document(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_roll, address_of, roll, row, units, officer, scheme):
    mark_attendance(attendance=row, status="late", by=officer)
    page = open_roll(color_scheme=scheme)
    open_details(page)
    assert axe_violations(page) == []
    assert fits_phone(page)
    make.make_duty(units.polsek, "Pos dengan nama yang cukup panjang di Jalan Kali Pasir")
    page.goto(address_of("patrols:attendance_move", row.pk))
    assert axe_violations(page) == []
    assert fits_phone(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_people_are_elsewhere(
    open_page, address_of, units, officer, running_duty, scheme
):
    second = make.make_duty(units.polsek, "Patroli dengan nama yang cukup panjang", leader=officer)
    page = open_page(officer, color_scheme=scheme)
    page.goto(address_of("patrols:duty_elsewhere", second.pk))
    assert axe_violations(page) == []
    assert fits_phone(page)
    page.goto(address_of("patrols:duty_begin"))
    page.wait_for_load_state("networkidle")
    page.click("main form .main")
    page.wait_for_selector("[data-told] button")
    assert "Bhabin A bertugas" in page.inner_text("[data-told]")
    assert axe_violations(page) == []
    assert fits_phone(page)
