"""The roster of a week, for the wall of the guard room."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedIn
from patrols.models import Duty
from patrols.rights import may_view
from patrols.selectors.week import WEEK, nights_of_week, week_of
from patrols.views.command import asked_night, asked_part, asked_unit, home_unit
from toolkit.ui.lists import query_without
from toolkit.ui.requests import require


@require_safe
def week_print(request: SignedIn) -> HttpResponse:
    """On one A4 page, from Monday or the night that is asked for."""
    require(may_view(request.user))
    unit = asked_unit(request)
    home = home_unit(request, unit)
    part = asked_part(request, unit)
    today = home.today(timezone.now())
    first = asked_night(request, today - timedelta(days=today.weekday()))
    lines = week_of(Duty.objects.in_scope(request.user).filter(part.within), first)
    context = {
        "home": home,
        "first": first,
        "last": first + timedelta(days=WEEK - 1),
        "earlier": first - timedelta(days=WEEK),
        "later": first + timedelta(days=WEEK),
        "days": nights_of_week(first),
        "lines": lines,
        "show_units": bool(part.level),
        "query": query_without(request, "from"),
    }
    return render(request, "patrols/week_print.html", context)
