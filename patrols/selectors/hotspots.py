"""The hotspots (titik rawan) near the way of a duty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Prefetch, Q, prefetch_related_objects

from patrols.models import Checkpoint, Duty
from reports.models import Category, Hotspot
from territory.scope import unscoped
from toolkit.geo.models import Positioned
from toolkit.geo.points import distance_m

NEARBY_M = 300
# In degrees: everywhere in Indonesia more than 5.3 km, the largest radius plus NEARBY_M.
FARTHEST = 0.05
MOST_READ, MOST_SHOWN = 300, 10
Spots = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class RiskyPlace:
    """A hotspot, and whether its hours are now."""

    hotspot: Hotspot
    is_now: bool


def hotspots_of(
    duty: Duty, *, now: datetime, stops: Iterable[Checkpoint] | None = None
) -> list[RiskyPlace]:
    """Active hotspots near the duty's checkpoints or post, those that are risky now first.

    The distance counts, not the unit that keeps the hotspot: the Polres above keeps some, and a
    neighbour those across a border road. Hotspots without a position, and all where the duty has
    none, are those of its own unit. At most three statements, one less where `stops`, the route's
    checkpoints, are given, one more for extra rounds at a hotspot.
    """
    spots = _spots_of(duty, stops)
    kept_here = Q(unit=duty.unit_id)
    rows = unscoped(Hotspot.objects.active(), "near the duty, whichever unit keeps them").filter(
        kept_here & Q(lat=None) | _around(spots) if spots else kept_here
    )
    local = now.astimezone(duty.unit.zone).time()
    found = [
        RiskyPlace(hotspot, is_risky(hotspot, local))
        for hotspot in rows.order_by("name", "pk")[:MOST_READ]
        if _is_on_the_way(hotspot, spots)
    ]
    found.sort(key=lambda place: not place.is_now)
    found = found[:MOST_SHOWN]
    categories = unscoped(Category.objects, "reference data").order_by("order", "pk")
    kinds = Prefetch("categories", categories)
    prefetch_related_objects([place.hotspot for place in found], kinds)
    return found


def _spots_of(duty: Duty, stops: Iterable[Checkpoint] | None) -> Spots:
    post = duty.post
    places: list[Positioned] = [post] if post is not None else []
    if duty.hotspot is not None:
        places.append(duty.hotspot)
    if stops is not None:
        places += stops
    elif duty.route_id is not None:
        checkpoints = unscoped(Checkpoint.objects.current(), "those of the duty's own route")
        places += checkpoints.filter(route=duty.route_id).order_by()
    return [
        (place.lat, place.lon)
        for place in places
        if place.lat is not None and place.lon is not None
    ]


def _around(spots: Spots) -> Q:
    lats, lons = zip(*spots, strict=True)
    return Q(
        lat__range=(min(lats) - FARTHEST, max(lats) + FARTHEST),
        lon__range=(min(lons) - FARTHEST, max(lons) + FARTHEST),
    )


def _is_on_the_way(hotspot: Hotspot, spots: Spots) -> bool:
    if hotspot.lat is None or hotspot.lon is None or not spots:
        return True
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
