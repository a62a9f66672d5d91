"""A new checkpoint of a route, at its end or between two others."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from patrols.models import Checkpoint
from patrols.services.checkpoints import save_checkpoint
from tests import factories as make
from tests.threads import in_threads
from toolkit.idempotency.sent import Sent


@pytest.fixture
def route(units):
    return make.make_route(units.polsek, "Rute A", checkpoints=2)


def sent(name="Gapura", **fields):
    words = {"name": name, "coordinates": "-6.15, 106.8", "radius_m": "50", "dwell_minutes": "10"}
    return {**words, "order": "3", "client_uuid": str(uuid.uuid4()), **fields}


def add(client, route, **words):
    return client.post(reverse("patrols:checkpoint_add", args=[route.pk]), sent(**words))


def names(route):
    rows = route.checkpoints.current().order_by("order")
    orders = [row.order for row in rows]
    assert orders == list(range(1, len(orders) + 1))
    return [row.name for row in rows]


def test_it_is_the_last_unless_somebody_says_otherwise(sign_in, commander, route):
    client = sign_in(commander)
    form = client.get(reverse("patrols:checkpoint_add", args=[route.pk])).context["form"]
    assert form["order"].value() == 3
    assert "data-pick" in str(form["coordinates"])
    answer = add(client, route)
    assert answer.url == reverse("patrols:route_detail", args=[route.pk])
    stop = Checkpoint.objects.get(name="Gapura")
    assert (stop.lat, stop.lon, stop.radius_m, stop.dwell_minutes) == (-6.15, 106.8, 50, 10)
    assert names(route) == ["Titik 1", "Titik 2", "Gapura"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("1", ["Gapura", "Titik 1", "Titik 2"]),
        ("2", ["Titik 1", "Gapura", "Titik 2"]),
        ("400", ["Titik 1", "Titik 2", "Gapura"]),
    ],
)
def test_the_others_move_and_no_number_is_left_out(sign_in, commander, route, order, expected):
    Checkpoint.objects.filter(name="Titik 2").update(order=9)
    add(sign_in(commander), route, order=order)
    assert names(route) == expected


def test_sent_again_it_is_added_once(sign_in, commander, route):
    client, form = sign_in(commander), sent()
    path = reverse("patrols:checkpoint_add", args=[route.pk])
    for _ in range(3):
        assert client.post(path, form).status_code == 302
    assert route.checkpoints.count() == 3
    page = client.post(path, {**form, "name": "Kolong"})
    assert 'value="Kolong"' in page.content.decode()
    again = {**form, "name": "Kolong", "client_uuid": page.context["form"]["client_uuid"].value()}
    client.post(path, again)
    assert names(route)[2:] == ["Kolong", "Gapura"]


def test_a_name_of_the_same_route_is_refused_beside_it(sign_in, commander, route, units):
    page = add(sign_in(commander), route, name="TITIK 1")
    assert "sudah punya titik singgah" in str(page.context["form"].errors["name"])
    assert route.checkpoints.count() == 2
    other = make.make_route(units.polsek, "Rute B")
    add(sign_in(commander), other, name="Titik 1")
    assert names(other) == ["Titik 1"]


def test_a_retired_name_is_free(sign_in, commander, route):
    Checkpoint.objects.filter(name="Titik 1").update(retired_on="2026-01-01")
    add(sign_in(commander), route, name="Titik 1")
    assert names(route) == ["Titik 2", "Titik 1"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("radius_m", "5"), ("dwell_minutes", "241"), ("order", "0"), ("coordinates", "106.8, -6.15")],
)
def test_what_cannot_be_stands_beside_its_field(sign_in, commander, route, field, value):
    page = add(sign_in(commander), route, **{field: value})
    assert list(page.context["form"].errors) == [field]


def test_who_may_not_plan_adds_none(route, officer):
    stop = Checkpoint(route=route, name="Gapura", order=1)
    with pytest.raises(PermissionDenied):
        save_checkpoint(checkpoint=stop, by=officer, wanted={}, sent=Sent())


@pytest.mark.django_db(transaction=True)
def test_two_who_add_at_once_get_two_numbers(commander, route):
    def add_one(number):
        stop = Checkpoint(route=route, name=f"Baru {number}", order=3)
        save_checkpoint(checkpoint=stop, by=commander, wanted={"n": number}, sent=Sent())

    assert not in_threads(3, add_one)
    assert sorted(names(route)[2:]) == ["Baru 0", "Baru 1", "Baru 2"]


def test_a_point_without_its_minus_is_far_from_all_other_places(sign_in, commander, route):
    client = sign_in(commander)
    page = add(client, route, coordinates="6.15, 106.8")
    [error] = page.context["form"].errors["coordinates"]
    assert "km dari Titik" in error
    assert page.context["form"]["coordinates"].value() == "6.15, 106.8"
    assert names(route) == ["Titik 1", "Titik 2"]
    assert add(client, route, coordinates="-6.9, 107.6").status_code == 302  # 130 km
