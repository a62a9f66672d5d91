"""Checks points in WGS 84 degrees, measures distances and finds H3 cells."""

import math
from typing import TypedDict

import h3.api.basic_int as h3

EARTH_RADIUS_M = 6_371_000
METRES_A_DEGREE = 111_195  # of latitude
MAX_ACCURACY_M = 1_000_000
H3_RESOLUTION = 10
# Degrees: the country from Aceh to Papua, with its seas.
SOUTH, NORTH, WEST, EAST = -11.5, 6.5, 94.5, 141.5


class Position(TypedDict):
    """`lat` and `lon` in degrees, `accuracy_m` in metres; all None where the place is unknown."""

    lat: float | None
    lon: float | None
    accuracy_m: int | None


def clean_position(lat: float | None, lon: float | None, accuracy_m: float | None) -> Position:
    """Drops impossible values, so that a wrong position does not block the form.

    A fraction of a metre of accuracy is rounded up.
    """
    # NaN fails every comparison, so it is dropped too.
    if lat is None or lon is None or not (abs(lat) <= 90 and abs(lon) <= 180):
        return {"lat": None, "lon": None, "accuracy_m": None}
    if accuracy_m is None or not 0 <= accuracy_m <= MAX_ACCURACY_M:
        return {"lat": lat, "lon": lon, "accuracy_m": None}
    return {"lat": lat, "lon": lon, "accuracy_m": math.ceil(accuracy_m)}


def is_in_indonesia(lat: float, lon: float) -> bool:
    """Whether the point in degrees lies in the box around the country."""
    return SOUTH <= lat <= NORTH and WEST <= lon <= EAST


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> int:
    """Great-circle distance in metres between two points in degrees (haversine)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    a = (
        math.sin((phi2 - phi1) / 2) ** 2
        + math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return round(2 * EARTH_RADIUS_M * math.asin(math.sqrt(a)))


def cell_of(lat: float, lon: float) -> int:
    """The H3 cell of a point in degrees at resolution 10, as a signed 64-bit number."""
    return int(h3.latlng_to_cell(lat, lon, H3_RESOLUTION))
