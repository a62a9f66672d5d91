"""The roll call (apel) of a duty: each person is marked with one tap."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.views.requests import SignedIn
from patrols.forms.entries import PhotoForm
from patrols.forms.rollcall import GuestForm, PersonForm
from patrols.models import Attendance, AttendanceStatus, Duty
from patrols.presenters.roll_names import choices_of
from patrols.rights import may_run
from patrols.selectors.elsewhere import LEAVABLE, within_reach
from patrols.selectors.roll import candidates_for, person_of, roll_of
from patrols.services.duties import BusyElsewhere
from patrols.services.rollcall import (
    AttendanceConflict,
    add_guest,
    add_member,
    add_officer,
    clear_attendance,
    mark_all_present,
    mark_attendance,
    remove_attendance,
)
from patrols.views.requests import DutyRef, get_duty_to_run
from territory.times import hour
from toolkit.idempotency.fields import as_new_form
from toolkit.idempotency.sent import Sent
from toolkit.keys import row_key
from toolkit.outbox.answers import Ask, is_from_outbox, outbox_form
from toolkit.outbox.copies import copied, is_copy
from toolkit.ui.requests import attempt, post_only

CHOICES = (
    AttendanceStatus.PRESENT,
    AttendanceStatus.LATE,
    AttendanceStatus.EXCUSED,
    AttendanceStatus.ABSENT,
)


@require_safe
@copied
def duty_rollcall(request: SignedIn, pk: DutyRef) -> HttpResponse:
    return _show(request, get_duty_to_run(request, pk))


def _show(
    request: SignedIn,
    duty: Duty,
    *,
    guest_form: GuestForm | None = None,
    person_form: PersonForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    roll, now = roll_of(duty), timezone.now()
    name = request.GET.get("name", "").strip().replace("\0", "")
    found = candidates_for(duty, roll, request.user, name, is_copy=is_copy(request))
    person_form = person_form or _person_form(request, duty)
    person_form.offer(choices_of(found))
    context = {
        "duty": duty,
        "roll": roll,
        "choices": CHOICES,
        "is_open": duty.accepts_roll,
        "may_move": duty.accepts_roll and duty.state in LEAVABLE,
        "is_ahead": duty.is_ahead(now),
        "shows_code": duty.accepts_roll and duty.is_sign_in_open(now),
        "photos": [] if is_copy(request) or not duty.pk else list(duty.photos.all()),
        "photo_form": _photo_form(),
        "guest_form": guest_form or GuestForm(),
        "person_form": person_form,
        "name": name,
        "may_search": bool(name) or found.has_more,
        **more,
    }
    return TemplateResponse(request, "patrols/duty_rollcall.html", context, status=status)


def _photo_form() -> PhotoForm:
    form = PhotoForm()
    form.open_camera()
    return form


def _show_conflict(
    request: SignedIn, duty: Duty, conflict: AttendanceConflict, **forms: Any
) -> HttpResponse:
    stored = conflict.stored
    words = [stored.person_name]
    return _show(request, duty, stored=stored, stored_words=words, status=409, **forms)


def _person_form(request: SignedIn, duty: Duty, *args: Any, **kwargs: Any) -> PersonForm:
    return PersonForm(
        *args,
        find=partial(person_of, duty=duty, by=request.user),
        may_replace=not duty.is_ahead(timezone.now()),
        **kwargs,
    )


def _roll_url(duty_id: int, row: Attendance | None = None) -> str:
    anchor = f"#row-{row.pk}" if row else ""
    return reverse("patrols:duty_rollcall", args=[duty_id]) + anchor


def _find_row(request: SignedIn, pk: int) -> Attendance | None:
    """The row of a roll, None where there is none that the person may see."""
    rows = Attendance.objects.visible_to(request.user)
    return rows.select_related("duty__unit", "officer", "member__group").filter(pk=pk).first()


def _roll_of_row(request: SignedIn, pk: int) -> HttpResponse:
    """Where a mark is made: the roll call, or for a volunteer the duty's page."""
    row = _find_row(request, pk)
    if row is None:
        raise Http404
    page = "duty_rollcall" if may_run(request.user, row.duty) else "duty_detail"
    return redirect(f"patrols:{page}", row.duty_id)


def _say_gone(request: SignedIn) -> HttpResponse:
    """The answer where the row has gone out of the roll since the page was shown; else 404."""
    shown = row_key(request.POST.get("duty"))
    if shown is None:
        raise Http404
    duty = get_duty_to_run(request, shown)
    messages.error(request, _("This person is no longer in the roll."))
    return redirect(_roll_url(duty.pk))


@post_only("patrols:duty_rollcall")
@outbox_form
def attendance_all(request: SignedIn, pk: DutyRef) -> HttpResponse:
    duty = get_duty_to_run(request, pk)

    def mark() -> None:
        n = mark_all_present(duty=duty, by=request.user, sent=Sent.read(request.POST))
        done = ngettext("%(n)d person marked present.", "%(n)d people marked present.", n)
        messages.success(request, done % {"n": n})

    attempt(request, mark)
    return redirect(_roll_url(duty.pk))


@post_only(_roll_of_row)
@outbox_form
def attendance_mark(request: SignedIn, pk: int) -> HttpResponse:
    """Marks one person. Those who run the duty mark everybody, others only sign in themselves."""
    row = _find_row(request, pk)
    if row is None:
        return _say_gone(request)
    runs = may_run(request.user, row.duty)
    status, shown = request.POST.get("status", ""), request.POST.get("shown")
    is_marked = row.status not in ("", AttendanceStatus.PRESENT)
    if status not in AttendanceStatus.values:
        messages.error(request, _("This page was old. Try again."))
    elif is_marked and not runs and row.is_of(request.user) and status == AttendanceStatus.PRESENT:
        _say_mark(request, row)
    else:
        try:
            row = mark_attendance(
                attendance=row,
                status=status,
                # A mark that waited on the phone is judged by the time it was made.
                shown=None if is_from_outbox(request) else shown,
                sent=Sent.read(request.POST),
                by=request.user,
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            _say_mark(request, row)
    if runs and "from_duty" not in request.POST:
        return redirect(_roll_url(row.duty_id, row))
    return redirect("patrols:duty_detail", row.duty_id)


def _say_mark(request: SignedIn, row: Attendance) -> None:
    words = {"person": row.person_name, "status": row.get_status_display()}
    words["at"] = hour(row.at, row.duty.unit)
    messages.success(request, _("%(person)s: %(status)s, %(at)s.") % words)


@post_only(_roll_of_row)
def attendance_clear(request: SignedIn, pk: int) -> HttpResponse:
    """Takes a mark back. The roll asks first: the button stands folded beside the mark."""
    row = _find_row(request, pk)
    if row is None:
        return _say_gone(request)
    attempt(
        request,
        lambda: clear_attendance(attendance=row, by=request.user),
        _("%(person)s: not marked any more.") % {"person": row.person_name},
    )
    return redirect(_roll_url(row.duty_id, row))


@post_only(_roll_of_row)
def attendance_remove(request: SignedIn, pk: int) -> HttpResponse:
    row = _find_row(request, pk)
    if row is None:
        return _say_gone(request)
    attempt(
        request,
        lambda: remove_attendance(attendance=row, by=request.user),
        _("%(person)s is no longer in the roll.") % {"person": row.person_name},
    )
    return redirect(_roll_url(row.duty_id))


@post_only("patrols:duty_rollcall")
@outbox_form
def guest_add(request: SignedIn, pk: DutyRef) -> HttpResponse:
    duty = get_duty_to_run(request, pk)
    form = GuestForm(request.POST)
    if form.is_valid():
        try:
            row = add_guest(
                duty=duty,
                name=form.cleaned_data["guest_name"],
                agency=form.cleaned_data["guest_agency"],
                sent=form.sent(),
                by=request.user,
            )
        except AttendanceConflict as conflict:
            form = GuestForm(as_new_form(request))
            return _show_conflict(request, duty, conflict, guest_form=form)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect(_roll_url(duty.pk, row))
    return _show(request, duty, guest_form=form)


@post_only("patrols:duty_rollcall")
@outbox_form
def attendance_add(request: SignedIn, pk: DutyRef) -> HttpResponse:
    """Adds an officer of the unit or a member of its groups who was not expected."""
    duty = get_duty_to_run(request, pk)
    form = _person_form(request, duty, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        person = data["person"]
        options: dict[str, Any] = {
            "replaces": data.get("replaces", False),
            "despite": "despite" in request.POST,
            "sent": form.sent(),
        }
        try:
            if isinstance(person, User):
                row = add_officer(duty=duty, officer=person, by=request.user, **options)
            else:
                row = add_member(duty=duty, member=person, by=request.user, **options)
        except AttendanceConflict as conflict:
            form = _person_form(request, duty, as_new_form(request))
            return _show_conflict(request, duty, conflict, person_form=form)
        except BusyElsewhere as error:
            form.add_error("person", _("Is on another duty at this time."))
            busy = within_reach(error.found, request.user)
            ask = Ask(" ".join(error.messages), (("despite", "on", _("Add all the same")),))
            return _show(request, duty, person_form=form, busy=busy, ask=ask)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect(_roll_url(duty.pk, row))
    return _show(request, duty, person_form=form)
