"""A plate is printed, scanned on the spot by who patrols there, and replaced."""

import pytest
from playwright.sync_api import expect

from patrols.models import LogEntry
from tests.browser.phone import DESK, PHONE, axe_violations, fits_phone, open_details, press, send

pytestmark = pytest.mark.browser


def looks_right(page):
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert axe_violations(page) == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert fits_phone(page)
    page.evaluate("document.documentElement.style.fontSize = ''")


def test_a_plate_is_read_from_the_sheet_scanned_and_replaced(
    open_page, address_of, running_duty, commander, volunteer
):
    route = running_duty.route
    stop = route.checkpoints.get(order=2)
    planner = open_page(commander, viewport=PHONE)
    planner.goto(address_of("patrols:route_detail", route.pk))
    planner.click("a[href$='/plates/']")
    looks_right(planner)
    address = planner.locator(".plate .address").nth(1).inner_text()

    here = {"latitude": stop.lat, "longitude": stop.lon, "accuracy": 9}
    member = open_page(volunteer, geolocation=here, permissions=["geolocation"])
    member.goto(address)
    expect(member.locator("h1")).to_have_text("Titik 2")
    looks_right(member)
    detail = f"/patrols/duties/{running_duty.pk}/"
    press(member, "patrols:check_in", running_duty.pk, leads_to=detail)
    entry = LogEntry.objects.get(kind="check_in")
    assert (entry.by_plate, entry.checkpoint, entry.accuracy_m) == (True, stop, 9)
    expect(member.locator(f"#entry-{entry.pk}")).to_contain_text("pelat dipindai")

    planner.goto(address_of("patrols:plate_renew", stop.pk))
    looks_right(planner)
    send(planner, "main form .alarm")
    expect(planner.locator(".messages")).to_contain_text("punya pelat baru")
    assert planner.locator(".plate .address").nth(1).inner_text() != address
    member.goto(address)
    expect(member.locator("main")).to_contain_text("Pelat ini sudah diganti")
    looks_right(member)
    assert not planner.console_errors


def test_a_sheet_holds_two_whole_plates(open_page, address_of, running_duty, commander):
    page = open_page(commander, viewport=DESK)
    page.goto(address_of("patrols:route_plates", running_duty.route_id))
    page.emulate_media(media="print")
    sizes = [plate.bounding_box() for plate in page.locator(".plate").all()]
    # Between the margins of 10 mm an A4 sheet is 277 mm high. A CSS pixel is 25.4 / 96 mm.
    heights = [size["height"] * 25.4 / 96 for size in sizes]
    assert len(heights) == 3
    assert all(126 < height < 130 for height in heights)
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 2


def test_checkpoints_are_added_and_used_again_on_a_phone(
    open_page, address_of, running_duty, commander
):
    page = open_page(commander, viewport=PHONE)
    page.goto(address_of("patrols:route_detail", running_duty.route_id))
    looks_right(page)
    page.click("a[href$='/checkpoints/add/']")
    looks_right(page)
    page.fill("[name=name]", "Gapura")
    page.fill("[name=order]", "1")
    send(page)
    expect(page.locator("#stops ~ .list, .list").first).to_contain_text("1. Gapura")
    stop = running_duty.route.checkpoints.get(name="Gapura")
    page.goto(address_of("patrols:checkpoint_edit", stop.pk))
    looks_right(page)
    press(page, "patrols:checkpoint_retire", stop.pk)
    open_details(page)
    looks_right(page)
    press(page, "patrols:checkpoint_restore", stop.pk)
    expect(page.locator(".list").first).to_contain_text("1. Gapura")
