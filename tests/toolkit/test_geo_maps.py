import re

import pytest
from django.template.loader import render_to_string

from toolkit.geo.maps import MOST_CELLS, MOST_HEIGHT, Outline, Place, draw_map, geo_link

SQUARE = [[10680000, -620000], [10690000, -620000], [10690000, -610000], [10680000, -610000]]
POST = Place("post", "Pos “Kenari” <1>", -6.15, 106.85)


def test_nothing_to_draw_is_no_map():
    assert draw_map([], []) is None


def test_an_outline_fills_the_picture_and_carries_its_name():
    drawn = draw_map([Outline("Kenari", [SQUARE])], [])
    assert drawn.areas.count("L") == 3
    numbers = [float(n) for n in re.findall(r"[\d.]+", drawn.areas)]
    assert min(numbers) >= 0
    assert max(numbers) <= MOST_HEIGHT
    [label] = drawn.labels
    assert (label.text, label.x) == ("Kenari", 160)
    assert not drawn.cells


def test_north_is_above_and_west_is_left():
    drawn = draw_map([], [Place("post", "A", -6.1, 106.8), Place("post", "B", -6.2, 106.9)])
    first, second = drawn.marks
    assert first.y < second.y
    assert first.x < second.x
    assert (first.number, second.number) == (1, 2)


def test_one_place_alone_has_cells_around_it_and_a_scale():
    drawn = draw_map([], [POST])
    assert drawn.cells.count("M") == 7
    assert (drawn.marks[0].x, drawn.marks[0].y) == (160, drawn.height / 2)
    assert drawn.scale.text.endswith("m")
    assert 40 <= drawn.scale.length <= 120


def test_the_bar_is_as_long_as_it_says():
    drawn = draw_map([], [Place("post", "A", -6.2, 106.8), Place("post", "B", -6.1, 106.8)])
    metres = 2000
    assert drawn.scale.text.startswith("2")
    a, b = drawn.marks
    assert drawn.scale.length == pytest.approx(abs(a.y - b.y) / 11_119 * metres, rel=0.01)


def test_places_all_over_a_province_take_no_more_cells_than_a_map_has_room_for():
    places = [Place("post", str(n), -6 - n / 20, 106 + n / 15) for n in range(60)]
    assert draw_map([], places).cells.count("M") <= MOST_CELLS


def test_a_ring_is_as_wide_as_the_radius():
    drawn = draw_map([], [Place("hotspot", "A", -6.15, 106.8, radius_m=278)])
    # 268 of 320 units show half a kilometre of longitude and more.
    assert drawn.marks[0].ring == pytest.approx(0.0025 * (320 - 52) / 0.005, rel=0.02)


def test_a_way_of_one_point_is_no_line():
    a, b, c = (-6.1, 106.8), (-6.11, 106.81), (-6.12, 106.82)
    drawn = draw_map([], [POST], [[a, b], [c]])
    assert drawn.ways.count("M") == 1
    assert drawn.ways.count("L") == 1


def test_the_picture_has_a_title_a_text_and_nothing_that_the_policy_refuses():
    drawn = draw_map([Outline("Kenari", [SQUARE])], [POST], [[(-6.15, 106.85), (-6.16, 106.86)]])
    html = render_to_string("components/map.html", {"map": drawn, "title": "Tambora"})
    assert "<title>" in html
    assert "Tambora" in html
    assert "style=" not in html
    assert "Pos “Kenari” &lt;1&gt;" in html
    assert (
        'href="geo:-6.15000,106.85000?q=-6.15000,106.85000(Pos%20%E2%80%9CKenari%E2%80%9D' in html
    )
    assert not re.search(r'\b(x|y|cx|cy|r|d)="[^"]*\d,\d', html), "a decimal comma"


def test_marks_of_one_place_stand_side_by_side_and_the_ring_stays():
    places = [Place("hotspot", name, -6.15, 106.8, radius_m=100) for name in "ABC"]
    first, second, third = draw_map([], places).marks
    assert first.spot == second.spot == third.spot == (first.x, first.y)
    spots = {(mark.x, mark.y) for mark in (first, second, third)}
    assert len(spots) == 3


def test_a_name_makes_room_for_a_mark():
    middle = Place("post", "Pos", -6.15, 106.85)
    alone = draw_map([Outline("Kenari", [SQUARE])], []).labels[0]
    beside = draw_map([Outline("Kenari", [SQUARE])], [middle]).labels[0]
    assert alone.x == beside.x
    assert abs(alone.y - beside.y) > 10


def test_a_link_needs_no_name():
    assert geo_link(-6.1478, 106.801) == "geo:-6.14780,106.80100?q=-6.14780,106.80100"


def test_a_name_with_brackets_ends_no_link():
    assert "(" not in geo_link(-6, 106, "Pos (A)").partition("(")[2]


def test_a_wide_ring_is_seen_whole():
    drawn = draw_map([], [Place("hotspot", "A", -6.15, 106.8, radius_m=5000)])
    [mark] = drawn.marks
    assert mark.ring <= min(mark.x, mark.y, drawn.height - mark.y)


@pytest.mark.parametrize(
    "points",
    [[(90, 180)], [(-90, -180), (90, 180)], [(0, 179.9), (0, -179.9)], [(0, 0)], [(-6, 106.8)] * 9],
)
def test_no_position_of_the_world_is_an_error(points):
    drawn = draw_map([], [Place("seen", "A", *point, radius_m=50) for point in points])
    assert len(drawn.marks) == len(points)
    assert render_to_string("components/map.html", {"map": drawn, "title": "A"})
