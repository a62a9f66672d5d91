"""The schedules that make the duties: the list, the form with its preview, and ending one."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.roles import Action
from accounts.views.editing import edit_page
from accounts.views.requests import SignedIn
from patrols.forms.schedules import ScheduleEndForm, ScheduleForm, UnitForm
from patrols.models import Duty, Schedule
from patrols.presenters.schedule_text import outcome_text
from patrols.rights import may_plan
from patrols.selectors.clashes import ClashLine, clash_lines
from patrols.selectors.holes import Hole, coming_holes, holes_of_schedules
from patrols.selectors.planning import (
    choices_for,
    duties_after,
    schedule_rows,
    with_people,
)
from patrols.services.schedules import (
    Outcome,
    ScheduleClash,
    ScheduleConflict,
    end_schedule,
    preview_nights,
    save_schedule,
)
from patrols.services.teams import save_copy
from territory.models import Unit
from territory.times import night_span
from toolkit.editing import EditConflict
from toolkit.idempotency.fields import as_new_form
from toolkit.keys import row_key
from toolkit.paging import keyset_page
from toolkit.ui.requests import require

PREVIEW_NIGHTS = 14
MOST_UNITS = 1000
ENDED_ROWS = 10


def get_schedule_to_plan(request: SignedIn, pk: int) -> Schedule:
    """The schedule; 404 outside the person's scope, 403 for who may not plan for its unit."""
    rows = Schedule.objects.visible_to(request.user).select_related("unit", "leader")
    schedule = get_object_or_404(rows, pk=pk)
    require(may_plan(request.user, schedule))
    return schedule


@require_safe
def schedule_list(request: SignedIn) -> HttpResponse:
    """Current schedules by name; those that have ended stand folded below."""
    require(may_plan(request.user))
    today = timezone.localdate()
    rows = Schedule.objects.in_scope(request.user).select_related("unit", "leader")
    cursor = request.GET.get("page", "")
    page = keyset_page(
        with_people(rows.current(today)), order=["name", "id"], cursor=cursor, size=50
    )
    holes = holes_of_schedules(page.rows, now=timezone.now())
    ended = rows.filter(valid_until__lt=today).order_by("-valid_until", "-pk")
    context = {
        "page": page,
        # In the first hours of a date the night before is still on: it counts as coming.
        "schedules": schedule_rows(page.rows, today - timedelta(days=1), holes),
        "ended": list(ended[:ENDED_ROWS]) if not cursor else [],
        "show_units": len({schedule.unit_id for schedule in page.rows}) > 1,
        "query": "",
    }
    return render(request, "patrols/schedule_list.html", context)


@dataclass(frozen=True)
class Preview:
    """The coming nights with the duty the schedule would make, or None, and the holes of each; who
    is busy then."""

    nights: list[tuple[date, Duty | None, list[Hole]]]
    clashes: list[ClashLine]

    @property
    def count(self) -> int:
        return sum(duty is not None for _night, duty, _holes in self.nights)


def preview_of(form: ScheduleForm, by: User) -> Preview | None:
    """None while the times in the form have errors."""
    if not form.has_times:
        return None
    schedule = form.schedule()
    first = max(schedule.tonight(), schedule.valid_from)
    made = {
        duty.night: duty for duty in preview_nights(schedule, count=PREVIEW_NIGHTS, first=first)
    }
    days = [first + timedelta(days=number) for number in range(PREVIEW_NIGHTS)]
    clashes = clash_lines(schedule, **form.people(), by=by)
    holes = coming_holes(schedule, form.named(), form.picks.presence, now=timezone.now())
    of_night = {day: [hole for hole in holes if day in hole.nights] for day in days}
    return Preview([(day, made.get(day), of_night[day]) for day in days], clashes)


def save_form(
    request: SignedIn, form: ScheduleForm, copied: Schedule | None = None
) -> Outcome | None:
    """What saving did; None where it was refused, with the reason beside the field.

    Raises EditConflict and ScheduleConflict as `save_schedule` does.
    """
    save = partial(save_copy, source=copied) if copied else save_schedule
    try:
        return save(
            schedule=form.schedule(),
            by=request.user,
            seen=form.read_seen(),
            leave_out=form.cleaned_data["leave_out"],
            client_uuid=form.cleaned_data.get("client_uuid"),
            **form.people(),
        )
    except EditConflict:
        raise
    except (ScheduleClash, IntegrityError, OperationalError):
        # Somebody saved at the same moment, mostly: the look ahead found nobody busy, then a
        # constraint (IntegrityError) or a deadlock (OperationalError) ended it. Whoever is busy
        # now can be named.
        clashes = clash_lines(form.schedule(), **form.people(), by=request.user)
        form.add_clashes(clashes)
        if not clashes:
            form.add_error(
                None, _("Somebody else saved a schedule at the same moment. Please save again.")
            )
    except ValidationError as error:
        form.add_refusal(error)
    return None


def schedule_form(
    request: SignedIn,
    unit: Unit,
    schedule: Schedule | None,
    data: QueryDict | None,
    copied: Schedule | None = None,
) -> ScheduleForm:
    picks = choices_for(unit, schedule or copied, by=request.user)
    return ScheduleForm(data or None, unit=unit, choices=picks, instance=schedule, copied=copied)


def form_page(
    request: SignedIn,
    template: str,
    unit: Unit,
    schedule: Schedule | None,
    copied: Schedule | None = None,
) -> HttpResponse:
    """The form of a new or an old schedule. The button `preview` only shows its nights."""
    form, stored = schedule_form(request, unit, schedule, request.POST, copied), None
    only_preview = "preview" in request.POST
    if request.method == "POST" and form.is_valid() and not only_preview:
        try:
            outcome = save_form(request, form, copied)
        except EditConflict as conflict:
            # The other person may have chosen people whom this form did not offer yet.
            form = schedule_form(
                request, unit, get_schedule_to_plan(request, conflict.pk), request.POST
            )
            form.is_valid()
            form.show_conflict(conflict)
        except ScheduleConflict as conflict:
            form = schedule_form(request, unit, None, as_new_form(request), copied)
            stored = conflict.stored
        else:
            if outcome is not None:
                done = _("The schedule %(name)s is saved.") % {"name": form.cleaned_data["name"]}
                messages.success(request, f"{done} {outcome_text(outcome)}")
                return redirect("patrols:schedule_list")
    picks = form.picks
    context = {
        "form": form,
        "unit": unit,
        "schedule": schedule,
        "stored": stored,
        "copied": copied,
        "only_preview": only_preview,
        "holes": coming_holes(schedule, picks.named_now, picks.presence, now=timezone.now())
        if schedule
        else [],
        "preview": preview_of(form, request.user) if only_preview else None,
    }
    return edit_page(request, template, context, unit, status=409 if stored else 200)


def choose_unit(request: SignedIn, title: str, *, back_to: str) -> Unit | HttpResponse:
    """The unit to plan for, or the page that asks planners of several units for it, because people
    and places depend on it."""
    units = Unit.objects.visible_to(request.user).where_may(request.user, Action.PLAN)
    found = list(units.order_by("name", "pk")[:MOST_UNITS])
    require(bool(found))
    asked = request.POST.get("unit") or request.GET.get("unit") or ""
    unit = next((unit for unit in found if str(unit.pk) == asked), None)
    if len(found) == 1:
        unit = found[0]
    if unit is None:
        own = str(request.user.unit_id or "")
        form = UnitForm(request.GET if asked else None, units=found, initial={"unit": own})
        context = {"form": form, "title": title, "back_to": back_to}
        return render(request, "patrols/_choose_unit.html", context)
    return unit


@require_http_methods(["GET", "HEAD", "POST"])
def schedule_add(request: SignedIn) -> HttpResponse:
    """A new schedule, empty or with what `copy` has."""
    require(may_plan(request.user))
    copied = row_key(request.GET.get("copy"))
    if copied is not None:
        source = get_schedule_to_plan(request, copied)
        return form_page(request, "patrols/schedule_add.html", source.unit, None, source)
    unit = choose_unit(request, _("New schedule"), back_to="patrols:schedule_list")
    if isinstance(unit, HttpResponse):
        return unit
    return form_page(request, "patrols/schedule_add.html", unit, None)


@require_http_methods(["GET", "HEAD", "POST"])
def schedule_edit(request: SignedIn, pk: int) -> HttpResponse:
    schedule = get_schedule_to_plan(request, pk)
    return form_page(request, "patrols/schedule_edit.html", schedule.unit, schedule)


@require_http_methods(["GET", "HEAD", "POST"])
def schedule_end(request: SignedIn, pk: int) -> HttpResponse:
    """Shows which duties will go, then ends the schedule. A GET may ask for another last night."""
    schedule = get_schedule_to_plan(request, pk)
    tonight = max(schedule.tonight(), schedule.valid_from)
    data = request.POST if request.method == "POST" else None
    if request.method != "POST" and "last_night" in request.GET:
        data = request.GET
    form = ScheduleEndForm(data, schedule=schedule, initial={"last_night": tonight})
    last_night = tonight
    if form.is_valid():
        last_night = form.cleaned_data["last_night"]
        if request.method == "POST":
            try:
                outcome = end_schedule(schedule=schedule, last_night=last_night, by=request.user)
            except ValidationError as error:
                form.add_error("last_night", error)
            else:
                done = _("The schedule %(name)s ends after the night of %(span)s.") % {
                    "name": schedule.name,
                    "span": night_span(last_night),
                }
                messages.success(request, f"{done} {outcome_text(outcome)}")
                return redirect("patrols:schedule_list")
    going, staying = duties_after(schedule, last_night)
    context = {
        "schedule": schedule,
        "form": form,
        "last_night": last_night,
        "going": going,
        "staying": staying,
    }
    return render(request, "patrols/schedule_end.html", context)
