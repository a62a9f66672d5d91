"""The page of a route: its checkpoints in order, its map, and what planners do there."""

import pytest
from django.urls import reverse

from patrols.models import Checkpoint
from tests import factories as make


@pytest.fixture
def route(units):
    return make.make_route(units.polsek, "Rute A", checkpoints=3, note="Lewat pasar")


def page(client, route):
    return client.get(reverse("patrols:route_detail", args=[route.pk]))


def test_it_shows_the_checkpoints_in_order_on_a_map(sign_in, officer, route):
    first = Checkpoint.objects.get(order=1)
    Checkpoint.objects.filter(pk=first.pk).update(order=7, dwell_minutes=9, radius_m=60)
    answer = page(sign_in(officer), route)
    html = answer.content.decode()
    assert [stop.name for stop in answer.context["stops"]] == ["Titik 2", "Titik 3", "Titik 1"]
    for words in ("3. Titik 1", "Singgah 9 menit", "radius 60 m", "Lewat pasar"):
        assert words in html
    assert "geo:-6.14500,106.80000" in html
    assert '<svg viewBox="0 0 320' in html
    assert [mark.number for mark in answer.context["map"].marks] == [1, 2, 3]


def test_the_numbers_on_the_map_are_those_of_the_list(sign_in, officer, route):
    Checkpoint.objects.filter(order=2).update(lat=None, lon=None)
    answer = page(sign_in(officer), route)
    assert [mark.number for mark in answer.context["map"].marks] == [1, 3]
    assert "Belum ada koordinat" in answer.content.decode()


@pytest.mark.parametrize(
    ("is_fixed", "words"), [(True, "Urutan selalu sama"), (False, "Urutan berbeda tiap malam")]
)
def test_the_order_is_said_in_words_and_drawn_where_it_is_fixed(
    sign_in, officer, units, is_fixed, words
):
    route = make.make_route(units.polsek, checkpoints=2, is_order_fixed=is_fixed)
    html = page(sign_in(officer), route).content.decode()
    assert words in html
    assert ('class="way"' in html) is is_fixed


def test_only_planners_get_buttons(sign_in, officer, commander, route):
    names = ("checkpoint_add", "route_edit", "route_plates")
    paths = [reverse(f"patrols:{name}", args=[route.pk]) for name in names]
    stop = route.checkpoints.first()
    names = ("checkpoint_edit", "checkpoint_retire")
    paths += [reverse(f"patrols:{name}", args=[stop.pk]) for name in names]
    for user, sees in ((officer, False), (commander, True)):
        html = page(sign_in(user), route).content.decode()
        assert [path in html for path in paths] == [sees] * len(paths)


def test_an_empty_route_offers_the_first_checkpoint(sign_in, officer, commander, units):
    route = make.make_route(units.polsek)
    add = reverse("patrols:checkpoint_add", args=[route.pk])
    for user, sees in ((officer, False), (commander, True)):
        html = page(sign_in(user), route).content.decode()
        assert "Belum ada titik singgah" in html
        assert (add in html) is sees


def test_a_retired_route_says_so(sign_in, officer, commander, units):
    route = make.make_route(units.polsek, retired_on="2026-01-01")
    for user, sees in ((officer, False), (commander, True)):
        html = page(sign_in(user), route).content.decode()
        assert "Tempat ini nonaktif" in html
        assert ("Aktifkan lagi" in html) is sees


def test_neighbours_do_not_find_it(sign_in, neighbour, route):
    assert page(sign_in(neighbour), route).status_code == 404


def test_the_list_links_to_it_and_saving_leads_to_it(sign_in, commander, route):
    client, path = sign_in(commander), reverse("patrols:route_detail", args=[route.pk])
    assert f'href="{path}"' in client.get(reverse("patrols:route_list")).content.decode()
    form = reverse("patrols:route_edit", args=[route.pk])
    answer = client.post(form, {"name": "Rute A", "is_order_fixed": "on", "note": ""})
    assert answer.url == path
    route.refresh_from_db()
    assert route.is_order_fixed
    assert "jalannya tidak memungkinkan urutan lain" in client.get(form).content.decode()


def test_more_checkpoints_take_no_more_statements(
    sign_in, commander, units, django_assert_max_num_queries
):
    route = make.make_route(units.polsek, checkpoints=30)
    client = sign_in(commander)
    with django_assert_max_num_queries(7):
        page(client, route)
