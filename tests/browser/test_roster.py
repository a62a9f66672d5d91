"""The roster as people live by it: teams in turn, leave, a swap, and the nights with a hole."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from patrols.models import Duty
from patrols.services.schedules import refresh_duties
from tests import factories as make
from tests.browser.phone import PHONE, axe_violations, fits_phone, press, send

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]


@pytest.fixture
def three(units):
    return [make.make_user(f"Anggota {word}", units.polsek, "officer") for word in "ABC"]


def looks_right(page):
    assert fits_phone(page)
    assert axe_violations(page) == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert fits_phone(page)
    page.evaluate("document.documentElement.style.fontSize = ''")


def test_who_stands_at_the_post(open_page, address_of, units, evening, three, operator):
    a, b, c = three
    post = make.make_post(units.polsek, "Pos Ronda")
    schedule = make.make_schedule(
        units.polsek, "Jaga pos", post=post, valid_from=evening, start="22:00", end="02:00"
    )
    refresh_duties(schedule)
    desk = open_page(operator, viewport=PHONE)

    # Three teams, another one every night.
    desk.goto(address_of("patrols:schedule_teams", schedule.pk))
    for number, person in enumerate(three):
        desk.fill(f"[name=team{number}-name]", f"Regu {'ABC'[number]}")
        desk.check(f"[name=team{number}-officers][value='{person.pk}']")
    looks_right(desk)
    send(desk, ".act .main")
    turns = [line.split("\n")[-1] for line in desk.locator("#turns ~ ul li").all_inner_texts()]
    assert turns[:4] == ["Regu A", "Regu B", "Regu C", "Regu A"]

    # Regu B is on leave on its night: nobody stands there, and the list says so.
    night = evening + timedelta(days=1)
    desk.goto(address_of("patrols:absence_add"))
    desk.select_option("[name=user]", str(b.pk))
    desk.select_option("[name=kind]", "leave")
    desk.fill("[name=starts_on]", night.isoformat())
    desk.fill("[name=ends_on]", night.isoformat())
    looks_right(desk)
    send(desk)
    expect(desk.locator(".messages")).to_contain_text("Anggota B")
    looks_right(desk)
    desk.goto(address_of("patrols:schedule_list"))
    expect(desk.locator("main")).to_contain_text("Tanpa Anggota B: cuti sampai")
    duties = {duty.night: duty for duty in Duty.objects.filter(schedule=schedule)}
    assert not duties[night].attendances.exists()
    desk.goto(address_of("patrols:week_print"))
    looks_right(desk)

    swap_the_night(open_page, address_of, desk, duties[evening + timedelta(days=2)], a, c)


def swap_the_night(open_page, address_of, desk, duty, a, c):
    """C asks A, A agrees, the operator confirms: the roll shows who stands in."""
    phone = open_page(c, viewport=PHONE)
    phone.goto(address_of("patrols:duty_detail", str(duty.pk)))
    phone.click("a[href$='/swap/']")
    phone.select_option("[name=other]", str(a.pk))
    looks_right(phone)
    send(phone)
    phone.fill("[name=reason]", "Anak sakit")
    looks_right(phone)
    send(phone)
    looks_right(phone)

    other = open_page(a, viewport=PHONE)
    other.goto(address_of("patrols:my_day"))
    other.click("a[href$='/swaps/']")
    looks_right(other)
    swap = duty.swaps.get()
    press(other, "patrols:swap_change", swap.pk, button="[value=agree]")

    desk.goto(address_of("patrols:swap_list"))
    press(desk, "patrols:swap_change", swap.pk, button="[value=confirm]")
    desk.goto(address_of("patrols:duty_rollcall", str(duty.pk)))
    expect(desk.locator("main")).to_contain_text("menggantikan Anggota C")
    assert [row.officer for row in duty.attendances.all()] == [a]


def test_the_days_between_show_where_they_count(open_page, address_of, operator):
    page = open_page(operator, viewport=PHONE)
    page.goto(address_of("patrols:schedule_add"))
    assert not page.is_visible("[name=every]")
    page.check("[name=nights][value=step]")
    page.fill("[name=every]", "3")
    page.fill("[name=start]", "20:00")
    page.fill("[name=end]", "22:00")
    page.press("[name=end]", "Tab")
    page.wait_for_selector("#preview .list")
    assert page.locator("#preview > .list > li .num").count() == 5
    assert date.fromisoformat(page.input_value("[name=valid_from]"))


def test_the_calendar_address_is_shown_once(open_page, address_of, officer):
    page = open_page(officer, viewport=PHONE)
    page.goto(address_of("patrols:calendar_link"))
    looks_right(page)
    send(page)
    assert page.input_value("#address").endswith(".ics")
    looks_right(page)
    page.goto(address_of("patrols:calendar_link"))
    assert not page.locator("#address").count()
