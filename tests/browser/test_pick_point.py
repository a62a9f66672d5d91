import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reports.models import Hotspot
from tests import factories as make
from tests.browser.phone import send

pytestmark = pytest.mark.browser


def test_a_place_is_picked_on_a_map_by_mouse_and_by_keyboard(open_page, admin_user, units):
    area = make.make_area("31.73.04")
    make.make_boundary(area)
    units.polsek.area_links.create(area=area)
    hotspot = make.make_hotspot(units.polsek, "Jembatan", lat=-6.15, lon=106.8)
    path = reverse("admin:reports_hotspot_change", args=[hotspot.pk])
    page = open_page(admin_user, path)
    page.get_by_role("button", name="Pilih di peta").click()
    page.wait_for_selector(".pick-map.leaflet-container path")
    field = page.locator("[name=coordinates]")
    assert field.input_value() == "-6.15, 106.8", "opening the map changes nothing"
    page.locator(".pick-map").focus()
    page.keyboard.press("ArrowRight")
    expect(field).not_to_have_value("-6.15, 106.8")
    page.locator(".pick-map").click(position={"x": 60, "y": 60})
    page.wait_for_timeout(600)
    lat, lon = map(float, field.input_value().split(", "))
    assert lat > -6.15
    assert "sourceMap" not in str(page.console_errors)
    assert page.console_errors == []
    send(page, "[name=_save]")
    stored = Hotspot.objects.get(pk=hotspot.pk)
    assert (stored.lat, stored.lon) == pytest.approx((lat, lon))
