import math

import pytest

from toolkit.geo.shapes import read_shape, thin

SQUARE = [[106.8, -6.2], [106.9, -6.2], [106.9, -6.1], [106.8, -6.1], [106.8, -6.2]]
IN_UNITS = [
    [10680000, -620000],
    [10690000, -620000],
    [10690000, -610000],
    [10680000, -610000],
]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_polygon_is_kept_in_units_without_its_closing_point():
    assert read_shape(polygon(SQUARE)) == [IN_UNITS]


def test_all_rings_of_a_multipolygon_are_read_with_heights_left_out():
    with_height = [[*position, 12.5] for position in SQUARE]
    shape = read_shape({"type": "MultiPolygon", "coordinates": [[SQUARE, with_height], [SQUARE]]})
    assert shape == [IN_UNITS] * 3


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (None, "no geometry"),
        ({"type": "Point", "coordinates": [106.8, -6.2]}, "'Point'"),
        ({"type": "Polygon"}, "no list of rings"),
        (polygon(), "no ring"),
        (polygon(SQUARE[:2]), "no ring of 3"),
        (polygon([[106.8, -6.2]] * 5), "no ring of 3"),
        (polygon("ring"), "no list of positions"),
        (polygon([["106.8", -6.2]]), "no position"),
        (polygon([[math.nan, -6.2]]), "no position"),
        (polygon([[106.8]]), "no position"),
        (polygon([[True, False]]), "no position"),
        (polygon([[10**400, -6.2]]), "no position"),
        (polygon([[-6.2, 106.8]]), "swapped"),
        (polygon([[10.0, 50.0]]), "outside Indonesia"),
    ],
)
def test_what_is_no_outline_says_why(geometry, said):
    with pytest.raises(ValueError, match=said):
        read_shape(geometry)


def test_an_islet_of_a_metre_costs_no_area_its_outline():
    islet = [[106.7, -6.2], [106.700001, -6.2], [106.7, -6.200001]]
    assert read_shape(polygon(islet, SQUARE)) == [IN_UNITS]


def test_a_circle_of_many_points_becomes_one_of_few_that_looks_the_same():
    circle = [
        [round(10680000 + 9000 * math.cos(a / 500)), round(-620000 + 9000 * math.sin(a / 500))]
        for a in range(3141)
    ]
    [ring] = thin([circle])
    assert 20 < len(ring) < 150
    radii = [math.dist((10680000, -620000), point) for point in ring]
    assert min(radii) > 8990


def test_islets_that_no_map_shows_are_left_out_but_never_the_whole():
    islet = [[10700000, -620000], [10700002, -620000], [10700002, -620002]]
    assert thin([IN_UNITS, islet]) == thin([IN_UNITS])
    assert len(thin([islet])[0]) == 3


def test_a_thinned_outline_stays_as_it_is():
    once = thin([IN_UNITS])
    assert thin(once) == once


def test_islets_far_apart_stay_where_there_is_nothing_larger():
    islet = [[10700000, -620000], [10700002, -620000], [10700002, -620002]]
    far = [[lon + 900_000, lat] for lon, lat in islet]
    assert thin([islet, far]) == [islet, far]


def test_a_line_is_no_outline():
    line = [[10700000, -620000], [10700500, -620000], [10701000, -620000], [10700300, -620000]]
    with pytest.raises(ValueError, match="without a surface"):
        thin([line])
