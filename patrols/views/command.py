"""A commander's pages: tonight, the nights ahead, the log books, the review of one, cancelling."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Action
from accounts.selectors.counts import capped_counts
from accounts.views.requests import SignedIn
from patrols.filters import DutyFilter
from patrols.forms.review import CancelForm, ReviewForm
from patrols.models import Attendance, Duty
from patrols.presenters.board import board_rows, roster, shown_words, trouble_of
from patrols.presenters.way import read_way
from patrols.rights import may_change, may_plan, may_view
from patrols.selectors.board import (
    Figures,
    board_duties,
    counted_by_figure,
    duties_of_nights,
    figures_by,
    level_below,
    nights_by_unit,
    tonight_in,
    troubled_first,
    waiting_logs,
)
from patrols.selectors.holes import holes_of_duties
from patrols.selectors.late_notes import late_notes_of, markable, unread_late_notes
from patrols.selectors.log import log_of, photos_awaited, tally_of
from patrols.selectors.phones import phones_on
from patrols.selectors.posts import posts_to_act_on
from patrols.selectors.roll import missing_on, missing_on_any, roll_of, turnout_of
from patrols.services.duties import cancel_duty, restore_duty, review_duty
from patrols.views.requests import DutyRef, get_duty_or_404
from patrols.workflow import DUTY_CHANGES, REVIEW_CHANGES
from reports.selectors.attention import open_reports
from reports.selectors.response import kept_response_times
from territory.models import TimeZoneName, Unit
from territory.scope import rows_below
from toolkit.keys import row_key
from toolkit.ui.lists import list_context, query_without
from toolkit.ui.requests import attempt, post_only, require
from toolkit.workflow import state_allows

NIGHTS = 14
BOARD_ROWS, BOARD_ROWS_OF_MANY = 100, 20  # fewer where the units stand above them as lines
MOST_TROUBLE = 8
NEWEST_FIRST = ("-night", "-id")
ROSTER_ROWS, ROSTER_ROWS_OF_MANY = 300, 60  # several units with more duties are shown as counts
FARTHEST = timedelta(days=730)
ENTRIES_TO_REVIEW = 200


def asked_unit(request: SignedIn) -> Unit | None:
    """The unit the address asks for, None where it names none; 404 outside the person's scope."""
    asked = row_key(request.GET.get("unit"))
    if asked is None:
        return None
    unit = Unit.objects.visible_to(request.user).with_lineage().filter(pk=asked).first()
    if unit is None:
        raise Http404
    return unit


@dataclass(frozen=True)
class Part:
    """The part of the tree of units that a page shows.

    `level` is the scope column that splits it into units ("" for none). `own` narrows it to rows
    of the unit itself, which belong to none below. `within` is the condition for its rows.
    """

    level: str
    own: bool
    within: Q

    @property
    def is_split(self) -> bool:
        return bool(self.level) and not self.own


def asked_part(request: SignedIn, unit: Unit | None) -> Part:
    level = level_below(request.user.scope, unit)
    own = bool(level) and request.GET.get("own") == "1"
    return Part(level, own, rows_below(unit) & (Q(**{level: None}) if own else Q()))


def home_unit(request: SignedIn, unit: Unit | None) -> Unit:
    """The unit whose time zone and name the page uses."""
    return unit or request.user.unit or Unit(timezone=TimeZoneName.WIB)


@require_safe
def tonight(request: SignedIn) -> HttpResponse:
    require(may_view(request.user))
    now = timezone.now()
    unit = asked_unit(request)
    home = home_unit(request, unit)
    part = asked_part(request, unit)
    duties = board_duties(request.user, part.within, now=now)
    asked = request.GET.get("show", "")
    show_words = shown_words(asked)
    show = asked if show_words else ""
    figures: Figures | None = None
    lines: list[Figures] = []
    if show or part.is_split:
        figures, lines = figures_by(duties, part.level, now=now)
        lines = lines if part.is_split and len(lines) > 1 else []
    found, has_more = troubled_first(
        counted_by_figure(duties, show, now=now),
        now=now,
        limit=BOARD_ROWS_OF_MANY if lines and not show else BOARD_ROWS,
    )
    turnout = turnout_of(found)
    if figures is None:
        figures = (
            figures_by(duties, part.level, now=now)[0]
            if has_more
            else Figures.of(found, turnout, now=now)
        )
    # Of all duties of tonight, more than are found above.
    short = bool(figures.short) and not show
    missing: list[Attendance] = []
    if short:
        most = MOST_TROUBLE + 1
        missing = (
            missing_on_any(duties, limit=most)
            if has_more
            else missing_on(found, turnout, limit=most)
        )
    phones = phones_on(request.user, found, missing)
    rows = board_rows(found, turnout, holes_of_duties(found), now=now, phones=phones)
    counts = capped_counts(request.user, _counted(request, unit))
    context = {
        "unit": unit,
        "home": home,
        "trouble": None if show else trouble_of(rows, missing, phones, most=MOST_TROUBLE),
        "posts": [] if show else posts_to_act_on(request.user, part.within, now=now),
        "reports": None if show else open_reports(request.user, part.within, now=now),
        "response": None if show else kept_response_times(request.user, part.within),
        "night": tonight_in(home.timezone, now),
        "now": now,
        "figures": figures,
        "lines": lines,
        "rows": rows,
        "has_more": has_more,
        "show": show,
        "show_words": show_words,
        "show_units": bool(part.level),
        "waiting": counts["waiting"],
        "late_notes": counts.get("late_notes"),
        "query": query_without(request, "show"),
        "may_plan": may_plan(request.user),
    }
    return render(request, "patrols/tonight.html", context)


def _counted(request: SignedIn, unit: Unit | None) -> dict[str, QuerySet[Any]]:
    """Logs that wait for approval; late notes only for who heads a unit."""
    user = request.user
    counted: dict[str, QuerySet[Any]] = {
        "waiting": waiting_logs(user, unit).order_by(*NEWEST_FIRST)
    }
    if Action.REVIEW in user.scope.actions:
        counted["late_notes"] = unread_late_notes(user, unit).order_by()
    return counted


def asked_night(request: SignedIn, default: date) -> date:
    """The night in the address; the default where it is no date or more than two years away."""
    try:
        asked = parse_date(request.GET.get("from", ""))
    except ValueError:
        asked = None
    return asked if asked and abs(asked - default) <= FARTHEST else default


@require_safe
def night_list(request: SignedIn) -> HttpResponse:
    """The roster of 14 nights: each duty, or where these are many how many each unit has."""
    require(may_view(request.user))
    now = timezone.now()
    unit = asked_unit(request)
    home = home_unit(request, unit)
    part = asked_part(request, unit)
    tonight = tonight_in(home.timezone, now)
    first = asked_night(request, tonight)
    duties = Duty.objects.in_scope(request.user).filter(part.within)
    limit = ROSTER_ROWS_OF_MANY if part.is_split else ROSTER_ROWS
    found = duties_of_nights(duties, first, count=NIGHTS, limit=limit)
    by_duty, lines = None, []
    if found is not None:
        rows = board_rows(found, turnout_of(found), holes_of_duties(found), now=now)
        by_duty = roster(rows, first, count=NIGHTS)
    elif part.is_split:
        lines = nights_by_unit(request.user, duties, unit, part.level, first, count=NIGHTS)
    context = {
        "unit": unit,
        "home": home,
        "tonight": tonight,
        "first": first,
        "last": first + timedelta(days=NIGHTS - 1),
        "earlier": first - timedelta(days=NIGHTS),
        "later": first + timedelta(days=NIGHTS),
        "roster": by_duty,
        "days": [first + timedelta(days=day) for day in range(NIGHTS)],
        "lines": lines,
        "show_units": bool(part.level),
        "query": query_without(request, "from"),
        "may_plan": may_plan(request.user),
        "now": now,
    }
    return render(request, "patrols/night_list.html", context)


@require_safe
def duty_list(request: SignedIn) -> HttpResponse:
    """The log books, the newest night first."""
    require(may_view(request.user))
    found = DutyFilter(request.GET, user=request.user)
    rows = found.qs.select_related("unit", "leader")
    context = {
        **list_context(request, found, rows, order=NEWEST_FIRST, size=30),
        "show_units": "unit" in found.filters,
        "may_review": Action.REVIEW in request.user.scope.actions,
    }
    return render(request, "patrols/duty_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def duty_review(request: SignedIn, pk: DutyRef) -> HttpResponse:
    """Approves a log, or returns it with a comment on what is missing."""
    duty = get_duty_or_404(request, pk)
    require(may_change(request.user, duty, REVIEW_CHANGES["approve"]))
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        action = "return" if request.POST.get("action") == "return" else "approve"
        try:
            review_duty(
                duty=duty, by=request.user, action=action, comment=form.cleaned_data["comment"]
            )
        except ValidationError as error:
            form.add_error(None, error)
            duty = get_duty_or_404(request, pk)
        else:
            done = {
                "approve": _("The log of %(duty)s is approved."),
                "return": _("The log of %(duty)s has been returned."),
            }
            messages.success(request, done[action] % {"duty": duty.name})
            return redirect(f"{reverse('patrols:duty_list')}?review=waiting")
    log = log_of(duty).order_by("at", "pk")
    entries = list(log[: ENTRIES_TO_REVIEW + 1])
    late_notes = late_notes_of(duty, request.user)
    context = {
        "duty": duty,
        "form": form,
        "roll": roll_of(duty),
        "tally": tally_of(duty),
        "way": read_way(duty),
        "entries": entries[:ENTRIES_TO_REVIEW],
        "has_more": len(entries) > ENTRIES_TO_REVIEW,
        "awaited": photos_awaited(duty),
        "late_notes": late_notes,
        "markable": markable(late_notes, request.user),
        "may_approve": state_allows(REVIEW_CHANGES, "approve", duty.review),
        "may_return": state_allows(REVIEW_CHANGES, "return", duty.review),
    }
    return render(request, "patrols/duty_review.html", context)


def get_duty_to_cancel(request: SignedIn, pk: DutyRef) -> Duty:
    """The duty, for who may cancel and restore it; whether its state allows it is asked later."""
    duty = get_duty_or_404(request, pk)
    require(may_change(request.user, duty, DUTY_CHANGES["cancel"]))
    return duty


@require_http_methods(["GET", "HEAD", "POST"])
def duty_cancel(request: SignedIn, pk: DutyRef) -> HttpResponse:
    duty = get_duty_to_cancel(request, pk)
    if request.method != "POST" and not state_allows(DUTY_CHANGES, "cancel", duty.state):
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


@post_only("patrols:duty_detail")
def duty_restore(request: SignedIn, pk: DutyRef) -> HttpResponse:
    """Undoes a cancellation. Refused where somebody of the roll is expected elsewhere by now."""
    duty = get_duty_to_cancel(request, pk)
    attempt(
        request,
        lambda: restore_duty(duty=duty, by=request.user),
        _("The duty is planned again."),
    )
    return redirect("patrols:duty_detail", pk)
