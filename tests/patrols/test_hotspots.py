"""Which hotspots a duty passes, and when they are risky."""

from datetime import UTC, datetime, time

import pytest
from django.urls import reverse

from patrols.models import Duty
from patrols.selectors.hotspots import hotspots_of, is_risky
from reports.models import Hotspot
from tests import factories as make

NIGHT = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)  # 00.30 WIB, 02.30 WIT
DAY = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def names(duty, now=DAY):
    return [place.hotspot.name for place in hotspots_of(duty, now=now)]


def test_those_near_a_checkpoint(units, duty):
    # The first checkpoint is at -6.145, 106.8; a degree of latitude is some 111 km.
    make.make_hotspot(units.polsek, "Dekat", lat=-6.1485, lon=106.8, radius_m=100)  # 390 m
    make.make_hotspot(units.polsek, "Jauh", lat=-6.1495, lon=106.8, radius_m=100)  # 500 m
    make.make_hotspot(units.polsek, "Luas", lat=-6.1495, lon=106.8, radius_m=300)
    make.make_hotspot(units.polsek, "Tenang", lat=-6.145, lon=106.8, is_active=False)
    assert names(duty) == ["Dekat", "Luas"]


def test_the_distance_decides_whoever_keeps_it(units, duty):
    for unit, name in (
        (units.polres, "Di atas"),
        (units.polsek_neighbour, "Seberang batas"),
        (units.polres_other, "Polres lain"),
    ):
        make.make_hotspot(unit, name, lat=-6.1455, lon=106.8)
        make.make_hotspot(unit, f"{name} tanpa titik")
        make.make_hotspot(unit, f"{name} jauh", lat=-6.3, lon=106.8)
    make.make_hotspot(units.polsek_east, "Seluas-luasnya", lat=-6.1, lon=106.8, radius_m=5000)
    assert names(duty) == ["Di atas", "Polres lain", "Seberang batas", "Seluas-luasnya"]


def test_the_page_says_which_risks(sign_in, units, duty, officer):
    hotspot = make.make_hotspot(units.polsek, "Kolong tol", lat=-6.145, lon=106.8)
    brawl = make.make_category("brawl", label="Tawuran", order=1)
    hotspot.categories.set([make.make_category("noise", label="Musik keras", order=2), brawl])
    page = sign_in(officer).get(reverse("patrols:duty_detail", args=[duty.pk]))
    assert "<small>Tawuran, Musik keras</small>" in page.content.decode()


def test_retired_checkpoints_are_not_on_the_way(units, duty):
    make.make_hotspot(units.polsek, "Dekat", lat=-6.145, lon=106.8, radius_m=100)
    duty.route.checkpoints.filter(order=1).update(retired_on="2026-01-01")
    assert names(duty) == []


def test_those_near_the_post(units):
    post = make.make_post(units.polsek, lat=-6.15, lon=106.8)
    duty = make.make_duty(units.polsek, post=post)
    make.make_hotspot(units.polsek, "Dekat", lat=-6.152, lon=106.8)
    make.make_hotspot(units.polsek, "Jauh", lat=-6.17, lon=106.8)
    assert names(duty) == ["Dekat"]


def test_without_positions_those_of_the_unit(units, duty):
    make.make_hotspot(units.polsek, "Tanpa titik")
    assert names(duty) == ["Tanpa titik"]
    bare = make.make_duty(units.polsek, "Tanpa rute")
    make.make_hotspot(units.polsek, "Jauh", lat=-7, lon=110)
    make.make_hotspot(units.polsek_neighbour, "Tetangga")
    assert names(bare) == ["Jauh", "Tanpa titik"]


def test_a_duty_of_the_polres_sees_those_of_its_polsek_near_its_post(units):
    post = make.make_post(units.polres, lat=-6.15, lon=106.8)
    duty = make.make_duty(units.polres, post=post)
    make.make_hotspot(units.polsek, "Dekat", lat=-6.15, lon=106.8)
    make.make_hotspot(units.polsek, "Tanpa titik")
    assert names(duty) == ["Dekat"]


def test_what_is_risky_now_stands_first(units, duty):
    make.make_hotspot(units.polsek, "A siang", risky_from=time(10), risky_until=time(14))
    make.make_hotspot(units.polsek, "B malam", risky_from=time(22), risky_until=time(3))
    make.make_hotspot(units.polsek, "C kapan saja")
    found = hotspots_of(duty, now=NIGHT)
    assert [(place.hotspot.name, place.is_now) for place in found] == [
        ("B malam", True),
        ("A siang", False),
        ("C kapan saja", False),
    ]


def test_hours_are_those_of_the_units_place(units):
    make.make_hotspot(units.polsek_east, "Timur", risky_from=time(1), risky_until=time(2))
    duty = make.make_duty(units.polsek_east)
    assert [place.is_now for place in hotspots_of(duty, now=NIGHT)] == [False]
    Hotspot.objects.update(risky_from=time(2), risky_until=time(3))
    assert [place.is_now for place in hotspots_of(duty, now=NIGHT)] == [True]


@pytest.mark.parametrize(
    ("start", "end", "at", "risky"),
    [
        (22, 3, 22, True),
        (22, 3, 0, True),
        (22, 3, 3, False),
        (22, 3, 12, False),
        (13, 17, 13, True),
        (13, 17, 17, False),
        (13, 17, 2, False),
    ],
)
def test_risky_hours(start, end, at, risky):
    hotspot = Hotspot(risky_from=time(start), risky_until=time(end))
    assert is_risky(hotspot, time(at)) is risky


def test_statements_do_not_grow(units, duty, django_assert_num_queries):
    for number in range(20):
        hotspot = make.make_hotspot(units.polsek, f"Titik {number:02}", lat=-6.145, lon=106.8)
        hotspot.categories.add(make.make_category())
    duty = Duty.objects.select_related("unit", "post").get(pk=duty.pk)
    with django_assert_num_queries(3):
        found = hotspots_of(duty, now=NIGHT)
    assert len(found) == 10
