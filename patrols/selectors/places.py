"""The places of a unit and of the units below it that a map shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import User
from patrols.models import Checkpoint, GuardPost, Route, Schedule
from reports.models import Category, Hotspot
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


PLACES_SHOWN = 50
Listed = Hotspot | Route | GuardPost


def places_listed(user: User, model: type[Any], *, retired: bool) -> "QuerySet[Any, Any]":
    """Hotspots, routes or guard posts in the person's scope, in use or retired."""
    rows: QuerySet[Any, Any] = model.objects.in_scope(user)
    if model is Hotspot:
        return rows.filter(is_active=not retired)
    return rows.filter(retired_on__isnull=not retired)


def with_facts(rows: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    """With what a list says of each: the kinds of a hotspot, the checkpoints of a route."""
    rows = rows.select_related("unit")
    if rows.model is Hotspot:
        kinds = unscoped(Category.objects, "reference data").order_by("order", "pk")
        rows = rows.prefetch_related(Prefetch("categories", kinds))
    elif rows.model is Route:
        in_use = Q(checkpoints__retired_on=None, checkpoints__isnull=False)
        rows = rows.annotate(stop_count=Count("checkpoints", filter=in_use))
    else:
        rows = rows.select_related("area")
    return rows


def stops_of(route: Route) -> tuple[list[Checkpoint], list[Checkpoint]]:
    """Its checkpoints in use, in their order, and those retired, by name. One statement."""
    rows = list(unscoped(Checkpoint.objects.filter(route=route), REACHED).order_by("order", "pk"))
    retired = [row for row in rows if row.retired_on is not None]
    return [row for row in rows if row.retired_on is None], sorted(retired, key=by_name)


def by_name(row: Checkpoint) -> tuple[str, int]:
    return row.name.casefold(), row.pk


def schedules_using(user: User, place: Listed) -> list[Schedule]:
    """Schedules of the person's scope that still make duties at the place."""
    rows = Schedule.objects.in_scope(user).current(place.unit.today() - timedelta(days=1))
    if isinstance(place, Hotspot):
        rows = rows.filter(hotspot=place)
    elif isinstance(place, Route):
        rows = rows.filter(route=place)
    else:
        rows = rows.filter(post=place)
    return list(rows.select_related("unit").order_by("name", "pk")[:PLACES_SHOWN])
