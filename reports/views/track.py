"""What came of it: for the holder of the code, who is never asked who they are."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports import throttle
from reports.forms.track import CodeForm, DisputeForm, NoteForm, RateForm, no_such_code
from reports.models import EventKind, Report, ReportPhoto
from reports.services.reporter import (
    add_reporter_note,
    confirm_outcome,
    dispute_outcome,
    rate_report,
)
from reports.views.code_cookie import forget_visit, remember_code, remembered_code
from reports.views.public import held_back
from reports.workflow import ANSWERABLE, DISPUTABLE
from toolkit.photos.store import photo_response


def _held(code: str | None) -> Report | None:
    if code is None:
        return None
    return (
        Report.objects.held_by(code)
        .select_related("unit", "category", "duplicate_of")
        .prefetch_related(
            Prefetch("photos", ReportPhoto.objects.held_by(code), to_attr="shown_photos")
        )
        .first()
    )


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def report_track(request: HttpRequest) -> HttpResponse:
    """The code opens the report; another code opens another."""
    if request.method != "POST":
        report = _held(remembered_code(request))
        if report is not None:
            return _shown(request, report)
        return render(request, "reports/report_track.html", {"form": CodeForm()})
    form = CodeForm(request.POST)
    status = 200
    if throttle.is_used_up(request, throttle.WRONG_CODES):
        form.is_valid()
        form.errors.clear()
        form.add_error(None, _("Too many tries. Wait ten minutes, then try again."))
        status = 429
    elif form.is_valid() and Report.objects.held_by(form.cleaned_data["code"]).exists():
        response = redirect("reports:report_track")
        response.status_code = 303
        remember_code(response, form.cleaned_data["code"])
        return response
    else:
        throttle.count(request, throttle.WRONG_CODES)
        if form.is_valid():
            form.add_error("code", no_such_code())
    return render(request, "reports/report_track.html", {"form": form}, status=status)


def _shown(
    request: HttpRequest, report: Report, status: int = 200, **written: forms.Form
) -> HttpResponse:
    """The public timeline, and what may be done now. `written` are forms to be mended."""
    events = list(report.timeline.public().select_related("unit"))
    photos = report.shown_photos  # type: ignore[attr-defined]
    for event in events:
        event.shown_photos = [photo for photo in photos if photo.event_id == event.pk]  # type: ignore[attr-defined]
    may_answer = report.state in ANSWERABLE
    context: dict[str, Any] = {
        "report": report,
        "events": events,
        # It names the category, which must not stand on the screen of a shared phone.
        "untold": [EventKind.CLASSIFIED] if report.is_sealed else [],
        "is_private": report.is_sealed,
        "may_answer": may_answer,
        "may_dispute": report.state in DISPUTABLE,
        "is_confirmed": may_answer
        and any(
            event.kind == EventKind.CONFIRMED and event.at >= report.resolved_at
            for event in events
            if report.resolved_at
        ),
        "note": NoteForm(),
        "dispute": DisputeForm(),
        "rate": RateForm(initial={"rating": report.rating}),
        **written,
    }
    return render(request, "reports/_report_track_shown.html", context, status=status)


def _answer(
    request: HttpRequest,
    action: Callable[[str], object],
    done: str,
    **written: forms.Form,
) -> HttpResponse:
    """Does it with the code of the cookie and goes back to the report; what cannot be is said
    beside the words typed. Without a code there is only the form for it."""
    report = _held(remembered_code(request))
    page = redirect("reports:report_track")
    if report is None:
        return page
    form = next(iter(written.values()), forms.Form({}))
    status = 200
    if held_back(request, throttle.ANSWERS, form):
        status = 429
    elif form.is_valid():
        try:
            action(report.code)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, done)
            return page
    if written:
        return _shown(request, report, status, **written)
    messages.error(request, " ".join(map(str, form.non_field_errors())))
    return page


@login_not_required
@sensitive_post_parameters()
@require_POST
def track_note(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST, request.FILES)

    def add(code: str) -> None:
        said = form.cleaned_data
        add_reporter_note(code=code, text=said["text"], photos=said["photos"])

    return _answer(request, add, _("Thank you. The unit reads it."), note=form)


@login_not_required
@require_POST
def track_confirm(request: HttpRequest) -> HttpResponse:
    done = _("Thank you. You have confirmed the outcome.")
    return _answer(request, lambda code: confirm_outcome(code=code), done)


@login_not_required
@sensitive_post_parameters()
@require_POST
def track_dispute(request: HttpRequest) -> HttpResponse:
    form = DisputeForm(request.POST)
    done = _("Your report is open again. The unit reads why.")
    return _answer(
        request,
        lambda code: dispute_outcome(code=code, reason=form.cleaned_data["reason"]),
        done,
        dispute=form,
    )


@login_not_required
@sensitive_post_parameters()
@require_POST
def track_rate(request: HttpRequest) -> HttpResponse:
    form = RateForm(request.POST)
    return _answer(
        request,
        lambda code: rate_report(code=code, **form.cleaned_data),
        _("Thank you for your rating."),
        rate=form,
    )


@login_not_required
@require_POST
def track_forget(request: HttpRequest) -> HttpResponse:
    """Nothing of the visit stays on this device; an officer signed in on it stays so."""
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
