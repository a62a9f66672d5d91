"""The villages of a unit on a map, by how many of their RT nobody has visited."""

from collections.abc import Sequence

from django.utils.translation import ngettext

from programs.selectors.coverage import VillageCoverage
from toolkit.geo.maps import Map, Outline, Place, draw_map


def map_of_coverage(outlines: Sequence[Outline], villages: Sequence[VillageCoverage]) -> Map | None:
    """Those with unvisited RT, where their centre is known."""
    places = [
        Place("seen", village.name, village.lat, village.lon, 0, _note(village.unvisited_count))
        for village in villages
        if village.unvisited_count and village.lat is not None and village.lon is not None
    ]
    return draw_map(outlines, places) if places else None


def _note(count: int) -> str:
    return ngettext("%(n)d RT not visited", "%(n)d RT not visited", count) % {"n": count}
