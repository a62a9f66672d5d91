"""A checkpoint changed, moved, retired, and used again."""

import pytest
from django.urls import reverse

from patrols.models import Checkpoint
from patrols.services.checkpoints import renew_plate
from tests import factories as make
from tests.patrols.test_checkpoint_add import names, sent


@pytest.fixture
def route(units):
    return make.make_route(units.polsek, "Rute A", checkpoints=4)


def url(name, row):
    return reverse(f"patrols:{name}", args=[row.pk])


def stop(number):
    return Checkpoint.objects.get(name=f"Titik {number}")


@pytest.mark.parametrize(
    ("order", "expected"), [(1, "2134"), (2, "1234"), (3, "1324"), (4, "1342"), (99, "1342")]
)
def test_it_moves_and_the_others_make_room(sign_in, commander, route, order, expected):
    sign_in(commander).post(url("checkpoint_edit", stop(2)), sent("Titik 2", order=str(order)))
    assert names(route) == [f"Titik {number}" for number in expected]


def test_its_place_is_shown_though_numbers_have_gaps(sign_in, commander, route):
    Checkpoint.objects.filter(name="Titik 4").update(order=40)
    client, row = sign_in(commander), stop(4)
    form = client.get(url("checkpoint_edit", row)).context["form"]
    assert form["order"].value() == 4
    client.post(url("checkpoint_edit", row), sent("Titik 4", order="4", seen=form["seen"].value()))
    assert names(route)[3] == "Titik 4"


def test_two_people_edit_one_checkpoint(sign_in, commander, route):
    client, row = sign_in(commander), stop(1)
    seen = client.get(url("checkpoint_edit", row)).context["form"]["seen"].value()
    Checkpoint.objects.filter(pk=row.pk).update(dwell_minutes=30)
    page = client.post(url("checkpoint_edit", row), sent("Gapura", order="1", seen=seen))
    assert page.status_code == 409
    row.refresh_from_db()
    assert (row.name, row.dwell_minutes) == ("Titik 1", 30)
    newest = page.context["form"]["seen"].value()
    client.post(url("checkpoint_edit", row), sent("Gapura", order="1", seen=newest))
    row.refresh_from_db()
    assert (row.name, row.dwell_minutes) == ("Gapura", 10)


def test_a_changed_checkpoint_keeps_its_plate_and_a_renewed_one_stays_renewed(
    sign_in, commander, route
):
    row = stop(1)
    renew_plate(checkpoint=row, by=commander, old=str(row.plate))
    plate = stop(1).plate
    assert plate != row.plate
    sign_in(commander).post(url("checkpoint_edit", row), sent("Titik 1", order="2"))
    assert stop(1).plate == plate


def test_a_name_of_another_is_refused_and_its_own_is_not(sign_in, commander, route):
    client = sign_in(commander)
    page = client.post(url("checkpoint_edit", stop(1)), sent("titik 2", order="1"))
    assert page.context["form"].errors["name"]
    assert (
        client.post(url("checkpoint_edit", stop(1)), sent("titik 1", order="1")).status_code == 302
    )


def test_it_is_retired_and_used_again_where_it_stood(sign_in, commander, route):
    client, row = sign_in(commander), stop(2)
    for _ in range(2):
        answer = client.post(url("checkpoint_retire", row), follow=True)
    assert names(route) == ["Titik 1", "Titik 3", "Titik 4"]
    assert [one.name for one in answer.context["retired"]] == ["Titik 2"]
    assert "Aktifkan lagi" in answer.content.decode()
    assert "order" not in client.get(url("checkpoint_edit", row)).context["form"].fields
    for _ in range(2):
        client.post(url("checkpoint_restore", row))
    assert names(route) == ["Titik 1", "Titik 2", "Titik 3", "Titik 4"]


def test_it_does_not_come_back_beside_a_new_one_of_its_name(sign_in, commander, route):
    client, row = sign_in(commander), stop(2)
    client.post(url("checkpoint_retire", row))
    Checkpoint.objects.filter(name="Titik 3").update(name="Titik 2")
    answer = client.post(url("checkpoint_restore", row), follow=True)
    assert "sudah punya titik singgah" in answer.content.decode()
    row.refresh_from_db()
    assert row.retired_on is not None


def test_a_retired_one_is_changed_without_a_number(sign_in, commander, route):
    client, row = sign_in(commander), stop(2)
    client.post(url("checkpoint_retire", row))
    client.post(url("checkpoint_edit", row), sent("Titik 3", order="1"))
    row.refresh_from_db()
    assert row.name == "Titik 3"
    assert names(route) == ["Titik 1", "Titik 3", "Titik 4"]
