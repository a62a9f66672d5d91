import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reports.models import Hotspot
from tests import factories as make
from tests.browser.phone import send
from tests.pictures import jpeg

pytestmark = pytest.mark.browser
PIXEL = jpeg((256, 256)).getvalue()


def test_a_place_is_picked_on_a_map_by_mouse_and_by_keyboard(open_page, admin_user, units):
    area = make.make_area("31.73.04")
    make.make_boundary(area)
    units.polsek.area_links.create(area=area)
    hotspot = make.make_hotspot(units.polsek, "Jembatan", lat=-6.15, lon=106.8)
    make.make_post(units.polsek, "Pos <b>Kenari</b>", lat=-6.151, lon=106.803)
    path = reverse("admin:reports_hotspot_change", args=[hotspot.pk])
    page = open_page(admin_user, path)
    page.get_by_role("button", name="Pilih di peta").click()
    page.wait_for_selector(".pick-map.leaflet-container path")
    field = page.locator("[name=coordinates]")
    assert field.input_value() == "-6.15, 106.8", "opening the map changes nothing"
    assert page.locator(".pick-map path.other").count() == 1, "not the hotspot itself"
    page.locator(".pick-map path.other").hover()
    assert page.locator(".leaflet-tooltip").inner_text() == "Pos <b>Kenari</b>"
    page.set_viewport_size({"width": 740, "height": 360})
    page.wait_for_timeout(400)
    assert field.input_value() == "-6.15, 106.8", "a phone that is turned chooses nothing"
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


def test_on_a_page_of_the_site_other_places_are_drawn_in_their_size(open_page, commander, units):
    """The rule for the icons of the site once drew the whole layer as small as an icon."""
    hotspot = make.make_hotspot(units.polsek, "Jembatan", lat=-6.15, lon=106.8)
    make.make_post(units.polsek, "Pos Kenari", lat=-6.151, lon=106.803)
    page = open_page(commander, reverse("patrols:hotspot_edit", args=[hotspot.pk]))
    page.locator("[name=coordinates]").fill("-6,151, 106,802")
    page.get_by_role("button", name="Pilih di peta").click()
    mark = page.locator(".pick-map path.other").bounding_box()
    box = page.locator(".pick-map").bounding_box()
    assert mark["width"] >= 12
    # The pasted place is in the middle, so the post some 110 m east of it is in view.
    assert box["x"] < mark["x"] < box["x"] + box["width"]
    assert box["y"] < mark["y"] < box["y"] + box["height"]


TILES = "https://tiles.example/{z}/{x}/{y}.png"


@pytest.mark.parametrize("is_set", [True, False])
def test_pictures_come_from_the_server_that_is_set_and_the_policy_follows(
    open_page, admin_user, units, settings, is_set
):
    settings.MAP_TILES_URL, settings.MAP_TILES_ATTRIBUTION = TILES, "Badan <b>Peta</b>"
    if is_set:
        policy = settings.CONTENT_SECURITY_POLICY
        pictures = [*policy["DIRECTIVES"]["img-src"], "https://tiles.example"]
        directives = {**policy["DIRECTIVES"], "img-src": pictures}
        settings.CONTENT_SECURITY_POLICY = {**policy, "DIRECTIVES": directives}
    hotspot = make.make_hotspot(units.polsek, "Jembatan", lat=-6.15, lon=106.8)
    page = open_page(admin_user, reverse("admin:reports_hotspot_change", args=[hotspot.pk]))
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(content_type="image/jpeg", body=PIXEL)

    page.route("https://tiles.example/**", answer)
    page.get_by_role("button", name="Pilih di peta").click()
    page.wait_for_timeout(1000)
    assert bool(asked) is is_set
    assert bool(page.console_errors) is not is_set
    assert page.locator(".leaflet-control-attribution").inner_text() == "Badan <b>Peta</b>"
