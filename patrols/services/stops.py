"""What a patrol is to do, written down when it begins: the checkpoints of its route, and the stops
it is advised."""

from django.db.models import prefetch_related_objects

from patrols.dosage import advise
from patrols.models import Checkpoint, Duty, PlannedStop, SuggestedStop
from patrols.selectors.hotspots import hotspots_of


def plan_stops(duty: Duty) -> None:
    """Stores the checkpoints of the route, in the transaction that starts the duty."""
    if duty.route_id is None:
        return
    points = Checkpoint.objects.current().filter(route=duty.route_id).order_by("order", "pk")
    PlannedStop.objects.bulk_create(
        PlannedStop(
            duty=duty,
            checkpoint=point,
            number=number,
            name=point.name,
            minutes=point.dwell_minutes,
        )
        for number, point in enumerate(points, start=1)
    )


def advise_stops(duty: Duty) -> None:
    """Stores the stays at the hotspots on the way of a duty that has just begun; none for one at a
    post, which stays there. The caller holds the duty's lock and is in a transaction."""
    if duty.started_at is None or duty.post_id is not None:
        return
    hotspots = [place.hotspot for place in hotspots_of(duty, now=duty.started_at)]
    prefetch_related_objects(hotspots, "unit")
    SuggestedStop.objects.bulk_create(
        SuggestedStop(duty=duty, hotspot=one.hotspot, at=one.at, minutes=one.minutes)
        for one in advise(hotspots, duty.night, duty.started_at, duty.ends_at)
    )
