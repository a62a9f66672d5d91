"""A commander adds a hotspot with the picker, reads its page and plans extra rounds."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from patrols.models import Duty
from reports.models import Hotspot
from tests import factories as make
from tests.browser.phone import send

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("evening")
def test_a_hotspot_is_added_on_the_map_and_gets_extra_rounds(open_page, commander, units):
    area = make.make_area("31.73.04")
    make.make_boundary(area)
    units.polsek.area_links.create(area=area)
    make.make_post(units.polsek, "Pos Kenari", lat=-6.151, lon=106.803)
    make.make_category("brawl", label="Tawuran")
    page = open_page(commander, reverse("patrols:hotspot_list"), color_scheme="dark")
    page.locator(".empty a").click()
    page.fill("[name=name]", "Kolong jalan layang")
    page.get_by_role("button", name="Pilih di peta").click()
    page.wait_for_selector(".pick-map.leaflet-container path.other")
    zoom = page.locator(".leaflet-control-zoom-in")
    colour = zoom.evaluate("(part) => getComputedStyle(part).backgroundColor")
    assert max(map(int, re.findall(r"\d+", colour)[:3])) < 80, "dark at night"
    page.locator(".pick-map").click(position={"x": 60, "y": 60})
    page.wait_for_timeout(600)
    expect(page.locator("[name=coordinates]")).to_have_value(re.compile(r"^-6\.\d+, 106\.\d+$"))
    page.fill("[name=risky_from]", "23:00")
    page.fill("[name=risky_until]", "04:00")
    page.get_by_label("Tawuran").check()
    send(page, "form.card .main")
    hotspot = Hotspot.objects.get()
    assert page.url.endswith(reverse("patrols:hotspot_detail", args=[hotspot.pk]))
    expect(page.locator("h1")).to_have_text("Kolong jalan layang")
    assert "23.00–04.00 WIB" in page.inner_text("main")
    page.get_by_role("link", name="Patroli tambahan").click()
    assert "7 malam, 23.00–04.00 WIB" in page.inner_text("main")
    send(page, "form .main")
    assert Duty.objects.filter(hotspot=hotspot).count() == 7
    notice = page.locator(".notice").filter(has_text="Patroli tambahan 7 malam")
    expect(notice).to_be_visible()
    page.go_back()
    assert "Sudah ada patroli tambahan" in page.inner_text("main")
    send(page, "form .main")
    assert Duty.objects.count() == 7, "no second set for the same nights"
    page.goto(page.url.replace("/rounds/", "/"))
    send(page, "form.notice button")
    assert not Duty.objects.exists()
    assert page.console_errors == []
