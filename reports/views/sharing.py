"""Bagikan laporan: the text units send by WhatsApp about a case, with its photos."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from photos.store import MOST_SHARED
from reports.models import ReportEvent, ReportPhoto
from reports.sharing import case_report
from reports.views.requests import reach_report
from territory.forms import ShareForm


def shared(
    text: str, photos: Sequence[Model], photo_page: str, with_residents: bool
) -> dict[str, object]:
    """What a page needs to offer a text and photos for sharing."""
    photos = photos[:MOST_SHARED]
    return {
        "form": ShareForm(initial={"text": text}),
        "whatsapp": f"https://wa.me/?text={quote(text)}",
        "photos": photos,
        "photo_urls": json.dumps([reverse(photo_page, args=[row.pk, "large"]) for row in photos]),
        "with_residents": with_residents,
    }


@require_safe
def report_share(request: SignedIn, pk: int) -> HttpResponse:
    """What is sealed is shared by number and state alone, without photos."""
    report = reach_report(request, pk)
    timeline: list[ReportEvent] = []
    photos: list[ReportPhoto] = []
    if not report.is_sealed:
        timeline = list(
            ReportEvent.objects.visible_to(request.user).filter(report=report).order_by("at", "pk")
        )
        photos = list(
            ReportPhoto.objects.visible_to(request.user).filter(report=report)[:MOST_SHARED]
        )
    numbers = "residents" in request.GET and not report.is_sealed
    text = case_report(
        report=report, timeline=timeline, has_photos=bool(photos), with_numbers=numbers
    )
    context = {"report": report, **shared(text, photos, "reports:report_photo", numbers)}
    return render(request, "reports/report_share.html", context)
