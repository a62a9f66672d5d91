"""The code of an apel: the leader's phone shows it, a member's opens the address that it holds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from patrols.codes import make_code
from tests import factories as make
from tests.browser.phone import PHONE, axe_violations, fits_phone, send

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def ten(time_machine):
    """22.00 in Jakarta, today: near enough to the browser's clock for its cookies."""
    today = datetime.now(UTC).replace(hour=15, minute=0, second=5, microsecond=0)
    time_machine.move_to(today, tick=False)
    return today


@pytest.fixture
def apel(ten, units, officer, volunteer):
    starts = ten + timedelta(minutes=15)
    duty = make.make_duty(units.polsek, "Patroli A", starts, leader=officer, apel_at=ten)
    make.make_attendance(duty, officer=officer)
    make.make_attendance(duty, member=volunteer.membership)
    return duty


def looks_right(page):
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert axe_violations(page) == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert fits_phone(page)
    page.evaluate("document.documentElement.style.fontSize = ''")


def test_a_code_is_shown_scanned_and_counted(
    open_page, address_of, apel, officer, volunteer, neighbour, time_machine, ten
):
    leader = open_page(officer, viewport=PHONE)
    leader.goto(address_of("patrols:duty_rollcall", str(apel.pk)))
    leader.click("a[href$='/code/']")
    looks_right(leader)
    picture = leader.locator(".qr svg")
    box = picture.bounding_box()
    assert box["width"] == box["height"] > 240
    assert box["y"] + box["height"] < PHONE["height"]  # whole without scrolling
    assert leader.evaluate("getComputedStyle(document.querySelector('.qr path')).fill") == (
        "rgb(255, 255, 255)"
    )
    first = picture.inner_html()
    expect(leader.locator("#code")).to_contain_text("0 dari 2")

    code = make_code(apel.pk, timezone.now())
    stranger = open_page(neighbour, viewport=PHONE)
    stranger.goto(address_of("patrols:duty_present", code))
    expect(stranger.locator("main")).to_contain_text("tidak ada di daftar apel ini")
    looks_right(stranger)

    member = open_page(volunteer, viewport=PHONE)
    time_machine.move_to(ten + timedelta(minutes=2), tick=False)
    member.goto(address_of("patrols:duty_present", code))
    expect(member.locator("main")).to_contain_text("sudah tidak berlaku")
    looks_right(member)
    member.goto(address_of("patrols:duty_present", make_code(apel.pk, timezone.now())))
    looks_right(member)
    member.keyboard.press("Tab")
    member.locator("main form .main").focus()
    send(member, leads_to=f"/patrols/duties/{apel.pk}/")
    expect(member.locator(".messages")).to_contain_text("Anda tercatat hadir pukul 22.02")
    member.go_back()
    expect(member.locator("main")).to_contain_text("Sudah tercatat 22.02")

    # The leader's page has read itself again: another code, and the name.
    expect(leader.locator("#code")).to_contain_text(volunteer.name, timeout=30_000)
    expect(leader.locator("#code")).to_contain_text("1 dari 2")
    assert picture.inner_html() != first
    assert not leader.console_errors
