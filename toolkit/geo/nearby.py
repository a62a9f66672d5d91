"""Finds rows near a point through an index: latitude and longitude in squares of 1/200 degree.

A square is some 550 m wide. Of a table with `square_index`, rows within a radius and since a day
are read without those of the rest of the country or of earlier years.
"""

import math
from typing import Any, TypeVar

from django.db.models import F, FloatField, Index, Q, QuerySet, Value
from django.db.models.expressions import Combinable, ExpressionWrapper
from django.db.models.functions import Floor

from toolkit.geo.points import METRES_A_DEGREE

STEPS = 200
LAT, LON = Floor(F("lat") * STEPS), Floor(F("lon") * STEPS)

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])


def square_index(name: str, *order: str) -> Index:
    """Of a `Positioned` model. `order` are the columns after the square, such as "-at"."""
    last = [F(column.removeprefix("-")).desc() for column in order]
    return Index(LAT, LON, *last, name=name, condition=Q(lat__isnull=False))


def near(rows: Rows, lat: float, lon: float, radius_m: float) -> Rows:
    """Those within the radius, in the plane: at 5 km that is a metre off."""
    high = radius_m / METRES_A_DEGREE
    narrowing = max(math.cos(math.radians(lat)), 0.01)
    wide = high / narrowing
    north, east = _apart("lat", lat), _apart("lon", lon)
    away = ExpressionWrapper(
        north * north + east * east * Value(narrowing**2), output_field=FloatField()
    )
    found: Rows = rows.alias(square_lat=LAT, square_lon=LON, away=away).filter(
        lat__isnull=False,
        square_lat__in=_squares(lat - high, lat + high),
        square_lon__in=_squares(lon - wide, lon + wide),
        away__lte=high**2,
    )
    return found


def _apart(column: str, value: float) -> Combinable:
    return F(column) - Value(value)


def _squares(least: float, most: float) -> list[float]:
    return [float(n) for n in range(math.floor(least * STEPS), math.floor(most * STEPS) + 1)]
