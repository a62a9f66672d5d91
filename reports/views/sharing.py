"""Bagikan laporan: the text about a case that units send by WhatsApp, with photos."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedIn
from reports.models import ReportEvent, ReportPhoto
from reports.presenters.case_text import case_report, left_out
from reports.rights import may_work_on
from reports.views.desk import get_report_or_404
from toolkit.photos.store import MOST_SHARED
from toolkit.sharing.page import share_context


@require_safe
def report_share(request: SignedIn, pk: int) -> HttpResponse:
    """A sealed report is shared by its number and state only, without photos."""
    report = get_report_or_404(request, pk)
    timeline: list[ReportEvent] = []
    photos: list[ReportPhoto] = []
    if not report.is_sealed:
        timeline = list(
            ReportEvent.objects.visible_to(request.user).filter(report=report).order_by("at", "pk")
        )
        photos = list(
            ReportPhoto.objects.visible_to(request.user).filter(report=report).kept()[:MOST_SHARED]
        )
    may_name = may_work_on(request.user, report) and not report.is_sealed
    residents = "residents" in request.GET and may_name
    text = case_report(
        report=report, timeline=timeline, has_photos=bool(photos), with_residents=residents
    )
    context = {
        "report": report,
        "left_out": left_out(report),
        "may_name_residents": may_name,
        **share_context(
            text,
            photos,
            photo_page="reports:report_photo",
            title=report.number,
            with_residents=residents,
        ),
    }
    return render(request, "reports/report_share.html", context)
