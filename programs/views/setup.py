"""What a unit needs before its people can work with it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.roles import Action
from accounts.views.requests import SignedIn
from programs.selectors.unit_setup import steps_of
from programs.views.units import unit_held
from territory.extensions import table_pages
from territory.models import Unit
from toolkit.ui.requests import require


@require_safe
def unit_setup(request: SignedIn) -> HttpResponse:
    """For whoever administers the unit. Units below have the page too."""
    user = request.user
    require(Action.MANAGE in user.scope.actions)
    unit = unit_held(request, Action.MANAGE)
    is_stored = unit.pk is not None
    steps = steps_of(unit, user, now=timezone.now()) if is_stored else []
    below = Unit.objects.visible_to(user).filter(parent_id=unit.pk)
    context = {
        "unit": unit if is_stored else None,
        "steps": steps,
        "done": sum(step.is_done for step in steps),
        "below": below.order_by("name", "pk"),
        "pages": sorted(table_pages()),
    }
    return render(request, "programs/unit_setup.html", context)
