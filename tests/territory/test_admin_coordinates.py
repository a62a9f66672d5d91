import pytest
from django.urls import reverse

from reports.models import Hotspot
from tests import factories as make
from toolkit.geo.coordinates import Point

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotspot(units):
    return make.make_hotspot(units.polsek, "Jembatan", lat=-6.15, lon=106.8)


@pytest.fixture
def admin_client(sign_in, admin_user):
    return sign_in(admin_user)


def address(row):
    return reverse("admin:reports_hotspot_change", args=[row.pk])


def form_of(page):
    return page.context["adminform"].form


def typed(page, row, **words):
    seen = form_of(page).initial["seen"]
    data = {"name": row.name, "unit": row.unit_id, "radius_m": row.radius_m, "is_active": "on"}
    return {**data, "seen": seen, **words}


def test_the_page_shows_one_field_and_takes_what_people_paste(admin_client, hotspot):
    page = admin_client.get(address(hotspot))
    html = page.content.decode()
    assert 'value="-6.15, 106.8"' in html
    assert 'name="lat"' not in html
    sent = typed(page, hotspot, coordinates="6°08'52\"S 106°48'04\"E")
    assert admin_client.post(address(hotspot), sent).status_code == 302
    hotspot.refresh_from_db()
    assert (hotspot.lat, hotspot.lon) == pytest.approx((-6.147778, 106.801111), abs=2e-6)


def test_what_is_left_alone_keeps_its_last_digit_and_what_is_emptied_goes(admin_client, hotspot):
    Hotspot.objects.filter(pk=hotspot.pk).update(lat=-6.123456789012)
    page = admin_client.get(address(hotspot))
    shown = str(form_of(page).initial["coordinates"])
    admin_client.post(address(hotspot), typed(page, hotspot, name="Baru", coordinates=shown))
    hotspot.refresh_from_db()
    assert (hotspot.name, hotspot.lat) == ("Baru", -6.123456789012)
    page = admin_client.get(address(hotspot))
    admin_client.post(address(hotspot), typed(page, hotspot, coordinates=""))
    hotspot.refresh_from_db()
    assert (hotspot.lat, hotspot.lon) == (None, None)


def test_swapped_degrees_are_told_beside_the_field_and_nothing_is_lost(admin_client, hotspot):
    page = admin_client.get(address(hotspot))
    sent = typed(page, hotspot, name="Baru", coordinates="106,8010, -6,1478")
    answer = admin_client.post(address(hotspot), sent)
    assert answer.status_code == 200
    assert "-6.1478, 106.801" in form_of(answer).errors["coordinates"][0]
    assert "106,8010, -6,1478" in answer.content.decode()
    hotspot.refresh_from_db()
    assert hotspot.name == "Jembatan"


def test_two_people_move_one_place_and_the_second_is_told(admin_client, hotspot):
    page = admin_client.get(address(hotspot))
    Hotspot.objects.filter(pk=hotspot.pk).update(lat=-6.2)
    answer = admin_client.post(address(hotspot), typed(page, hotspot, coordinates="-6.3, 106.8"))
    assert answer.status_code == 409
    assert "-6.3, 106.8" in answer.content.decode()
    hotspot.refresh_from_db()
    assert hotspot.lat == -6.2


def test_who_changes_the_name_alone_is_shown_where_another_moved_it(admin_client, hotspot):
    page = admin_client.get(address(hotspot))
    Hotspot.objects.filter(pk=hotspot.pk).update(lat=-6.2, lon=106.9)
    answer = admin_client.post(
        address(hotspot), typed(page, hotspot, name="Baru", coordinates="-6.15, 106.8")
    )
    assert answer.status_code == 409
    assert form_of(answer)["coordinates"].value() == str(Point(-6.2, 106.9))
