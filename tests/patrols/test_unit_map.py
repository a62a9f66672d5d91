import pytest
from django.urls import reverse

from tests import factories as make


@pytest.fixture
def places(units):
    make.make_hotspot(units.polsek, "Jembatan", lat=-6.15, lon=106.8)
    make.make_post(units.polsek, "Pos Kenari", lat=-6.151, lon=106.803)
    make.make_route(units.polsek, "Rute Timur", checkpoints=2)
    make.make_hotspot(units.polsek_neighbour, "Di sebelah", lat=-6.16, lon=106.81)
    make.make_hotspot(units.polsek, "Tanpa titik", lat=None, lon=None)


def page_of(client, unit):
    return client.get(reverse("patrols:unit_map", args=[unit.pk]))


def test_an_officer_sees_the_places_of_the_unit_with_links(sign_in, officer, units, places):
    html = page_of(sign_in(officer), units.polsek).content.decode()
    for word in ("Jembatan", "Pos Kenari", "Rute Timur", "geo:-6.15000,106.80000?q="):
        assert word in html
    assert "Di sebelah" not in html
    assert "Tanpa koordinat" in html
    assert "Tanpa titik" in html
    assert 'class="cell"' in html


def test_outlines_stand_where_they_are_loaded(sign_in, officer, units, places):
    area = make.make_area("31.73.04.1001", "Kenari")
    make.make_boundary(area)
    make.make_boundary(area.parent, side=0.04)
    units.polsek.area_links.create(area=area.parent)
    html = page_of(sign_in(officer), units.polsek).content.decode()
    assert 'class="area"' in html
    assert 'class="part"' in html
    assert 'class="cell"' not in html
    assert ">Kenari</text>" in html


def test_the_polres_sees_all_below_and_their_maps(sign_in, chief, units, places):
    html = page_of(sign_in(chief), units.polres).content.decode()
    assert "Di sebelah" in html
    assert reverse("patrols:unit_map", args=[units.polsek.pk]) in html


def test_a_unit_without_places_says_what_to_do(sign_in, officer, units):
    html = page_of(sign_in(officer), units.polsek).content.decode()
    assert "Belum ada tempat dengan koordinat" in html


def test_outside_the_scope_there_is_none(sign_in, officer, units):
    assert page_of(sign_in(officer), units.polsek_neighbour).status_code == 404


def test_statements_do_not_grow_and_neither_does_the_page(
    sign_in, officer, units, django_assert_max_num_queries
):
    client = sign_in(officer)
    for number in range(70):
        make.make_hotspot(units.polsek, f"Titik {number}", lat=-6.1 - number / 900, lon=106.8)
    with django_assert_max_num_queries(12):
        html = page_of(client, units.polsek).content.decode()
    assert html.count('class="mark hotspot"') == 120  # on the picture and in the list
    assert "lebih banyak tempat" in html
