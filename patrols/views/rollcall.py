"""The roll call (apel) of a duty: each person is marked with one tap."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.views.requests import SignedIn, attempt
from patrols.forms.rollcall import GuestForm, PersonForm
from patrols.models import Attendance, AttendanceStatus, Duty
from patrols.rights import may_run
from patrols.selectors.roll import candidates_for, roll_of
from patrols.services.rollcall import (
    add_guest,
    add_member,
    add_officer,
    mark_all_present,
    mark_attendance,
    remove_attendance,
)
from patrols.views.requests import reach_run_duty
from toolkit.ui.requests import post_only

CHOICES = (
    AttendanceStatus.PRESENT,
    AttendanceStatus.LATE,
    AttendanceStatus.EXCUSED,
    AttendanceStatus.ABSENT,
)


@require_safe
def duty_rollcall(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, reach_run_duty(request, pk))


def _show(
    request: SignedIn,
    duty: Duty,
    *,
    guest_form: GuestForm | None = None,
    person_form: PersonForm | None = None,
) -> HttpResponse:
    roll = roll_of(duty)
    search = partial(candidates_for, duty, roll, request.user)
    context = {
        "duty": duty,
        "roll": roll,
        "choices": CHOICES,
        "is_open": duty.accepts_roll,
        "guest_form": guest_form or GuestForm(),
        "person_form": person_form or PersonForm(search=search),
        "candidates": list(search().words()),
        "now": timezone.now(),
    }
    return render(request, "patrols/duty_rollcall.html", context)


def _roll_url(duty_id: int, row: Attendance | None = None) -> str:
    anchor = f"#row-{row.pk}" if row else ""
    return reverse("patrols:duty_rollcall", args=[duty_id]) + anchor


def _roll_of_row(request: SignedIn, pk: int) -> HttpResponse:
    """Where a mark is made: the roll call, or for a volunteer the duty's page."""
    row = get_object_or_404(
        Attendance.objects.visible_to(request.user).select_related("duty"), pk=pk
    )
    page = "duty_rollcall" if may_run(request.user, row.duty) else "duty_detail"
    return redirect(f"patrols:{page}", row.duty_id)


@post_only("patrols:duty_rollcall")
def attendance_all(request: SignedIn, pk: int) -> HttpResponse:
    duty = reach_run_duty(request, pk)

    def mark() -> None:
        n = mark_all_present(duty=duty, by=request.user)
        done = ngettext("%(n)d person marked present.", "%(n)d people marked present.", n)
        messages.success(request, done % {"n": n})

    attempt(request, mark)
    return redirect(_roll_url(pk))


@post_only(_roll_of_row)
def attendance_mark(request: SignedIn, pk: int) -> HttpResponse:
    """Marks one person. Those who run the duty mark everybody, others only sign in themselves."""
    row = get_object_or_404(
        Attendance.objects.visible_to(request.user).select_related("duty"), pk=pk
    )
    status = request.POST.get("status", "")
    if status and status not in CHOICES and status != AttendanceStatus.REPLACEMENT:
        messages.error(request, _("This page was old. Try again."))
    else:
        attempt(request, lambda: mark_attendance(attendance=row, status=status, by=request.user))
    if may_run(request.user, row.duty) and "from_duty" not in request.POST:
        return redirect(_roll_url(row.duty_id, row))
    return redirect("patrols:duty_detail", row.duty_id)


@post_only(_roll_of_row)
def attendance_remove(request: SignedIn, pk: int) -> HttpResponse:
    row = get_object_or_404(
        Attendance.objects.visible_to(request.user).select_related("duty", "officer", "member"),
        pk=pk,
    )
    attempt(
        request,
        lambda: remove_attendance(attendance=row, by=request.user),
        _("%(person)s is no longer in the roll.") % {"person": row.person_name},
    )
    return redirect(_roll_url(row.duty_id))


@post_only("patrols:duty_rollcall")
def guest_add(request: SignedIn, pk: int) -> HttpResponse:
    duty = reach_run_duty(request, pk)
    form = GuestForm(request.POST)
    if form.is_valid():
        try:
            row = add_guest(
                duty=duty,
                name=form.cleaned_data["guest_name"],
                agency=form.cleaned_data["guest_agency"],
                by=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect(_roll_url(pk, row))
    return _show(request, duty, guest_form=form)


@post_only("patrols:duty_rollcall")
def attendance_add(request: SignedIn, pk: int) -> HttpResponse:
    """Adds an officer of the unit or a member of its groups who was not expected."""
    duty = reach_run_duty(request, pk)
    form = PersonForm(
        request.POST, search=partial(candidates_for, duty, roll_of(duty), request.user)
    )
    if form.is_valid():
        person, replaces = form.cleaned_data["person"], form.cleaned_data["replaces"]
        try:
            if isinstance(person, User):
                row = add_officer(duty=duty, officer=person, replaces=replaces, by=request.user)
            else:
                row = add_member(duty=duty, member=person, replaces=replaces, by=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect(_roll_url(pk, row))
    return _show(request, duty, person_form=form)
