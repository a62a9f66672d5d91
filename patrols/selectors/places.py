"""The places of a unit and of the units below it that a map shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from patrols.models import Checkpoint, GuardPost
from reports.models import Hotspot
from territory.models import Unit
from territory.scope import rows_below, unscoped

MOST_OF_A_KIND = 60


@dataclass(frozen=True)
class Places:
    """Those in use. `has_more` is true where the map leaves some out."""

    hotspots: list[Hotspot]
    posts: list[GuardPost]
    checkpoints: list[Checkpoint]
    has_more: bool

    @property
    def unplaced(self) -> list[str]:
        """The names of those without coordinates."""
        every: list[Hotspot | GuardPost | Checkpoint] = [
            *self.hotspots,
            *self.posts,
            *self.checkpoints,
        ]
        return [place.name for place in every if place.lat is None]


def places_of(user: User, unit: Unit) -> Places:
    """Three statements."""
    within = rows_below(unit)
    spots = Hotspot.objects.visible_to(user).active().filter(within).select_related("unit")
    posts = GuardPost.objects.visible_to(user).current().filter(within)
    stops = Checkpoint.objects.visible_to(user).current().select_related("route")
    stops = stops.filter(rows_below(unit, "route__"), route__retired_on=None)
    hotspots = list(spots.order_by("name", "pk")[: MOST_OF_A_KIND + 1])
    guarded = list(posts.order_by("name", "pk")[: MOST_OF_A_KIND + 1])
    by_route = stops.order_by("route__name", "route", "order", "pk")
    checkpoints = list(by_route[: MOST_OF_A_KIND + 1])
    return Places(
        hotspots[:MOST_OF_A_KIND],
        guarded[:MOST_OF_A_KIND],
        checkpoints[:MOST_OF_A_KIND],
        has_more=max(len(hotspots), len(guarded), len(checkpoints)) > MOST_OF_A_KIND,
    )


REACHED = "the unit was reached through its scope"


def posts_to_see(unit: Unit) -> Sequence[GuardPost]:
    """Those in use, for a map to pick a place on."""
    rows = unscoped(GuardPost.objects.current(), REACHED)
    rows = rows.filter(rows_below(unit), lat__isnull=False)
    return list(rows.order_by("name", "pk")[:MOST_OF_A_KIND])


def stops_to_see(unit: Unit) -> Sequence[Checkpoint]:
    """As `posts_to_see`."""
    rows = unscoped(Checkpoint.objects.current(), REACHED)
    rows = rows.filter(rows_below(unit, "route__"), route__retired_on=None, lat__isnull=False)
    return list(rows.order_by("name", "pk")[:MOST_OF_A_KIND])
