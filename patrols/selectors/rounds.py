"""The extra rounds at a hotspot that are still to come."""

from dataclasses import dataclass
from datetime import date

from patrols.models import Schedule
from reports.models import Hotspot
from territory.scope import unscoped


@dataclass(frozen=True)
class Rounds:
    """A short schedule at a hotspot, and its nights from tonight on."""

    schedule: Schedule
    nights: list[date]


def rounds_ahead(hotspot: Hotspot) -> list[Rounds]:
    """Those with a night to come, the first ones first. One statement."""
    rows = unscoped(Schedule.objects, "of the hotspot, which was reached through its scope")
    tonight = Schedule(unit=hotspot.unit).tonight()
    rows = rows.filter(hotspot=hotspot, valid_until__gte=tonight).select_related("unit", "leader")
    found = [
        Rounds(one, list(one.nights(tonight, one.valid_until or tonight)))
        for one in rows.order_by("valid_from", "pk")
    ]
    return [one for one in found if one.nights]
