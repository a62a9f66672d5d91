"""The stops that a patrol is advised when it begins."""

from django.db.models import prefetch_related_objects

from patrols.dosage import advise
from patrols.models import Duty, SuggestedStop
from patrols.selectors.hotspots import hotspots_of


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
