"""A commander plans and watches on a phone of 360 px, in a real browser."""

from datetime import time, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from patrols.models import Duty, Schedule
from patrols.services.duties import end_duty, start_duty
from patrols.services.schedules import refresh_duties
from tests import factories as make
from tests.browser.phone import (
    DESK,
    PHONE,
    axe_violations,
    expect_page,
    fits_phone,
    follow,
    open_details,
    send,
)

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]


@pytest.fixture
def open_phone(open_page, commander):
    """``open_phone(…)`` gives a page signed in as the commander."""
    return partial(open_page, commander)


@pytest.fixture
def post(units, officer):
    """The officer stands at a post every night from 22.15 to 01.00."""
    schedule = make.make_schedule(units.polsek, "Pos RW 05", officers=[officer], leader=officer)
    refresh_duties(schedule)
    return schedule


def fill_in(page, officer):
    page.fill("[name=name]", "Patroli Angke")
    page.fill("[name=apel]", "22:30")
    page.fill("[name=start]", "23:00")
    page.fill("[name=end]", "02:00")
    page.check(f"[name=officers][value='{officer.pk}']")


def plan_and_watch(page, officer, operator, *, scripted):
    assert fits_phone(page)
    follow(page, "patrols:schedule_list", inside=".bottom")
    follow(page, "patrols:schedule_add")
    assert fits_phone(page)
    fill_in(page, officer)
    if not scripted:
        send(page, "[name=preview]")
    page.wait_for_selector("#preview .notice.danger")
    assert "Bhabin A" in page.inner_text("#preview .notice.danger")
    assert page.locator("#preview > .list > li").count() == 14
    assert page.input_value("[name=name]") == "Patroli Angke"
    assert Schedule.objects.count() == 1

    send(page, ".act .main")
    page.wait_for_selector("#id_officers_error")
    assert "Pos RW 05" in page.inner_text("#id_officers_error")
    assert page.input_value("[name=start]") == "23:00"
    assert fits_phone(page)

    page.uncheck(f"[name=officers][value='{officer.pk}']")
    page.check(f"[name=officers][value='{operator.pk}']")
    page.select_option("[name=leader]", str(operator.pk))
    send(page, ".act .main", leads_to=reverse("patrols:schedule_list"))
    assert "Patroli Angke" in page.inner_text(".messages")
    assert fits_phone(page)

    follow(page, "patrols:tonight", inside=".bottom")
    board = page.inner_text("#board")
    assert "Patroli Angke" in board
    assert "Pos RW 05" in board
    assert "23.00–02.00 WIB" in board
    assert "Operator A" in board
    assert fits_phone(page)
    schedule = Schedule.objects.get(name="Patroli Angke")
    assert schedule.start == time(23)
    assert list(schedule.officers.all()) == [operator]


def test_plans_meets_a_clash_and_sees_tonight(open_phone, post, officer, operator):
    plan_and_watch(open_phone(), officer, operator, scripted=True)


def test_the_same_without_script(open_phone, post, officer, operator):
    page = open_phone(java_script_enabled=False)
    plan_and_watch(page, officer, operator, scripted=False)


def test_single_nights_show_where_they_count(open_phone, address_of, post):
    page = open_phone()
    page.goto(address_of("patrols:schedule_add"))
    assert not page.is_visible("[name=weekdays]")
    page.check("[name=nights][value=some]")
    page.check("[name=weekdays][value='5']")
    page.fill("[name=name]", "Sabtu")
    page.fill("[name=start]", "20:00")
    page.fill("[name=end]", "22:00")
    page.press("[name=end]", "Tab")
    page.wait_for_selector("#preview .list")
    assert page.locator("#preview > .list > li .num").count() == 2
    send(page, ".act .main", leads_to=reverse("patrols:schedule_list"))
    assert Schedule.objects.get(name="Sabtu").weekdays == [5]


def test_the_board_reads_itself_again(open_phone, address_of, time_machine, post, officer):
    page = open_phone()
    page.clock.install()
    page.goto(address_of("patrols:tonight"))
    first = page.inner_text("[data-stamp] time")
    duty = Duty.objects.filter(schedule=post).earliest("night")
    duty.name = "Pos berganti nama"
    duty.save()
    time_machine.shift(5)
    with page.expect_response("**/patrols/tonight/"):
        page.clock.run_for(70_000)
    page.wait_for_selector("text=Pos berganti nama")
    assert page.inner_text("[data-stamp] time") != first
    # Without a signal it says so and keeps what it has.
    page.context.set_offline(True)
    page.clock.run_for(70_000)
    page.wait_for_selector("text=Belum bisa diperbarui")
    assert "Pos berganti nama" in page.inner_text("#board")


def test_a_silent_patrol_rings_after_one_tap(open_phone, address_of, duty, officer):
    officer.phone = "+6286000000001"
    officer.save()
    start_duty(duty=duty, by=officer, now=timezone.now() - timedelta(minutes=52))
    page = open_phone()
    page.goto(address_of("patrols:tonight"))
    # What the tap would dial: the browser of a test has no telephone.
    page.evaluate(
        """document.addEventListener("click", (event) => {
            window.dialled = event.target.closest("a").href;
            event.preventDefault();
        })"""
    )
    call = page.locator("#board .card").first.locator("a[href^='tel:']")
    assert call.bounding_box()["y"] < PHONE["height"]
    call.click()
    assert page.evaluate("dialled") == "tel:+6286000000001"


def test_a_late_report_is_assigned_in_four_taps(open_phone, address_of, units, officer):
    report = make.make_report(units.polsek, now=timezone.now() - timedelta(hours=3))
    page = open_phone()
    page.goto(address_of("patrols:tonight"))
    assert fits_phone(page)
    follow(page, "reports:report_detail", report.pk)
    follow(page, "reports:report_dispatch", report.pk)
    assert fits_phone(page)
    page.click(f"label:has([value='{officer.pk}'])")
    send(page, leads_to=reverse("reports:report_detail", args=[report.pk]))
    report.refresh_from_db()
    assert report.assignee == officer


def test_a_phone_on_its_side_has_room_to_read(open_phone, address_of, post):
    page = open_phone(viewport={"width": 740, "height": 360})
    page.goto(address_of("patrols:tonight"))
    taken = page.evaluate(
        """[...document.querySelectorAll("body *")]
            .filter((one) => ["fixed", "sticky"].includes(getComputedStyle(one).position))
            .filter((one) => !one.matches(".skip"))
            .reduce((height, one) => height + one.offsetHeight, 0)"""
    )
    assert taken <= 360 / 6


def test_approves_a_log(open_phone, address_of, running_duty, officer):
    make.make_entry(running_duty, officer, text="Pemuda diimbau pulang")
    end_duty(duty=running_duty, by=officer, summary="Aman")
    page = open_phone()
    with expect_page(page, reverse("patrols:duty_list")):
        page.click('a[href*="review=waiting"]')
    follow(page, "patrols:duty_review", running_duty.pk)
    assert "Pemuda diimbau pulang" in page.inner_text("main")
    send(page, "[name=action][value=return]")
    page.wait_for_selector("#id_comment_error")
    send(page, "[name=action][value=approve]", leads_to=reverse("patrols:duty_list"))
    running_duty.refresh_from_db()
    assert running_duty.review == "approved"


@pytest.fixture
def rows(units, officer, operator, running_duty):
    """Rows with which the pages show everything: a late duty, a review, an ended schedule."""
    post = make.make_schedule(units.polsek, "Pos RW 05", officers=[operator], leader=operator)
    refresh_duties(post)
    late = timezone.now() - timedelta(minutes=30)
    make.make_duty(units.polsek, "Terlambat", late)
    make.make_schedule(units.polsek, "Usai", valid_until="2021-01-01")
    make.make_entry(running_duty, officer)
    end_duty(duty=running_duty, by=officer)
    planned = Duty.objects.filter(schedule=post).latest("night")
    place = {"lat": -6.15, "lon": 106.8, "risky_from": time(22), "risky_until": time(3)}
    hotspot = make.make_hotspot(units.polsek, "Jembatan", **place)
    make.make_schedule(units.polsek, "Ronde", hotspot=hotspot, valid_until="2100-01-01")
    make.make_route(units.polsek, checkpoints=2)
    make.make_post(units.polsek)
    return {
        "duty_review": [running_duty.pk],
        "unit_map": [running_duty.unit_id],
        "duty_cancel": [planned.pk],
        "schedule_edit": [post.pk],
        "schedule_end": [post.pk],
        "hotspot_detail": [hotspot.pk],
        "hotspot_edit": [hotspot.pk],
        "hotspot_retire": [hotspot.pk],
        "hotspot_intensify": [hotspot.pk],
        "proposal_decline": [make.make_proposal(units.polsek).pk],
    }


PAGES = [
    "tonight",
    "night_list",
    "unit_map",
    "duty_list",
    "duty_review",
    "duty_cancel",
    "schedule_list",
    "schedule_add",
    "schedule_edit",
    "schedule_end",
    "hotspot_list",
    "hotspot_add",
    "hotspot_detail",
    "hotspot_edit",
    "hotspot_retire",
    "hotspot_intensify",
    "proposal_decline",
    "route_list",
    "post_list",
]


def test_axe_finds_nothing_by_day(open_phone, address_of, rows):
    page = open_phone(color_scheme="light")
    for name in PAGES:
        page.goto(address_of(f"patrols:{name}", *rows.get(name, ())))
        open_details(page)
        assert (name, axe_violations(page)) == (name, [])
        assert (name, fits_phone(page)) == (name, True)


def test_axe_finds_nothing_on_a_clash_and_at_night(open_phone, address_of, rows, operator):
    page = open_phone(color_scheme="dark")
    page.goto(address_of("patrols:tonight"))
    assert axe_violations(page) == []
    page.goto(address_of("patrols:schedule_add"))
    fill_in(page, operator)
    send(page, "[name=preview]")
    page.wait_for_selector("#preview .notice.danger")
    assert axe_violations(page) == []
    send(page, ".act .main")
    page.wait_for_selector("#id_officers_error")
    assert axe_violations(page) == []


def test_axe_finds_nothing_at_the_desk(open_phone, address_of, rows):
    page = open_phone(viewport=DESK)
    for name in ("tonight", "night_list", "schedule_list", "hotspot_list", "hotspot_detail"):
        page.goto(address_of(f"patrols:{name}", *rows.get(name, ())))
        assert (name, axe_violations(page)) == (name, [])


def test_returning_a_log_without_a_comment_shows_why(open_phone, running_duty, officer):
    for number in range(25):
        make.make_entry(running_duty, officer, text=f"Catatan {number}")
    end_duty(duty=running_duty, by=officer, summary="Aman")
    page = open_phone(reverse("patrols:duty_review", args=[running_duty.pk]))
    send(page, button="[value=return]")
    summary = page.locator("#form-errors")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport(ratio=1)
    summary.locator("a").click()
    expect(page.locator("[name=comment]")).to_be_focused()
    expect(page.locator("[name=comment]")).to_be_in_viewport()
