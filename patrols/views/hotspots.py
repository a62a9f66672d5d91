"""Hotspots: their list, page and forms, what the system proposes, and extra rounds."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.requests import SignedIn
from patrols.forms.places import DeclineForm
from patrols.forms.rounds import RoundsForm
from patrols.models import Schedule
from patrols.models.schedules import night_of
from patrols.presenters.dosage import doses
from patrols.presenters.maps import map_of_hotspot, risky_hours
from patrols.presenters.places import HOTSPOTS, nights_enough, passed, weeks
from patrols.presenters.schedule_text import outcome_text
from patrols.rights import may_plan
from patrols.selectors.clashes import clash_lines
from patrols.selectors.planning import choices_for
from patrols.selectors.rounds import rounds_ahead
from patrols.selectors.visits import duties_at, passing, visits_of, weeks_of_work
from patrols.services.rounds import plan_rounds, withdraw_rounds
from patrols.services.schedules import ScheduleClash
from patrols.views.places import add_page, form_page, get_place, list_page, restore, retire_page
from reports.models import Hotspot, HotspotProposal
from reports.rights import may_decide_proposals
from reports.selectors.hotspots import neighbours_of, usual_kinds, weeks_of_reports
from reports.services.proposals import WITHIN, decline_proposal
from territory.selectors.outlines import outlines_of
from toolkit.idempotency.answers import Conflict
from toolkit.keys import row_key
from toolkit.ui.requests import attempt, post_only, require

WEEKS = 12
NIGHTS_BACK, NIGHTS_AHEAD = 13, 7


@require_safe
def hotspot_list(request: SignedIn) -> HttpResponse:
    return list_page(request, HOTSPOTS)


@require_http_methods(["GET", "HEAD", "POST"])
def hotspot_add(request: SignedIn) -> HttpResponse:
    """A new hotspot, empty or as the system proposes it with `proposal`."""
    key = row_key(request.GET.get("proposal"))
    if key is None:
        return add_page(request, HOTSPOTS)
    proposal = _get_proposal(request, key)
    if proposal.hotspot_id is not None:
        if request.method == "POST" and proposal.decided_by_id != request.user.pk:
            said = _("Somebody else has accepted this proposal. What you wrote is not saved.")
            messages.warning(request, said)
        return redirect("patrols:hotspot_detail", proposal.hotspot_id)
    hotspot = Hotspot(unit=proposal.unit, lat=proposal.lat, lon=proposal.lon)
    kinds = usual_kinds(request.user, hotspot, timezone.now() - WITHIN)
    words = {"n": proposal.report_count}
    initial: dict[str, Any] = {
        "categories": list(kinds),
        "source": _("Proposed by the system: %(n)d reports in 90 days.") % words,
    }
    return form_page(request, HOTSPOTS, hotspot, initial=initial, proposal=proposal)


@require_http_methods(["GET", "HEAD", "POST"])
def hotspot_edit(request: SignedIn, pk: int) -> HttpResponse:
    return form_page(request, HOTSPOTS, get_place(request, HOTSPOTS, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def hotspot_retire(request: SignedIn, pk: int) -> HttpResponse:
    return retire_page(request, HOTSPOTS, pk)


@post_only("patrols:hotspot_detail")
def hotspot_restore(request: SignedIn, pk: int) -> HttpResponse:
    return restore(request, HOTSPOTS, pk)


@require_safe
def hotspot_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Where and when it is risky, and what was told and done there."""
    rows = Hotspot.objects.visible_to(request.user).select_related("unit", "area")
    hotspot = get_object_or_404(rows, pk=pk)
    now = timezone.now()
    local = now.astimezone(hotspot.unit.zone)
    tonight, monday = night_of(local), local.date() - timedelta(days=local.weekday())
    first_week = monday - timedelta(weeks=WEEKS - 1)
    since = datetime.combine(first_week, time(), tzinfo=hotspot.unit.zone)
    nights = [tonight - timedelta(days=n) for n in range(NIGHTS_BACK + 1)]
    reports = weeks_of_reports(request.user, hotspot, since)
    way = passing(hotspot)
    work = weeks_of_work(request.user, hotspot, way, since)
    evening = datetime.combine(nights[-1], time(6), tzinfo=hotspot.unit.zone)
    visits = visits_of(request.user, hotspot, way, evening)
    last = tonight + timedelta(days=NIGHTS_AHEAD)
    ahead, over = passed(duties_at(request.user, hotspot, way, nights[-1], last), visits, now)
    dosage = doses(hotspot, visits, nights, now)
    enough, begun = nights_enough(dosage)
    neighbours = neighbours_of(request.user, hotspot)
    context = {
        "hotspot": hotspot,
        "hours": risky_hours(hotspot),
        "kinds": list(hotspot.categories.order_by("order", "pk")),
        "map": map_of_hotspot(hotspot, outlines_of(hotspot.unit), neighbours),
        "neighbours": neighbours,
        "weeks": weeks(first_week, monday, reports, work),
        "elsewhere": reports.elsewhere,
        "dosage": dosage,
        "enough": enough,
        "begun": begun,
        "ahead": ahead,
        "over": over,
        "rounds": rounds_ahead(hotspot),
        "may_plan": may_plan(request.user, hotspot),
    }
    return render(request, "patrols/hotspot_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def hotspot_intensify(request: SignedIn, pk: int) -> HttpResponse:
    """Extra rounds on the next nights: first which nights and hours, then they are planned."""
    hotspot = get_place(request, HOTSPOTS, pk)
    if not hotspot.is_active:
        messages.error(request, _("This hotspot is not in use any more."))
        return redirect("patrols:hotspot_detail", pk)
    picks = choices_for(hotspot.unit, None, by=request.user)
    form = RoundsForm(request.POST or None, hotspot=hotspot, choices=picks)
    is_valid = request.method == "POST" and form.is_valid()
    shown = form.shown()
    # Without a script the page goes on showing the nights of before.
    is_other = is_valid and request.POST.get("shown", shown) != shown
    is_look = "preview" in request.POST
    if is_valid and not is_other and not is_look and _plan(request, form):
        return redirect("patrols:hotspot_detail", pk)
    rounds = form.schedule()
    nights = list(rounds.nights(rounds.valid_from, rounds.valid_until or rounds.valid_from))
    context = {
        "form": form,
        "hotspot": hotspot,
        "rounds": rounds,
        "shown": shown,
        "is_other": is_other and not is_look,
        "nights": [(night, rounds.times(night)) for night in nights],
        "planned": rounds_ahead(hotspot),
    }
    return render(request, "patrols/hotspot_intensify.html", context)


def _plan(request: SignedIn, form: RoundsForm) -> bool:
    """Whether they are planned now, or were by this form before; else the form says why not."""
    rounds = form.schedule()
    officers = form.people()["officers"]
    try:
        outcome = plan_rounds(
            hotspot=form.hotspot,
            rounds=rounds,
            officers=officers,
            by=request.user,
            leave_out=form.cleaned_data["leave_out"],
            client_uuid=form.cleaned_data.get("client_uuid"),
        )
    except (ScheduleClash, IntegrityError, OperationalError):
        # As for a schedule: who is busy is named; else somebody saved at the same moment.
        clashes = clash_lines(rounds, officers=officers, groups=[], by=request.user)
        form.add_clashes(clashes)
        if not clashes:
            form.add_error(
                None, _("Somebody else saved a schedule at the same moment. Please save again.")
            )
        return False
    except Conflict:
        form.add_error(None, _("This page was old. Try again."))
        return False
    except ValidationError as error:
        form.add_refusal(error)
        return False
    done = _("Extra rounds are planned: %(hours)s.") % {"hours": _hours(rounds)}
    messages.success(request, f"{done} {outcome_text(outcome)}")
    return True


def _hours(rounds: Schedule) -> str:
    return f"{rounds.start:%H.%M}–{rounds.end:%H.%M} {rounds.unit.zone_label}"


def _page_of_rounds(request: SignedIn, pk: int) -> HttpResponse:
    return redirect("patrols:hotspot_detail", _get_rounds(request, pk).hotspot_id)


@post_only(_page_of_rounds)
def rounds_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    rounds = _get_rounds(request, pk)
    require(may_plan(request.user, rounds))
    outcome = withdraw_rounds(rounds=rounds, by=request.user)
    count = len(outcome.dropped)
    words = ngettext(
        "Taken back: %(n)d night of extra rounds.",
        "Taken back: %(n)d nights of extra rounds.",
        count,
    )
    if count:
        messages.success(request, words % {"n": count})
    elif not outcome.kept:
        messages.info(request, _("No night is left to take back. What has begun goes on."))
    if outcome.kept:
        messages.warning(request, outcome_text(outcome))
    return redirect("patrols:hotspot_detail", rounds.hotspot_id)


def _get_rounds(request: SignedIn, pk: int) -> Schedule:
    rows = Schedule.objects.visible_to(request.user).exclude(hotspot=None)
    return get_object_or_404(rows.select_related("unit", "hotspot"), pk=pk)


def _get_proposal(request: SignedIn, pk: int) -> HotspotProposal:
    rows = HotspotProposal.objects.visible_to(request.user).select_related("unit", "hotspot")
    proposal = get_object_or_404(rows, pk=pk)
    require(may_decide_proposals(request.user, proposal))
    return proposal


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_decline(request: SignedIn, pk: int) -> HttpResponse:
    """Asks why, then declines."""
    proposal = _get_proposal(request, pk)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        attempt(
            request,
            lambda: decline_proposal(proposal=proposal, by=request.user, reason=reason),
            _("Declined. The system proposes this place again after 90 days, or once it grows."),
        )
        return redirect("patrols:hotspot_list")
    return render(request, "patrols/proposal_decline.html", {"form": form, "proposal": proposal})
