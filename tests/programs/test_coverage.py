"""Which RT nobody has visited: places are shown, never people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from programs.models import Activity
from territory.models import Area, AreaLevel, UnitArea
from tests import factories as make

URL = "/programs/coverage/"


@pytest.fixture
def village(units):
    """RW 1 with three RT and RW 2 with one, of the kecamatan of Polsek A."""
    village = make.make_area("31.73.04.1001", "Tambora", lat=-6.15, lon=106.8)
    make.make_area("31.73.04.1002", "Krendang")
    UnitArea.objects.create(unit=units.polsek, area=village.parent)
    for rw, count in ((1, 3), (2, 1)):
        code = f"{village.code}-{rw:03d}"
        parent = Area.objects.create(
            parent=village, level=AreaLevel.RW, code=code, name=f"RW {rw:02d}"
        )
        for rt in range(1, count + 1):
            Area.objects.create(
                parent=parent, level=AreaLevel.RT, code=f"{code}-{rt:03d}", name=f"RT {rt:03d}"
            )
    return village


def visit(unit, by, village, rw, rt, weeks):
    row = make.make_activity(unit, by, village=village, rw=rw, rt=rt)
    Activity.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(weeks=weeks, hours=1))
    return row


def unvisited(client, **asked):
    answer = client.get(URL, asked)
    return {row.name: row.unvisited for row in answer.context["villages"]}


def test_which_rt_nobody_visited_for_six_weeks(client, commander, officer, units, village):
    visit(units.polsek, officer, village, 1, 1, 1)
    visit(units.polsek, officer, village, 1, 2, 7)
    taken = visit(units.polsek, officer, village, 1, 3, 1)
    Activity.objects.filter(pk=taken.pk).update(withdrawn_at=timezone.now())
    client.force_login(commander)
    assert unvisited(client) == {"Tambora": {1: [2, 3], 2: [1]}}
    assert unvisited(client, weeks=8) == {"Tambora": {1: [3], 2: [1]}}
    page = client.get(URL).content.decode()
    assert "RT 2, 3" in page
    assert officer.name not in page
    assert "Krendang" in page  # its RT are not known


def test_the_newest_visit_counts(client, commander, officer, units, village):
    for weeks in (9, 1, 20):
        visit(units.polsek, officer, village, 2, 1, weeks)
    client.force_login(commander)
    assert unvisited(client) == {"Tambora": {1: [1, 2, 3]}}


def test_a_visit_of_another_unit_covers_too(client, commander, chief, units, village):
    visit(units.polres, chief, village, 2, 1, 1)
    client.force_login(commander)
    assert unvisited(client) == {"Tambora": {1: [1, 2, 3]}}


def test_groups_never_visited_come_first(client, commander, officer, units, village):
    seen, old, never = (make.make_group(units.polsek, name) for name in ("Baru", "Lama", "Belum"))
    make.make_group(units.polsek, "Bubar", is_active=False)
    make.make_group(units.polsek_neighbour, "Tetangga")
    for group, weeks in ((seen, 1), (old, 9)):
        row = make.make_activity(units.polsek, officer, group=group)
        Activity.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(weeks=weeks))
    client.force_login(commander)
    assert list(client.get(URL).context["groups"]) == [never, old]


def test_the_map_shows_the_villages_with_unvisited_rt(client, commander, village):
    client.force_login(commander)
    (mark,) = client.get(URL).context["map"].marks
    assert (mark.place.name, mark.place.note) == ("Tambora", "4 RT belum dikunjungi")


def test_of_a_polda_a_polres_is_chosen_first(client, superuser, units, village):
    client.force_login(superuser)
    answer = client.get(URL, {"unit": units.polda.pk})
    assert not answer.context["is_covered"]
    assert f"?unit={units.polres.pk}" in answer.content.decode()
    assert unvisited(client, unit=units.polres.pk) == {"Tambora": {1: [1, 2, 3], 2: [1]}}


def test_odd_addresses(client, commander, units, village):
    client.force_login(commander)
    assert client.get(URL, {"weeks": "x"}).context["weeks"] == 6
    assert client.get(URL, {"unit": units.polsek_neighbour.pk}).status_code == 404


def test_as_many_statements_for_many_rt(client, commander, village, django_assert_num_queries):
    client.force_login(commander)
    client.get(URL)
    with django_assert_num_queries(8):
        client.get(URL)


def test_who_has_no_unit_chooses_one(client, superuser, units, village):
    superuser.unit = None
    superuser.save()
    client.force_login(superuser)
    for asked in ({}, {"unit": "abc"}, {"weeks": "x"}):
        assert f'href="?unit={units.mabes.pk}&' in client.get(URL, asked).content.decode()
