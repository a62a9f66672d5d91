"""Where the patrol of a duty was, and where it was advised to go."""

from django.db.models import Q

from patrols.models import Checkpoint, Duty, EntryKind, LogEntry, SuggestedStop
from territory.scope import unscoped

MOST_ENTRIES = 1000
# They tell nothing about the place.
STEPS = (EntryKind.START, EntryKind.END)


def entries_of_way(duty: Duty) -> list[LogEntry]:
    """What stands in its log, in the order of time, at most MOST_ENTRIES. One statement."""
    rows = duty.entries.standing().exclude(kind__in=STEPS).select_related("checkpoint")
    return list(rows.order_by("at", "pk")[:MOST_ENTRIES])


def checkpoints_of_way(duty: Duty) -> list[Checkpoint]:
    """Those of its route in use, and those it visited that are out of use by now. One statement;
    none for a duty without a route."""
    if duty.route_id is None:
        return []
    rows = unscoped(Checkpoint.objects.all(), "those of the duty's own route")
    visited = Q(pk__in=duty.entries.standing().values("checkpoint"))
    rows = rows.filter(Q(retired_on=None) | visited, route=duty.route_id)
    return list(rows.order_by("order", "pk"))


def stops_advised(duty: Duty) -> list[SuggestedStop]:
    """In the order of time. One statement."""
    rows = unscoped(SuggestedStop.objects.all(), "those of the duty's own patrol")
    return list(rows.filter(duty=duty).select_related("hotspot").order_by("at", "pk"))
