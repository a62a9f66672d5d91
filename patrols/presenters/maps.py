"""What the maps of patrols show: the places of a unit, and the way of a night."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from patrols.models import Checkpoint, Duty, EntryKind, LogEntry, Route
from patrols.selectors.places import Places
from reports.models import Hotspot
from reports.selectors.hotspots import Neighbour
from territory.times import hour
from toolkit.geo.maps import Map, Outline, Place, Point, draw_map
from toolkit.geo.models import Positioned

# After so long nobody knows which way a patrol took. Between arrivals: the next check-in ends the
# stay before it, whenever the patrol really left.
GAP = timedelta(minutes=45)
MOST_CHECK_INS = 100


def map_of_places(outlines: Sequence[Outline], places: Places) -> Map | None:
    """The hotspots, posts and checkpoints that have coordinates. `unit` of hotspots is read."""
    drawn = [
        *(
            place("hotspot", row, row.name, risky_hours(row), row.radius_m)
            for row in places.hotspots
        ),
        *(place("post", row, row.name, _("guard post")) for row in places.posts),
        *(place("stop", row, row.name, row.route.name) for row in places.checkpoints),
    ]
    return draw_map(outlines, [one for one in drawn if one])


def map_of_hotspot(
    hotspot: Hotspot, outlines: Sequence[Outline], neighbours: Sequence[Neighbour]
) -> Map | None:
    """The hotspot with those nearby. None without a position."""
    own = place("hotspot", hotspot, hotspot.name, risky_hours(hotspot), hotspot.radius_m)
    if own is None:
        return None
    others = [place("seen", one.hotspot, one.name, str(one.hotspot.unit)) for one in neighbours]
    return draw_map(outlines, [own, *(one for one in others if one)])


def map_of_route(route: Route, checkpoints: Sequence[Checkpoint]) -> Map | None:
    """The checkpoints under their numbers on the route; the way between them where it is fixed.

    None where no checkpoint has a position.
    """
    drawn = [
        replace(found, number=number)
        for number, row in enumerate(checkpoints, start=1)
        if (found := place("stop", row, row.name, "", row.radius_m))
    ]
    way = [one.point for one in drawn] if route.is_order_fixed else []
    return draw_map([], drawn, [way])


def place(kind: str, row: Positioned, name: str, note: str, radius_m: int = 0) -> Place | None:
    if row.lat is None or row.lon is None:
        return None
    return Place(kind, name, row.lat, row.lon, radius_m, note)


def risky_hours(hotspot: Hotspot) -> str:
    if hotspot.risky_from is None or hotspot.risky_until is None:
        return _("risky at any time")
    return _("risky %(start)s–%(end)s %(zone)s") % {
        "start": f"{hotspot.risky_from:%H.%M}",
        "end": f"{hotspot.risky_until:%H.%M}",
        "zone": hotspot.unit.zone_label,
    }


def map_of_night(duty: Duty, entries: Iterable[LogEntry]) -> Map | None:
    """The check-ins of a log, which stands in the order of time, with the way between them.

    The way ends where no position is known and after a GAP without one; the list says so. None
    without a check-in that has a position.
    """
    places: list[Place] = []
    ways: list[list[Point]] = []
    last: datetime | None = None
    for entry in entries:
        if entry.kind != EntryKind.CHECK_IN or entry.withdrawn_at:
            continue
        if len(places) == MOST_CHECK_INS:
            break
        found = None if entry.is_position_coarse else place("stop", entry, _name(entry), "")
        if found is None:
            ways.append([])
            continue
        if not ways or (last and entry.at - last > GAP):
            ways.append([])
        note = hour(entry.at, duty.unit)
        if last and not ways[-1]:
            minutes = (entry.at - last) // timedelta(minutes=1)
            note = _("%(time)s, after %(n)d minutes without a position") % {
                "time": note,
                "n": minutes,
            }
        places.append(Place("stop", found.name, found.lat, found.lon, note=note))
        ways[-1].append(found.point)
        last = entry.at
    return draw_map([], places, ways) if places else None


def _name(entry: LogEntry) -> str:
    name = entry.checkpoint.name if entry.checkpoint else _("Check-in")
    return _("%(place)s, outside the radius") % {"place": name} if entry.is_outside else name
