"""Where the patrol of a duty was, and where it was advised to go."""

from patrols.models import Checkpoint, Duty, EntryKind, LogEntry, PlannedStop, SuggestedStop
from territory.scope import unscoped

MOST_ENTRIES = 1000
# They tell nothing about the place.
STEPS = (EntryKind.START, EntryKind.END)


def entries_of_way(duty: Duty) -> list[LogEntry]:
    """What stands in its log, in the order of time, at most MOST_ENTRIES. One statement."""
    rows = duty.entries.standing().exclude(kind__in=STEPS).select_related("checkpoint")
    return list(rows.order_by("at", "pk")[:MOST_ENTRIES])


def stops_planned(duty: Duty) -> list[PlannedStop]:
    """The checkpoints as they were when it began; of a duty that began before these were kept, as
    its route has them now. Two statements at most."""
    if duty.route_id is None:
        return []
    kept = unscoped(PlannedStop.objects.all(), "those of the duty's own patrol").filter(duty=duty)
    if found := list(kept.order_by("number")):
        return found
    points = unscoped(Checkpoint.objects.current(), "those of the duty's own route")
    points = points.filter(route=duty.route_id).order_by("order", "pk")
    return [
        PlannedStop(
            duty=duty, checkpoint=one, number=number, name=one.name, minutes=one.dwell_minutes
        )
        for number, one in enumerate(points, start=1)
    ]


def stops_advised(duty: Duty) -> list[SuggestedStop]:
    """In the order of time. One statement."""
    rows = unscoped(SuggestedStop.objects.all(), "those of the duty's own patrol")
    return list(rows.filter(duty=duty).select_related("hotspot").order_by("at", "pk"))
