"""What a commander looks at: tonight, the nights ahead, the log books, and the word on each."""

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.filters import unit_key
from accounts.requests import SignedIn, attempt
from accounts.roles import Action
from patrols.filters import DutyFilter
from patrols.forms.review import CancelForm, ReviewForm
from patrols.models import Duty
from patrols.selectors.board import (
    BOARD_ROWS,
    BOARD_ROWS_OF_MANY,
    board_duties,
    board_rows,
    figures_by,
    level_below,
    nights_ahead,
    nights_by_unit,
    shown,
    tonight_in,
    waiting_logs,
)
from patrols.selectors.log import log_of, tally_of
from patrols.selectors.roll import roll_of
from patrols.services.duties import cancel_duty, restore_duty, review_duty
from patrols.views.requests import reach_duty
from patrols.workflow import DUTY_CHANGES, REVIEW_CHANGES, allowed
from reports.selectors.figures import open_figures, response_times
from territory.models import TimeZoneName, Unit
from territory.scope import rows_below
from toolkit.paging import capped_count, keyset_page

NIGHTS = 14
NEWEST_FIRST = ("-night", "-id")
ROSTER_ROWS, ROSTER_ROWS_OF_MANY = 300, 60  # one Polsek by name; several units soon as counts
FARTHEST = timedelta(days=730)
ENTRIES_TO_REVIEW = 200


def asked_unit(request: SignedIn) -> Unit | None:
    """The unit in the address; 404 for one outside the person's reach."""
    asked = unit_key(request.GET.get("unit", ""))
    if asked is None:
        return None
    unit = Unit.objects.visible_to(request.user).filter(pk=asked).first()
    if unit is None:
        raise Http404
    return unit


def require(request: SignedIn, action: Action) -> None:
    """Whether the person may do it anywhere; the row itself is asked apart."""
    if action not in request.user.scope.actions:
        raise PermissionDenied


def home_unit(request: SignedIn, unit: Unit | None) -> Unit:
    """Whose clock and name stand on the page."""
    return unit or request.user.unit or Unit(timezone=TimeZoneName.WIB)


@require_safe
def tonight(request: SignedIn) -> HttpResponse:
    require(request, Action.VIEW)
    now = timezone.now()
    unit = asked_unit(request)
    level = level_below(request.user.scope, unit)
    duties = board_duties(request.user, unit, now=now)
    own = bool(level) and request.GET.get("own") == "1"
    if own:
        duties = duties.filter(**{level: None})
    figures, lines = figures_by(duties, level, now=now)
    show = request.GET.get("show", "")
    lines = lines if level and not own and len(lines) > 1 else []
    limit = BOARD_ROWS_OF_MANY if lines and not show else BOARD_ROWS
    rows, has_more = board_rows(shown(duties, show, now=now), now=now, limit=limit)
    home = home_unit(request, unit)
    within = rows_below(unit) & (Q(**{level: None}) if own else Q())
    query = request.GET.copy()
    query.pop("show", None)
    context = {
        "unit": unit,
        "home": home,
        "reports": None if show else open_figures(request.user, within, now=now),
        "response": None if show else response_times(request.user, within, now=now),
        "night": tonight_in(home.timezone, now),
        "now": now,
        "figures": figures,
        "lines": lines,
        "rows": rows,
        "has_more": has_more,
        "show": show,
        "show_units": bool(level),
        "waiting": capped_count(waiting_logs(request.user, unit), order=NEWEST_FIRST),
        "query": query.urlencode(),
        "may_plan": Action.PLAN in request.user.scope.actions,
    }
    return render(request, "patrols/tonight.html", context)


def asked_night(request: SignedIn, default: date) -> date:
    """The night in the address, within what a calendar needs; the default for anything else."""
    try:
        asked = parse_date(request.GET.get("from", ""))
    except ValueError:
        asked = None
    return asked if asked and abs(asked - default) <= FARTHEST else default


@require_safe
def night_list(request: SignedIn) -> HttpResponse:
    """The plan: every duty of a Polsek, or how many each unit below has."""
    require(request, Action.VIEW)
    now = timezone.now()
    unit = asked_unit(request)
    home = home_unit(request, unit)
    tonight = tonight_in(home.timezone, now)
    first = asked_night(request, tonight)
    level = level_below(request.user.scope, unit)
    duties = Duty.objects.in_scope(request.user).filter(rows_below(unit))
    own = bool(level) and request.GET.get("own") == "1"
    if own:
        duties = duties.filter(**{level: None})
    limit = ROSTER_ROWS_OF_MANY if level and not own else ROSTER_ROWS
    nights = nights_ahead(duties, first, count=NIGHTS, now=now, limit=limit)
    lines = []
    if nights is None and level and not own:
        lines = nights_by_unit(request.user, duties, unit, level, first, count=NIGHTS)
    query = request.GET.copy()
    query.pop("from", None)
    context = {
        "unit": unit,
        "home": home,
        "tonight": tonight,
        "first": first,
        "last": first + timedelta(days=NIGHTS - 1),
        "earlier": first - timedelta(days=NIGHTS),
        "later": first + timedelta(days=NIGHTS),
        "nights": nights,
        "days": [first + timedelta(days=day) for day in range(NIGHTS)],
        "lines": lines,
        "show_units": bool(level),
        "query": query.urlencode(),
        "may_plan": Action.PLAN in request.user.scope.actions,
        "now": now,
    }
    return render(request, "patrols/night_list.html", context)


@require_safe
def duty_list(request: SignedIn) -> HttpResponse:
    """The log books, the newest night first."""
    require(request, Action.VIEW)
    found = DutyFilter(request.GET, user=request.user)
    rows = found.qs
    page = keyset_page(
        rows.select_related("unit", "leader"),
        order=NEWEST_FIRST,
        cursor=request.GET.get("page", ""),
        size=30,
    )
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "filter": found,
        "page": page,
        "count": capped_count(rows, order=NEWEST_FIRST),
        "query": query.urlencode(),
        "show_units": "unit" in found.filters,
        "may_review": Action.REVIEW in request.user.scope.actions,
    }
    return render(request, "patrols/duty_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def duty_review(request: SignedIn, pk: int) -> HttpResponse:
    """Approve a log, or return it with a word on what is missing."""
    duty = reach_duty(request, pk)
    if not request.user.may(Action.REVIEW, duty):
        raise PermissionDenied
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        action = "return" if request.POST.get("action") == "return" else "approve"
        try:
            review_duty(
                duty=duty, by=request.user, action=action, comment=form.cleaned_data["comment"]
            )
        except ValidationError as error:
            form.add_error(None, error)
            duty = reach_duty(request, pk)
        else:
            done = {
                "approve": _("The log of %(duty)s is approved."),
                "return": _("The log of %(duty)s has been returned."),
            }
            messages.success(request, done[action] % {"duty": duty.name})
            return redirect(f"{reverse('patrols:duty_list')}?review=waiting")
    log = log_of(duty).order_by("at", "pk")
    entries = list(log[: ENTRIES_TO_REVIEW + 1])
    context = {
        "duty": duty,
        "form": form,
        "roll": roll_of(duty),
        "tally": tally_of(duty),
        "entries": entries[:ENTRIES_TO_REVIEW],
        "has_more": len(entries) > ENTRIES_TO_REVIEW,
        "may_approve": allowed(REVIEW_CHANGES, "approve", duty.review),
        "may_return": allowed(REVIEW_CHANGES, "return", duty.review),
    }
    return render(request, "patrols/duty_review.html", context)


def reach_planned_duty(request: SignedIn, pk: int) -> Duty:
    duty = reach_duty(request, pk)
    if not request.user.may(Action.PLAN, duty):
        raise PermissionDenied
    return duty


@require_http_methods(["GET", "HEAD", "POST"])
def duty_cancel(request: SignedIn, pk: int) -> HttpResponse:
    duty = reach_planned_duty(request, pk)
    if request.method != "POST" and not allowed(DUTY_CHANGES, "cancel", duty.state):
        messages.error(
            request, _("This duty is %(state)s already.") % {"state": duty.get_state_display()}
        )
        return redirect("patrols:duty_detail", pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_duty(duty=duty, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The duty is cancelled."))
            return redirect("patrols:duty_detail", pk)
    context = {"duty": duty, "form": form, "roll": roll_of(duty)}
    return render(request, "patrols/duty_cancel.html", context)


@require_POST
def duty_restore(request: SignedIn, pk: int) -> HttpResponse:
    """Takes a cancellation back, unless the people are busy elsewhere by now."""
    duty = reach_planned_duty(request, pk)
    attempt(
        request,
        lambda: restore_duty(duty=duty, by=request.user),
        _("The duty is planned again."),
    )
    return redirect("patrols:duty_detail", pk)
