"""The plates of checkpoints: printed, replaced, and scanned by who patrols there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.requests import SignedIn
from patrols.models import Checkpoint
from patrols.presenters.qr import plates_of
from patrols.selectors.places import stops_of
from patrols.selectors.plates import running_of, scan
from patrols.services.checkpoints import renew_plate
from patrols.views.routes import get_checkpoint_to_plan, get_route_to_plan


@require_safe
def route_plates(request: SignedIn, pk: int) -> HttpResponse:
    """The plates of a route to print, two on a sheet."""
    route = get_route_to_plan(request, pk)
    stops, _retired = stops_of(route)
    addresses = [_address(request, stop) for stop in stops]
    context = {"route": route, "plates": plates_of(stops, addresses)}
    return render(request, "patrols/route_plates.html", context)


def _address(request: SignedIn, checkpoint: Checkpoint) -> str:
    return request.build_absolute_uri(reverse("patrols:plate_scan", args=[checkpoint.plate]))


@require_http_methods(["GET", "HEAD", "POST"])
def plate_renew(request: SignedIn, pk: int) -> HttpResponse:
    """Asks before the printed plate becomes worth nothing."""
    checkpoint = get_checkpoint_to_plan(request, pk)
    if request.method == "POST":
        old = request.POST.get("old", "")
        if renew_plate(checkpoint=checkpoint, by=request.user, old=old):
            said = _("%(name)s has a new plate. Print it and replace the old one on the spot.")
            messages.success(request, said % {"name": checkpoint.name})
        else:
            messages.warning(request, _("This plate was replaced before. Nothing has changed."))
        return redirect("patrols:route_plates", checkpoint.route_id)
    return render(request, "patrols/plate_renew.html", {"checkpoint": checkpoint})


@require_safe
def plate_scan(request: SignedIn, plate: UUID) -> HttpResponse:
    """Where a plate leads. Only its button checks in: cameras and messengers open addresses to
    preview them. Who has no duty there sees the same page whatever the plate is, with the way back
    to the duty they are on."""
    found = scan(request.user, plate, now=timezone.now())
    context: dict[str, Any] = {"found": found, "plate": plate, "nav": []}
    if found is None:
        context["elsewhere"] = running_of(request.user)
    return render(request, "patrols/plate_scan.html", context, status=200 if found else 404)
