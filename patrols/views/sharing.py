"""Sharing by WhatsApp: the text of a duty or of one entry, with its photos."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedIn
from patrols.models import Duty, EntryPhoto, LogEntry
from patrols.presenters.duty_text import UNTOLD, share_text_of_duty, share_text_of_entry
from patrols.rights import may_name_residents
from patrols.selectors.log import log_of, tally_of, template_for
from patrols.selectors.roll import roll_of
from patrols.views.requests import DutyRef, get_duty_or_404
from toolkit.sharing.page import share_context

# Of a longer log the text says how many more there are.
MOST_LINES = 120


def context_of(
    request: SignedIn, duty: Duty, text: str, photos: Sequence[EntryPhoto], *, with_residents: bool
) -> dict[str, object]:
    shared = share_context(
        text,
        photos,
        photo_page="patrols:photo_view",
        title=duty.name,
        with_residents=with_residents,
    )
    return {"duty": duty, "may_name_residents": may_name_residents(request.user), **shared}


def asks_for_residents(request: SignedIn) -> bool:
    return "residents" in request.GET and may_name_residents(request.user)


@require_safe
def duty_share(request: SignedIn, pk: DutyRef) -> HttpResponse:
    duty = get_duty_or_404(request, pk)
    log = log_of(duty).standing().exclude(kind__in=UNTOLD).order_by("at", "pk")
    entries = list(log[:MOST_LINES])
    residents = asks_for_residents(request)
    text = share_text_of_duty(
        duty=duty,
        roll=roll_of(duty),
        tally=tally_of(duty),
        entries=entries,
        template=template_for(duty.unit),
        with_residents=residents,
        guests_named=may_name_residents(request.user),
    )
    photos = [photo for row in entries for photo in row.kept_photos]
    context = context_of(request, duty, text, photos, with_residents=residents)
    return render(request, "patrols/duty_share.html", context)


@require_safe
def entry_share(request: SignedIn, pk: int) -> HttpResponse:
    entry = get_object_or_404(
        LogEntry.objects.visible_to(request.user).select_related("checkpoint"), pk=pk
    )
    duty = get_duty_or_404(request, entry.duty_id)
    if entry.withdrawn_at is not None:
        messages.error(request, _("This entry has been withdrawn; it is not shared."))
        return redirect("patrols:duty_log", duty.pk)
    photos = entry.kept_photos
    residents = asks_for_residents(request)
    text = share_text_of_entry(
        entry=entry,
        duty=duty,
        roll=roll_of(duty),
        template=template_for(duty.unit),
        has_photos=bool(photos),
        with_residents=residents,
        guests_named=may_name_residents(request.user),
    )
    context = context_of(request, duty, text, photos, with_residents=residents)
    return render(request, "patrols/entry_share.html", context)
