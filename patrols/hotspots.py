"""The risky places (titik rawan) that a duty comes by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import JSONField
from django.db.models.functions import JSONObject

from patrols.models import Checkpoint, Duty
from patrols.services.entries import distance_m
from reports.models import Hotspot
from territory.scope import rows_below

NEARBY_M = 300
MOST_READ, MOST_SHOWN = 300, 10


@dataclass(frozen=True)
class RiskyPlace:
    """A hotspot, and whether its hours are now."""

    hotspot: Hotspot
    is_now: bool


def hotspots_of(duty: Duty, *, now: datetime) -> list[RiskyPlace]:
    """Active hotspots near the duty's checkpoints or post, those that are risky now first.

    Where positions are unknown, those of the duty's unit. One statement.
    """
    post = duty.post
    points = (
        Checkpoint.objects.current()
        .filter(route=duty.route_id, lat__isnull=False)
        .order_by()
        .values(at=JSONObject(lat="lat", lon="lon"))
    )
    rows = (
        Hotspot.objects.active()
        .filter(rows_below(duty.unit))
        .annotate(points=ArraySubquery(points, output_field=ArrayField(JSONField())))
        .order_by("name", "pk")[:MOST_READ]
    )
    local = now.astimezone(duty.unit.zone).time()
    found = []
    for hotspot in rows:
        spots = [(point["lat"], point["lon"]) for point in cast(Any, hotspot).points]
        if post is not None and post.lat is not None and post.lon is not None:
            spots.append((post.lat, post.lon))
        if _is_on_the_way(hotspot, duty, spots):
            found.append(RiskyPlace(hotspot, is_risky(hotspot, local)))
    found.sort(key=lambda place: not place.is_now)
    return found[:MOST_SHOWN]


def _is_on_the_way(hotspot: Hotspot, duty: Duty, spots: Sequence[tuple[float, float]]) -> bool:
    if hotspot.lat is None or hotspot.lon is None or not spots:
        return hotspot.unit_id == duty.unit_id
    reach = hotspot.radius_m + NEARBY_M
    return any(distance_m(hotspot.lat, hotspot.lon, *spot) <= reach for spot in spots)


def is_risky(hotspot: Hotspot, local: time) -> bool:
    """Whether the hour is among the risky ones; 22.00 to 03.00 goes over midnight."""
    start, end = hotspot.risky_from, hotspot.risky_until
    if start is None or end is None:
        return False
    if start < end:
        return start <= local < end
    return local >= start or local < end
