"""Moving a village from one officer to another, shown before it is done."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.services.served_areas import move_area
from tests import factories as make
from toolkit.workflow import ChangeRefused


def move_url(unit):
    return reverse("programs:workload_move", args=[unit.pk])


def test_a_move_is_shown_before_it_is_done(client, units, other, commander, villages, served):
    client.force_login(commander)
    form = client.get(move_url(units.polsek), {"area": villages[0].pk}).context["form"]
    area = f"{villages[0].pk}:{served.pk}"
    assert form.initial["area"] == area
    taker = other.postings.get()
    chosen = {"area": area, "taker": taker.pk}
    answer = client.get(move_url(units.polsek), chosen)
    assert [(c.areas, c.population) for c in answer.context["changes"]] == [
        ((1, 0), (9000, 0)),
        ((0, 1), (0, 9000)),
    ]
    assert "tidak punya desa/kelurahan binaan lagi" in answer.content.decode()
    assert list(served.villages.all()) == [villages[0]]
    for _twice in range(2):
        answer = client.post(move_url(units.polsek), chosen, follow=True)
        assert "Tambora sekarang dipegang Bhabin B" in answer.content.decode()
        assert list(served.villages.all()) == []
        assert list(taker.villages.all()) == [villages[0]]


def test_a_village_without_an_officer_is_given_and_taken_back(
    client, units, commander, villages, served
):
    client.force_login(commander)
    chosen = {"area": f"{villages[1].pk}:", "taker": served.pk}
    client.post(move_url(units.polsek), chosen)
    assert set(served.villages.all()) == set(villages)
    chosen = {"area": f"{villages[1].pk}:{served.pk}", "taker": "none"}
    client.post(move_url(units.polsek), chosen)
    assert list(served.villages.all()) == [villages[0]]


def test_who_was_slower_is_told(client, units, other, commander, villages, served):
    third = make.make_user("Bhabin C", units.polsek, "officer")
    move_area(
        area=villages[0],
        unit=units.polsek,
        giver=served,
        taker=other.postings.get(),
        by=commander,
    )
    client.force_login(commander)
    chosen = {"area": f"{villages[0].pk}:{served.pk}", "taker": third.postings.get().pk}
    html = client.post(move_url(units.polsek), chosen, follow=True).content.decode()
    assert "sudah memindahkannya" in html
    assert f'value="{villages[0].pk}:{other.postings.get().pk}" selected' in html
    assert list(other.postings.get().villages.all()) == [villages[0]]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"area": "x", "taker": "y"},
        {"area": "1:", "taker": "none"},
        {"area": "\x00", "taker": "9" * 30},
    ],
)
def test_what_no_page_sends_is_refused_beside_its_field(client, units, commander, served, data):
    client.force_login(commander)
    answer = client.post(move_url(units.polsek), data)
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_who_may_not_move(units, officer, operator, commander, villages, served):
    elsewhere = make.make_area("32.01.01.2001", "Jauh")
    for by in (officer, operator):
        with pytest.raises(PermissionDenied):
            move_area(area=villages[0], unit=units.polsek, giver=served, taker=None, by=by)
    with pytest.raises(PermissionDenied):
        move_area(area=elsewhere, unit=units.polsek, giver=None, taker=served, by=commander)


def test_somebody_of_another_unit_takes_nothing(units, neighbour, commander, villages, served):
    with pytest.raises(ChangeRefused):
        move_area(
            area=villages[0],
            unit=units.polsek,
            giver=served,
            taker=neighbour.postings.get(),
            by=commander,
        )


def test_the_area_of_somebody_who_may_not_sign_in_is_free(
    client, units, officer, other, commander, villages, served
):
    officer.is_active = False
    officer.save()
    client.force_login(commander)
    chosen = {"area": f"{villages[0].pk}:", "taker": other.postings.get().pk}
    client.post(move_url(units.polsek), chosen)
    assert list(other.postings.get().villages.all()) == [villages[0]]
    assert not served.villages.exists()


def test_an_area_outside_the_unit_may_be_taken_from_who_has_it(units, other, commander, served):
    elsewhere = make.make_area("32.01.01.2001", "Jauh")
    served.villages.add(elsewhere)
    taker = other.postings.get()
    assert move_area(area=elsewhere, unit=units.polsek, giver=served, taker=taker, by=commander)
    assert list(taker.villages.all()) == [elsewhere]
    with pytest.raises(ChangeRefused):
        move_area(
            area=make.make_area("32.01.01.2002", "Jauh juga"),
            unit=units.polsek,
            giver=served,
            taker=taker,
            by=commander,
        )


def test_what_two_serve_is_counted_once(client, units, other, commander, villages, served):
    taker = other.postings.get()
    taker.villages.add(villages[0])
    client.force_login(commander)
    chosen = {"area": f"{villages[0].pk}:{served.pk}", "taker": taker.pk}
    (change,) = client.get(move_url(units.polsek), chosen).context["changes"]
    assert change.areas == (1, 0)
    chosen["taker"] = "none"
    html = client.post(move_url(units.polsek), chosen, follow=True).content.decode()
    assert "Tambora sekarang dipegang Bhabin B" in html


def test_a_preview_of_before_the_move_says_so(client, units, other, commander, villages, served):
    served.villages.clear()
    client.force_login(commander)
    chosen = {"area": f"{villages[0].pk}:{served.pk}", "taker": other.postings.get().pk}
    answer = client.get(move_url(units.polsek), chosen)
    assert "Sudah dipindahkan sementara itu" in answer.content.decode()
    assert not answer.context["changes"]
