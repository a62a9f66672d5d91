"""A route with its checkpoints. The list and the form of routes stand among those of places."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.editing import edit_page
from accounts.views.requests import SignedIn
from patrols.forms.places import CheckpointForm
from patrols.models import Checkpoint, Route
from patrols.presenters.maps import map_of_route
from patrols.rights import may_plan
from patrols.selectors.places import stops_of
from patrols.services.checkpoints import restore_checkpoint, retire_checkpoint, save_checkpoint
from toolkit.editing import EditConflict
from toolkit.idempotency.fields import as_new_form
from toolkit.ui.requests import attempt, post_only, require
from toolkit.workflow import ChangeRefused


def get_route_or_404(request: SignedIn, pk: int) -> Route:
    rows = Route.objects.visible_to(request.user).select_related("unit")
    return get_object_or_404(rows, pk=pk)


def get_route_to_plan(request: SignedIn, pk: int) -> Route:
    """As `get_route_or_404`; 403 for who may see the route but not plan for its unit."""
    route = get_route_or_404(request, pk)
    require(may_plan(request.user, route))
    return route


def get_checkpoint_to_plan(request: SignedIn, pk: int) -> Checkpoint:
    rows = Checkpoint.objects.visible_to(request.user).select_related("route__unit")
    checkpoint = get_object_or_404(rows, pk=pk)
    require(may_plan(request.user, checkpoint.route))
    return checkpoint


@require_safe
def route_detail(request: SignedIn, pk: int) -> HttpResponse:
    route = get_route_or_404(request, pk)
    stops, retired = stops_of(route)
    context = {
        "route": route,
        "stops": stops,
        "retired": retired,
        "map": map_of_route(route, stops),
        "may_plan": may_plan(request.user, route),
    }
    return render(request, "patrols/route_detail.html", context)


def _form_page(request: SignedIn, template: str, checkpoint: Checkpoint) -> HttpResponse:
    route, is_new = checkpoint.route, checkpoint.pk is None
    stops, _retired = stops_of(route)
    keys = [stop.pk for stop in stops]
    place = keys.index(checkpoint.pk) if checkpoint.pk in keys else len(keys)
    made = partial(CheckpointForm, instance=checkpoint, place_on_route=place + 1)
    form = made(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            save_checkpoint(
                checkpoint=form.instance,
                by=request.user,
                wanted=_typed(form) if is_new else form.wanted_values(),
                seen=form.read_seen(),
                sent=form.sent(),
            )
        except EditConflict as conflict:
            form.show_conflict(conflict)
        except ChangeRefused as error:
            form = made(as_new_form(request))
            form.add_error(None, error)
        except ValidationError as error:
            form.add_refusal(error)
        else:
            said = _("The checkpoint %(name)s is saved.")
            messages.success(request, said % {"name": form.instance.name})
            return redirect("patrols:route_detail", route.pk)
    context = {"form": form, "route": route, "checkpoint": checkpoint}
    return edit_page(request, template, context, route.unit)


def _typed(form: CheckpointForm) -> dict[str, str]:
    """What tells one new checkpoint from another sent under the same UUID."""
    data = form.cleaned_data
    return {name: str(value) for name, value in data.items() if name != "client_uuid"}


@require_http_methods(["GET", "HEAD", "POST"])
def checkpoint_add(request: SignedIn, pk: int) -> HttpResponse:
    checkpoint = Checkpoint(route=get_route_to_plan(request, pk))
    return _form_page(request, "patrols/checkpoint_add.html", checkpoint)


@require_http_methods(["GET", "HEAD", "POST"])
def checkpoint_edit(request: SignedIn, pk: int) -> HttpResponse:
    checkpoint = get_checkpoint_to_plan(request, pk)
    return _form_page(request, "patrols/checkpoint_edit.html", checkpoint)


@post_only("patrols:checkpoint_edit")
def checkpoint_retire(request: SignedIn, pk: int) -> HttpResponse:
    checkpoint = get_checkpoint_to_plan(request, pk)
    retire_checkpoint(checkpoint=checkpoint, by=request.user)
    said = _("The checkpoint %(name)s is out of use. It stands below, to be used again.")
    messages.success(request, said % {"name": checkpoint.name})
    return redirect("patrols:route_detail", checkpoint.route_id)


@post_only("patrols:checkpoint_edit")
def checkpoint_restore(request: SignedIn, pk: int) -> HttpResponse:
    checkpoint = get_checkpoint_to_plan(request, pk)
    done = _("The checkpoint %(name)s is in use again.") % {"name": checkpoint.name}
    attempt(request, lambda: restore_checkpoint(checkpoint=checkpoint, by=request.user), done)
    return redirect("patrols:route_detail", checkpoint.route_id)
