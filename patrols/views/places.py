"""The places of a unit: lists of hotspots, routes and guard posts, and their forms."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.editing import edit_page
from accounts.views.requests import SignedIn
from patrols.forms.places import GuardPostForm, HotspotForm, PlaceForm, RouteForm
from patrols.models import GuardPost
from patrols.presenters.places import HOTSPOTS, KINDS, POSTS, ROUTES, Kind
from patrols.rights import may_plan, may_view
from patrols.selectors.places import PLACES_SHOWN, places_listed, schedules_using, with_facts
from patrols.services.places import Place, is_in_use, restore_place, retire_place, save_place
from patrols.views.schedules import choose_unit
from reports.models import Hotspot, HotspotProposal
from reports.rights import may_decide_proposals
from reports.selectors.hotspots import neighbours_of
from territory.models import Unit
from toolkit.editing import EditConflict
from toolkit.idempotency.fields import as_new_form
from toolkit.paging import keyset_page
from toolkit.ui.requests import attempt, post_only, require
from toolkit.workflow import ChangeRefused

FORMS: dict[str, type[PlaceForm]] = {
    "hotspot": HotspotForm,
    "route": RouteForm,
    "post": GuardPostForm,
}
MOST_PROPOSED = 20
# So near to another hotspot, the new one may be the same place.
SAME_M = 150


def page_of(kind: Kind, place: Place) -> HttpResponse:
    """Where one comes to after saving it."""
    if not isinstance(place, GuardPost):
        return redirect(f"patrols:{kind.stem}_detail", place.pk)
    return redirect(f"patrols:{kind.stem}_list")


def get_place(request: SignedIn, kind: Kind, pk: int) -> Any:
    """The place; 404 outside the person's scope, 403 for who may not plan for its unit."""
    rows = kind.model._default_manager.visible_to(request.user).select_related("unit")
    place = get_object_or_404(rows, pk=pk)
    require(may_plan(request.user, place))
    return place


def list_page(request: SignedIn, kind: Kind) -> HttpResponse:
    """Those in use by name, or with `?show=retired` those out of use."""
    require(may_view(request.user))
    show = "retired" if request.GET.get("show") == "retired" else ""
    rows = places_listed(request.user, kind.model, retired=bool(show))
    page = keyset_page(
        with_facts(rows),
        order=["name", "id"],
        cursor=request.GET.get("page", ""),
        size=PLACES_SHOWN,
    )
    may_decide = may_decide_proposals(request.user)
    proposals: list[HotspotProposal] = []
    if kind is HOTSPOTS and may_decide and not show:
        waiting = HotspotProposal.objects.visible_to(request.user).waiting()
        ranked = waiting.select_related("unit").order_by("-report_count", "pk")
        proposals = list(ranked[:MOST_PROPOSED])
    context = {
        "kind": kind,
        "kinds": KINDS,
        "page": page,
        "show": show,
        "query": f"show={show}" if show else "",
        "may_plan": may_plan(request.user),
        "proposals": proposals,
        "show_units": len({place.unit_id for place in page.rows}) > 1,
    }
    return render(request, "patrols/_place_list.html", context)


def form_page(
    request: SignedIn,
    kind: Kind,
    place: Place,
    *,
    initial: dict[str, Any] | None = None,
    proposal: HotspotProposal | None = None,
) -> HttpResponse:
    unit: Unit = place.unit
    is_new, data = place.pk is None, request.POST or None
    form = FORMS[kind.stem](data, instance=place, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_place(
                place=form.instance,
                by=request.user,
                wanted=form.wanted_values() if place.pk else _typed(form),
                kinds=form.cleaned_data.get("categories", ()),
                seen=form.read_seen(),
                sent=form.sent(),
                proposal=proposal,
            )
        except EditConflict as conflict:
            form.show_conflict(conflict)
        except ChangeRefused as error:
            form = FORMS[kind.stem](as_new_form(request), instance=kind.model(unit=unit))
            form.add_error(None, error)
        except ValidationError as error:
            form.add_refusal(error)
        else:
            return _saved(request, kind, form.instance)
    context = {
        "kind": kind,
        "form": form,
        "unit": unit,
        "place": None if is_new else place,
        "proposal": proposal,
        "is_used": is_new or is_in_use(place),
    }
    return edit_page(request, "patrols/_place_form.html", context, unit)


def _typed(form: PlaceForm) -> dict[str, str]:
    """What tells one new place from another sent under the same UUID."""
    left_out = ("client_uuid", "seen", "categories")
    return {name: str(value) for name, value in form.cleaned_data.items() if name not in left_out}


def _saved(request: SignedIn, kind: Kind, place: Place) -> HttpResponse:
    messages.success(request, kind.saved % {"name": place.name})
    if place._state.adding:  # sent again: the first answer stored it
        return redirect(f"patrols:{kind.stem}_list")
    if isinstance(place, Hotspot) and (near := neighbours_of(request.user, place, SAME_M)):
        words = {"name": near[0].name, "n": near[0].distance_m}
        text = _("Only %(n)d m away is another: %(name)s. Is it the same place?")
        messages.warning(request, text % words)
    return page_of(kind, place)


def add_page(request: SignedIn, kind: Kind) -> HttpResponse:
    require(may_plan(request.user))
    unit = choose_unit(request, str(kind.new), back_to=f"patrols:{kind.stem}_list")
    if isinstance(unit, HttpResponse):
        return unit
    return form_page(request, kind, kind.model(unit=unit))


def retire_page(request: SignedIn, kind: Kind, pk: int) -> HttpResponse:
    """Says which schedules use the place, then takes it out of use."""
    place = get_place(request, kind, pk)
    if request.method == "POST":
        retire_place(place=place, by=request.user)
        messages.success(request, kind.retired % {"name": place.name})
        return redirect(f"patrols:{kind.stem}_list")
    if not is_in_use(place):
        return page_of(kind, place)
    context = {
        "kind": kind,
        "place": place,
        "schedules": schedules_using(request.user, place),
    }
    return render(request, "patrols/_place_retire.html", context)


def restore(request: SignedIn, kind: Kind, pk: int) -> HttpResponse:
    place = get_place(request, kind, pk)
    done = kind.restored % {"name": place.name}
    attempt(request, lambda: restore_place(place=place, by=request.user), done)
    return page_of(kind, place)


@require_safe
def route_list(request: SignedIn) -> HttpResponse:
    return list_page(request, ROUTES)


@require_http_methods(["GET", "HEAD", "POST"])
def route_add(request: SignedIn) -> HttpResponse:
    return add_page(request, ROUTES)


@require_http_methods(["GET", "HEAD", "POST"])
def route_edit(request: SignedIn, pk: int) -> HttpResponse:
    return form_page(request, ROUTES, get_place(request, ROUTES, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def route_retire(request: SignedIn, pk: int) -> HttpResponse:
    return retire_page(request, ROUTES, pk)


@post_only("patrols:route_edit")
def route_restore(request: SignedIn, pk: int) -> HttpResponse:
    return restore(request, ROUTES, pk)


@require_safe
def post_list(request: SignedIn) -> HttpResponse:
    return list_page(request, POSTS)


@require_http_methods(["GET", "HEAD", "POST"])
def post_add(request: SignedIn) -> HttpResponse:
    return add_page(request, POSTS)


@require_http_methods(["GET", "HEAD", "POST"])
def post_edit(request: SignedIn, pk: int) -> HttpResponse:
    return form_page(request, POSTS, get_place(request, POSTS, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def post_retire(request: SignedIn, pk: int) -> HttpResponse:
    return retire_page(request, POSTS, pk)


@post_only("patrols:post_edit")
def post_restore(request: SignedIn, pk: int) -> HttpResponse:
    return restore(request, POSTS, pk)
