"""Outlines of areas: read from GeoJSON, thinned to what a map shows.

A ring is a list of [longitude, latitude] in whole units of 1e-5 degree, about a metre. A shape is a
list of rings, islands and holes alike: a map fills them by the even-odd rule.
"""

import math
from collections.abc import Sequence
from typing import Any

from toolkit.geo.points import is_in_indonesia

UNITS = 100_000
# A map is less than a thousand pixels wide: what is smaller than that part of a shape is not seen.
FINENESS = 1000
LEAST_POINTS = 3

Ring = list[list[int]]
Shape = list[Ring]


def read_shape(geometry: Any) -> Shape:
    """The outline of a GeoJSON Polygon or MultiPolygon. ValueError says what is wrong with it."""
    if not isinstance(geometry, dict):
        raise ValueError("it has no geometry")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"its geometry is {kind!r}, not Polygon or MultiPolygon")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not all(isinstance(one, list) for one in polygons):
        raise ValueError("its coordinates are no list of rings")
    # Islets of a metre become one point.
    shape = [
        ring
        for ring in (_ring(one) for rings in polygons for one in rings)
        if len(ring) >= LEAST_POINTS
    ]
    if not shape:
        raise ValueError(f"it has no ring of {LEAST_POINTS} different points")
    return shape


def _ring(positions: Any) -> Ring:
    if not isinstance(positions, list):
        raise ValueError("a ring is no list of positions")
    ring: Ring = []
    for position in positions:
        point = _point(position)
        if not ring or point != ring[-1]:
            ring.append(point)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    return ring


def _point(position: Any) -> list[int]:
    numbers = position[:2] if isinstance(position, list) else []
    if len(numbers) != 2 or not all(_is_number(number) for number in numbers):
        raise ValueError(f"{str(position)[:40]} is no position [longitude, latitude]")
    lon, lat = numbers
    if is_in_indonesia(lat, lon):
        return [round(lon * UNITS), round(lat * UNITS)]
    if is_in_indonesia(lon, lat):
        raise ValueError(f"[{lon}, {lat}] has latitude and longitude swapped")
    raise ValueError(f"[{lon}, {lat}] is outside Indonesia")


def _is_number(value: Any) -> bool:
    """A degree: no NaN, and no whole number that is too large for a float."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 360


def thin(shape: Shape) -> Shape:
    """Without points and islets that are smaller than a thousandth of the whole shape. Where all
    are such islets, far apart, they stay. ValueError where the shape has no surface."""
    least = _span(shape) / FINENESS
    large = [ring for ring in shape if _span([ring]) > 2 * least]
    rings = [_thin_ring(ring, least) for ring in large] if large else shape
    found = [ring for ring in rings if len(ring) >= LEAST_POINTS]
    if not found:
        raise ValueError("its rings are lines without a surface")
    return found


def _span(shape: Shape) -> int:
    """The longer side of the shape's box."""
    lons, lats = zip(*(point for ring in shape for point in ring), strict=True)
    return int(max(max(lons) - min(lons), max(lats) - min(lats)))


def _thin_ring(ring: Ring, least: float) -> Ring:
    """Two halves, so that the line of each has two ends."""
    first = ring[0]
    middle = max(range(len(ring)), key=lambda i: math.dist(first, ring[i]))
    return (
        _thin_line(ring[: middle + 1], least)[:-1] + _thin_line([*ring[middle:], first], least)[:-1]
    )


def _thin_line(line: Ring, least: float) -> Ring:
    """Douglas and Peucker (1973): keeps both ends, and what lies farther than `least` from the line
    between two kept points. Without recursion: a coast has many thousand points."""
    kept = {0, len(line) - 1}
    open_parts = [(0, len(line) - 1)]
    while open_parts:
        start, end = open_parts.pop()
        if end - start < 2:
            continue
        farthest = max(
            range(start + 1, end), key=lambda i: _distance(line[i], line[start], line[end])
        )
        if _distance(line[farthest], line[start], line[end]) > least:
            kept.add(farthest)
            open_parts += [(start, farthest), (farthest, end)]
    return [line[i] for i in sorted(kept)]


def _distance(point: Sequence[int], start: Sequence[int], end: Sequence[int]) -> float:
    """Of a point from a stretch, not from the endless line through it."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length if length else 0
    along = min(1, max(0, along))
    return math.hypot(point[0] - start[0] - along * dx, point[1] - start[1] - along * dy)
