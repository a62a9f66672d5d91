"""The map of a unit."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedIn
from patrols.presenters.maps import map_of_places
from patrols.selectors.places import places_of
from territory.models import Unit
from territory.selectors.outlines import outlines_of


@require_safe
def unit_map(request: SignedIn, pk: int) -> HttpResponse:
    """The hotspots, posts and checkpoints of a unit and of those below it."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    places = places_of(request.user, unit)
    context = {
        "unit": unit,
        "map": map_of_places(outlines_of(unit), places),
        "unplaced": places.unplaced,
        "has_more": places.has_more,
        "below": Unit.objects.visible_to(request.user).filter(parent=unit),
    }
    return render(request, "patrols/unit_map.html", context)
