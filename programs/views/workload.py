"""What the officers of a unit carry, and moving of it from one to another."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Posting
from accounts.rights import may_move_areas
from accounts.roles import Action, Role
from accounts.services.served_areas import move_area
from accounts.views.requests import SignedIn
from programs.forms.workload import AreaMoveForm, ReportsShareForm
from programs.selectors.workload import (
    DAYS_BACK,
    MOST_REPORTS,
    NIGHTS_AHEAD,
    OfficerLoad,
    Workload,
    reports_to_share,
    workload_of,
)
from programs.views.units import unit_held
from reports.services.changes import dispatch_report
from territory.models import Area, Unit, UnitKind
from toolkit.ui.requests import require

# Whose officers serve villages. Of larger units one below is chosen first.
SHOWN = (UnitKind.POLSEK, UnitKind.SUBSEKTOR)


@require_safe
def workload(request: SignedIn) -> HttpResponse:
    require(Action.REVIEW in request.user.scope.actions)
    unit = unit_held(request, Action.REVIEW)
    is_shown = unit.kind in SHOWN
    found = workload_of(unit, request.user, now=timezone.now()) if is_shown else None
    below = Unit.objects.visible_to(request.user).filter(parent_id=unit.pk)
    context = {
        "unit": unit,
        "workload": found,
        "below": below.order_by("name", "pk"),
        "days": DAYS_BACK,
        "nights": NIGHTS_AHEAD,
        "now": timezone.now(),
    }
    return render(request, "programs/workload.html", context)


@dataclass(frozen=True)
class Change:
    """What one officer has before the move and after it."""

    load: OfficerLoad
    areas: tuple[int, int]
    rw: tuple[int, int]
    population: tuple[int, int]
    reports: tuple[int, int]
    becomes_free: bool


def _change(load: OfficerLoad, form: AreaMoveForm, sign: int) -> Change:
    area = form.moved
    rw = area.rw_count if area.is_village else 1

    def both(before: int, part: int) -> tuple[int, int]:
        return before, max(0, before + sign * part)

    areas = both(len(load.areas), 1)
    return Change(
        load,
        areas,
        both(load.rw_count, rw),
        both(load.population, area.population or 0),
        both(load.in_areas, area.open_reports or 0),
        becomes_free=areas[1] == 0,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def workload_move(request: SignedIn, pk: int) -> HttpResponse:
    """Shows what the move changes before it is done: an area, and who serves it from now on."""
    user = request.user
    unit = get_object_or_404(Unit.objects.visible_to(user).filter(kind__in=SHOWN), pk=pk)
    require(may_move_areas(user, unit))
    found = workload_of(unit, user, now=timezone.now())
    is_chosen = request.method == "POST" or "taker" in request.GET
    data = request.POST if request.method == "POST" else request.GET
    first = {"area": request.GET.get("area", "")}
    form = AreaMoveForm(
        data if is_chosen else None,
        workload=found,
        takes_stale=request.method == "POST",
        initial=first,
    )
    changes = []
    if is_chosen and form.is_valid():
        giver, taker = form.from_whom, form.to_whom
        if request.method == "POST":
            if _move(request, form, found, unit):
                return redirect(f"{reverse('programs:workload')}?unit={unit.pk}")
            return redirect(f"{request.path}?area={form.moved.pk}")
        changes += [_change(giver, form, -1)] if giver else []
        is_new = taker is not None and form.moved not in taker.areas
        changes += [_change(taker, form, 1)] if taker and is_new else []
    context = {"unit": unit, "form": form, "changes": changes}
    return render(request, "programs/workload_move.html", context)


def _move(request: SignedIn, form: AreaMoveForm, found: Workload, unit: Unit) -> bool:
    giver, taker = (load.posting if load else None for load in (form.from_whom, form.to_whom))
    area = Area.objects.visible_to(request.user).get(pk=form.moved.pk)
    try:
        move_area(area=area, unit=unit, giver=giver, taker=taker, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    # Two may serve the same.
    now = [load for load in found.officers if form.moved in load.areas]
    now = [load for load in now if load not in (form.from_whom, form.to_whom)]
    now += [form.to_whom] if form.to_whom else []
    whose = ", ".join(load.person.titled_name for load in now) or _("the unit")
    words = _("%(area)s is served by %(who)s now.")
    messages.success(request, words % {"area": form.moved.name, "who": whose})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def workload_share(request: SignedIn, pk: int) -> HttpResponse:
    """Gives open reports of an officer, by the key of the posting, to others of the unit."""
    user = request.user
    rows = Posting.objects.visible_to(user).active().filter(role=Role.OFFICER)
    posting = get_object_or_404(rows.select_related("user", "unit"), pk=pk)
    require(may_move_areas(user, posting.unit))
    found = workload_of(posting.unit, user, now=timezone.now())
    others = [load for load in found.officers if load.posting != posting]
    reports, at_work = reports_to_share(posting.user, user)
    data = request.POST if request.method == "POST" else None
    form = ReportsShareForm(data, reports=reports, officers=others)
    if request.method == "POST" and form.is_valid():
        taker, given = form.chosen_taker(), 0
        for report in form.chosen():
            try:
                dispatch_report(report=report, by=user, assignee=taker, seen=report.stamp)
                given += 1
            except ValidationError as error:
                messages.error(request, f"{report.number}: {' '.join(error.messages)}")
            except (PermissionDenied, ObjectDoesNotExist):
                words = _("%(number)s is with somebody else now.")
                messages.error(request, words % {"number": report.number})
        if given:
            words = ngettext(
                "%(n)d report given to %(who)s.", "%(n)d reports given to %(who)s.", given
            )
            messages.success(request, words % {"n": given, "who": taker.titled_name})
        return redirect(f"{reverse('programs:workload')}?unit={posting.unit_id}")
    context = {
        "posting": posting,
        "unit": posting.unit,
        "form": form,
        "at_work": at_work,
        "most": MOST_REPORTS if len(reports) == MOST_REPORTS else 0,
    }
    return render(request, "programs/workload_share.html", context)
