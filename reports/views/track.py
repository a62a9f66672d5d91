"""The reporter follows the own report with its code, and answers. Nobody asks who they are."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from reports.forms.track import CodeForm, DisputeForm, NoteForm, RateForm, no_such_code
from reports.models import EventKind, Report, ReportPhoto
from reports.selectors.timeline import is_confirmed, public_timeline
from reports.services.reporter import (
    add_reporter_note,
    confirm_outcome,
    dispute_outcome,
    rate_report,
)
from reports.views import throttle
from reports.views.code_cookie import forget_visit, remember_code, remembered_code
from reports.workflow import ENDED, state_allows_step
from toolkit.limits.requests import address_of
from toolkit.photos.store import photo_response
from toolkit.ui.requests import post_only


def _report_of(code: str | None) -> Report | None:
    if code is None:
        return None
    rows = Report.objects.held_by(code)
    return rows.select_related("unit", "category", "duplicate_of").first()


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def report_track(request: HttpRequest) -> HttpResponse:
    """Asks for the code, and shows the report of the code that was typed last."""
    if request.method != "POST":
        report = _report_of(remembered_code(request))
        if report is not None:
            return _show(request, report)
        return render(request, "reports/report_track.html", {"form": CodeForm()})
    form = CodeForm(request.POST)
    status = 200
    # A right code always passes: nobody guesses 60 bits, and phones of one carrier share an
    # address.
    if form.is_valid() and Report.objects.held_by(form.cleaned_data["code"]).exists():
        response = redirect("reports:report_track")
        response.status_code = 303
        remember_code(response, form.cleaned_data["code"])
        return response
    if not throttle.allows(request, throttle.WRONG_CODES):
        form.errors.clear()
        form.add_error(None, _("Too many tries. Wait ten minutes, then try again."))
        status = 429
    elif form.is_valid():
        form.add_error("code", no_such_code())
    return render(request, "reports/report_track.html", {"form": form}, status=status)


def _show(
    request: HttpRequest, report: Report, status: int = 200, **refused: forms.Form
) -> HttpResponse:
    """The public timeline, and what the reporter may do now. `refused` are forms with errors, by
    their name in the template."""
    events = public_timeline(report)
    may_answer = report.state in ENDED
    context: dict[str, Any] = {
        "report": report,
        "events": events,
        # Its text names the category, which must not stand on the screen of a shared phone.
        "hidden_texts": [EventKind.CLASSIFIED] if report.is_sealed else [],
        "is_private": report.is_sealed,
        "may_answer": may_answer,
        "may_dispute": state_allows_step("dispute", report.state),
        "is_confirmed": may_answer and is_confirmed(report, events),
        "is_photo_missing": any(
            photo.is_missing for event in events for photo in event.shown_photos
        ),
        "note": NoteForm(),
        "dispute": DisputeForm(),
        "rate": RateForm(initial={"rating": report.rating}),
        **refused,
    }
    return render(request, "reports/_report_track_shown.html", context, status=status)


def _run_with_code(
    request: HttpRequest,
    action: Callable[[str], object],
    message: str,
    **sent: forms.Form,
) -> HttpResponse:
    """Calls `action` with the code from the cookie, then leads back to the report.

    `sent` is the form that was sent, by its name in the template. A form with errors is shown
    again with its words. Without a code in the cookie, the page asks for one.
    """
    report = _report_of(remembered_code(request))
    page = redirect("reports:report_track")
    if report is None:
        return page
    form = next(iter(sent.values()), forms.Form({}))
    status = 200
    if throttle.refuse_if_used_up(request, throttle.ANSWERS, form, code=report.code):
        status = 429
    elif form.is_valid():
        try:
            action(report.code)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, message)
            return page
    if sent:
        return _show(request, report, status, **sent)
    messages.error(request, " ".join(map(str, form.non_field_errors())))
    return page


@login_not_required
@sensitive_post_parameters()
@post_only("reports:report_track")
def track_note(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST, request.FILES, sender=address_of(request))

    return _run_with_code(
        request,
        lambda code: add_reporter_note(code=code, **form.cleaned_data),
        _("Thank you. The unit reads it."),
        note=form,
    )


@login_not_required
@post_only("reports:report_track")
def track_confirm(request: HttpRequest) -> HttpResponse:
    message = _("Thank you. You have confirmed the outcome.")
    return _run_with_code(request, lambda code: confirm_outcome(code=code), message)


@login_not_required
@sensitive_post_parameters()
@post_only("reports:report_track")
def track_dispute(request: HttpRequest) -> HttpResponse:
    form = DisputeForm(request.POST)
    message = _("Your report is open again. The unit reads why.")
    return _run_with_code(
        request,
        lambda code: dispute_outcome(code=code, reason=form.cleaned_data["reason"]),
        message,
        dispute=form,
    )


@login_not_required
@sensitive_post_parameters()
@post_only("reports:report_track")
def track_rate(request: HttpRequest) -> HttpResponse:
    form = RateForm(request.POST)
    return _run_with_code(
        request,
        lambda code: rate_report(code=code, **form.cleaned_data),
        _("Thank you for your rating."),
        rate=form,
    )


@login_not_required
@post_only("home")
def track_forget(request: HttpRequest) -> HttpResponse:
    """Removes the visit from this device. An officer who is signed in on it stays signed in."""
    response = redirect("home")
    forget_visit(response, signs_out=False)
    return response


@login_not_required
@require_safe
def track_photo(request: HttpRequest, pk: int, size: str) -> FileResponse:
    code = remembered_code(request)
    if code is None:
        raise Http404
    photo = get_object_or_404(ReportPhoto.objects.held_by(code), pk=pk)
    return photo_response(photo, size, name=f"foto-{photo.pk}", download=False)
