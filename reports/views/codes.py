"""The code of whoever told an officer the report: shown once to be read aloud, or given anew."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from phonenumber_field.phonenumber import PhoneNumber

from accounts.views.requests import SignedIn
from reports.models import Report
from reports.presenters.spoken_code import spoken_code
from reports.rights import may_renew_code
from reports.services.codes import note_code_shown, renew_code
from reports.views.changes import answer_if_taken_away, back_to
from reports.views.desk import get_report_or_404
from reports.views.told_cookie import Told, forget_told, keep_told, kept_told
from reports.workflow import state_allows_step
from toolkit.idempotency.sent import Sent
from toolkit.sharing.whatsapp import whatsapp_to


@require_http_methods(["GET", "HEAD", "POST"])
def report_code(request: SignedIn, pk: int) -> HttpResponse:
    """Shows the code to the officer who took the report down, also where the report went out of
    their sight. Shown again, the page only offers a new code."""
    if request.method == "POST":
        return _renew(request, pk)
    told = kept_told(request) if request.method == "GET" else None
    if told is not None:
        report = Report.objects.held_by(told.code).filter(pk=pk).select_related("category").first()
        if report is not None:
            return _show(request, report, told)
    report = get_report_or_404(request, pk)
    if not (may_renew_code(request.user, report) and state_allows_step("code", report.state)):
        return redirect("reports:report_detail", pk)
    context = {"report": report, "client_uuid": uuid.uuid4()}
    return render(request, "reports/report_code.html", context)


def _show(request: SignedIn, report: Report, told: Told) -> HttpResponse:
    track_url = request.build_absolute_uri(reverse("reports:report_track"))
    text = _("Your report's code: %(code)s. What comes of it: %(url)s") % {
        "code": report.code,
        "url": track_url,
    }
    context = {
        "report": report,
        "code": report.code,
        "groups": spoken_code(report.code),
        "track_url": track_url,
        "whatsapp": whatsapp_to(PhoneNumber.from_string(told.phone), text) if told.phone else "",
        "is_in_sight": Report.objects.visible_to(request.user).filter(pk=report.pk).exists(),
    }
    response = render(request, "reports/report_code.html", context)
    forget_told(response, report.pk)
    note_code_shown(report)
    return response


def _renew(request: SignedIn, pk: int) -> HttpResponse:
    try:
        with answer_if_taken_away(request, pk):
            sent = Sent.read(request.POST)
            code = renew_code(report=Report(pk=pk), by=request.user, sent=sent)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return back_to(request, pk)
    response = redirect("reports:report_code", pk)
    if code:
        keep_told(response, pk, Told(request.user.pk, code))
    return response
