"""The hours somebody has served, month by month, the letter about them, and a unit's totals."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.roles import Action
from accounts.views.requests import SignedIn
from patrols.models import Attendance, Duty
from patrols.selectors.hours import (
    Served,
    first_of_month,
    hours_by_agency,
    hours_of,
    month_after,
    month_before,
    own_rows,
    people_of_month,
    person_rows,
)
from patrols.views.command import asked_part, asked_unit, home_unit
from territory.models import Unit
from toolkit.keys import row_key
from toolkit.ui.lists import query_without
from toolkit.ui.requests import require

EARLIEST = date(2015, 1, 1)


def asked_month(request: SignedIn) -> date:
    """The first day of the month in the address («2026-11»); this month where there is none, or
    one to come."""
    today = first_of_month(timezone.localdate())
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return today
    return month if EARLIEST <= month <= today else today


def months_context(request: SignedIn, month: date) -> dict[str, Any]:
    """What the pages show of the month, and its neighbours."""
    earlier, later = month_before(month), month_after(month)
    return {
        "month": month,
        "earlier": earlier if earlier >= EARLIEST else None,
        "later": later if later <= timezone.localdate() else None,
        "query": query_without(request, "month"),
        "now": timezone.now(),
    }


def _own_rows(request: SignedIn) -> tuple[Served | None, QuerySet[Attendance]]:
    return None, own_rows(request.user)


def _rows_of(request: SignedIn, key: str) -> tuple[Served, QuerySet[Attendance]]:
    found = person_rows(key, request.user)
    if found is None:
        require(person_rows(key, request.user, Action.VIEW) is None)
        raise Http404
    return found


def _hours_page(
    request: SignedIn, template: str, served: Served | None, rows: QuerySet[Attendance]
) -> HttpResponse:
    month = asked_month(request)
    hours = hours_of(rows, month)
    context = {"served": served, "hours": hours, **months_context(request, month)}
    if served is None:
        duties = Duty.objects.visible_to(request.user)
        own = duties.filter(pk__in=[row.duty_id for row in hours.rows])
        context["open"] = set(own.values_list("pk", flat=True))
    return render(request, template, context)


def _letter_page(
    request: SignedIn, template: str, served: Served | None, rows: QuerySet[Attendance]
) -> HttpResponse:
    """About the duties of one unit that have ended: its commander signs."""
    month = asked_month(request)
    hours = hours_of(rows, month)
    asked = row_key(request.GET.get("unit"))
    units = {unit.pk: unit for unit in hours.units}
    unit = units.get(asked or 0) or next(iter(units.values()), None) or Unit()
    own = None if served else hours.rows[0].member if hours.rows else None
    context = {
        "served": served,
        "person": served.person if served else own or request.user,
        "is_member": bool(served and served.group) or own is not None,
        "unit": unit,
        "hours": hours.at(unit),
        **months_context(request, month),
    }
    return render(request, template, context)


@require_safe
def my_hours(request: SignedIn) -> HttpResponse:
    return _hours_page(request, "patrols/my_hours.html", *_own_rows(request))


@require_safe
def my_letter(request: SignedIn) -> HttpResponse:
    return _letter_page(request, "patrols/my_letter.html", *_own_rows(request))


@require_safe
def person_hours(request: SignedIn, key: str) -> HttpResponse:
    """Of duties in units that the person commands."""
    return _hours_page(request, "patrols/person_hours.html", *_rows_of(request, key))


@require_safe
def person_letter(request: SignedIn, key: str) -> HttpResponse:
    return _letter_page(request, "patrols/person_letter.html", *_rows_of(request, key))


@require_safe
def attendance_month(request: SignedIn) -> HttpResponse:
    """A month of the commander's units: totals by agency, and the people by name."""
    require(Action.REVIEW in request.user.scope.actions)
    month, unit = asked_month(request), asked_unit(request)
    part = asked_part(request, unit)
    condition = request.user.scope.rows(action=Action.REVIEW)
    duties = Duty.objects.in_scope(request.user).filter(part.within)
    duties = duties.filter(condition) if condition is not None else duties.none()
    name = request.GET.get("name", "").strip().replace("\0", "")[:100]
    people, has_more = people_of_month(duties, month, name)
    lines = hours_by_agency(duties, month)
    context = {
        "home": home_unit(request, unit),
        "unit": unit,
        "lines": lines,
        "times": sum(line.times for line in lines),
        "people_count": sum(line.people for line in lines),
        "total": sum((line.hours for line in lines), timedelta()),
        "people": people,
        "has_more": has_more,
        "name": name,
        **months_context(request, month),
    }
    return render(request, "patrols/attendance_month.html", context)
