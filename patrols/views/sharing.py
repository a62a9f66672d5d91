"""Sharing by WhatsApp: the text of a duty or of one entry, with its photos."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedIn
from patrols.models import LogEntry
from patrols.presenters.duty_text import MOST_LINES, duty_report, entry_report
from patrols.selectors.log import log_of, tally_of, template_for
from patrols.selectors.roll import roll_of
from patrols.views.requests import reach_duty
from toolkit.sharing.page import shared


@require_safe
def duty_share(request: SignedIn, pk: int) -> HttpResponse:
    duty = reach_duty(request, pk)
    entries = list(log_of(duty).order_by("at", "pk")[: MOST_LINES * 2])
    residents = "residents" in request.GET
    text = duty_report(
        duty=duty,
        roll=roll_of(duty),
        tally=tally_of(duty),
        entries=entries,
        template=template_for(duty.unit),
        with_residents=residents,
    )
    photos = [photo for row in entries if row.withdrawn_at is None for photo in row.photos.all()]
    context = {"duty": duty, **shared(text, photos, "patrols:photo_view", residents)}
    return render(request, "patrols/duty_share.html", context)


@require_safe
def entry_share(request: SignedIn, pk: int) -> HttpResponse:
    entry = get_object_or_404(
        LogEntry.objects.visible_to(request.user).select_related("checkpoint"), pk=pk
    )
    duty = reach_duty(request, entry.duty_id)
    photos = list(entry.photos.all())
    residents = "residents" in request.GET
    text = entry_report(
        entry=entry,
        duty=duty,
        roll=roll_of(duty),
        template=template_for(duty.unit),
        has_photos=bool(photos),
        with_residents=residents,
    )
    context = {
        "duty": duty,
        "entry": entry,
        **shared(text, photos, "patrols:photo_view", residents),
    }
    return render(request, "patrols/entry_share.html", context)
