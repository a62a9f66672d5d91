import h3.api.basic_int as h3
import pytest
from django.core.exceptions import ValidationError

from toolkit.geo.forms import PositionForm
from toolkit.geo.models import Positioned, position_checks
from toolkit.geo.points import MAX_ACCURACY_M, cell_of, clean_position, distance_m

NAN, INFINITE = float("nan"), float("inf")
NOWHERE = {"lat": None, "lon": None, "accuracy_m": None}


@pytest.mark.parametrize(
    ("points", "metres"),
    [
        ((-6.15, 106.8, -6.15, 106.8), 0),
        ((0, 0, 0, 1), 111_195),
        ((-6.2088, 106.8456, -6.9147, 107.6098), 115_000),
        ((0, 179.9999, 0, -179.9999), 22),
        ((90, 0, -90, 0), 20_015_087),
        ((0, 0, 0, 180), 20_015_087),
    ],
)
def test_distance(points, metres):
    assert distance_m(*points) == pytest.approx(metres, rel=0.01)


@pytest.mark.parametrize("lat", [-89.9, -45.3, -6.1, 0.1, 33.3, 77.7])
def test_opposite_points_are_no_error(lat):
    for lon in range(-180, 1, 7):
        assert distance_m(lat, lon, -lat, lon + 180) == pytest.approx(20_015_087, abs=2)


@pytest.mark.parametrize("other", [(-6.2, 106.8), (-6.15, 107.9), (3.6, 98.7)])
def test_the_distance_is_that_of_h3(other):
    metres = h3.great_circle_distance((-6.15, 106.8), other, unit="m")
    assert distance_m(-6.15, 106.8, *other) == pytest.approx(metres, abs=2)


@pytest.mark.parametrize("point", [(-90, -180), (90, 180), (0, 0), (-6.15, 106.8)])
def test_a_point_in_bounds_is_kept(point):
    kept = clean_position(*point, 0)
    assert kept == {"lat": point[0], "lon": point[1], "accuracy_m": 0}


@pytest.mark.parametrize(
    "point",
    [
        (None, None),
        (None, 106.8),
        (-6.15, None),
        (90.1, 0),
        (0, -180.1),
        (NAN, 106.8),
        (-6.15, NAN),
        (INFINITE, 0),
    ],
)
def test_a_point_that_cannot_be_is_left_out_whole(point):
    assert clean_position(*point, 5) == NOWHERE


@pytest.mark.parametrize(
    ("accuracy", "kept"),
    [
        (0, 0),
        (8.2, 9),
        (MAX_ACCURACY_M, MAX_ACCURACY_M),
        (MAX_ACCURACY_M + 0.1, None),
        (-1, None),
        (NAN, None),
        (INFINITE, None),
        (10**12, None),
        (None, None),
    ],
)
def test_an_accuracy_that_cannot_be_does_not_cost_the_point(accuracy, kept):
    assert clean_position(-6.15, 106.8, accuracy) == {
        "lat": -6.15,
        "lon": 106.8,
        "accuracy_m": kept,
    }


@pytest.mark.parametrize(
    ("sent", "position"),
    [
        (
            {"lat": "-6.15", "lon": "106.8", "accuracy_m": "12.4"},
            {"lat": -6.15, "lon": 106.8, "accuracy_m": 13},
        ),
        ({"lat": "-6.15", "lon": "106.8"}, {"lat": -6.15, "lon": 106.8, "accuracy_m": None}),
        ({"lat": "-6,15", "lon": "106.8"}, NOWHERE),
        ({"lat": "nan", "lon": "106.8"}, NOWHERE),
        ({"lat": "1e999", "lon": "\x00", "accuracy_m": "\x00"}, NOWHERE),
        ({}, NOWHERE),
    ],
)
def test_a_form_refuses_no_position(sent, position):
    form = PositionForm(sent)
    assert form.is_valid()
    assert form.position() == position


def test_a_cell_has_resolution_10():
    assert h3.get_resolution(cell_of(-6.15, 106.8)) == 10
    assert cell_of(-6.15, 106.8) == cell_of(-6.15001, 106.80001) != cell_of(-6.16, 106.8)


@pytest.mark.parametrize("wrong", [{"lat": 90.1, "lon": 0}, {"lat": 0, "lon": -180.1}])
def test_a_row_refuses_degrees_out_of_bounds(units, wrong):
    row = units.polsek
    assert isinstance(row, Positioned)
    row.lat, row.lon = wrong["lat"], wrong["lon"]
    with pytest.raises(ValidationError):
        row.full_clean()


def test_a_row_has_both_degrees_or_neither(units):
    (check,) = position_checks("unit")
    assert check.name == "unit_position"
    units.polsek.lat, units.polsek.lon = -6.15, None
    with pytest.raises(ValidationError, match="lintang dan bujur"):
        check.validate(type(units.polsek), units.polsek)
