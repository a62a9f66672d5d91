"""Late notes: what could not be stored in its log, handed to the commander, who reads it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Action
from accounts.views.requests import SignedIn
from patrols.filters import LateNoteFilter
from patrols.forms.late_notes import LateNoteForm
from patrols.models import Duty, LateNote, LateNotePhoto
from patrols.presenters.entry_text import late_note_words
from patrols.selectors.late_notes import NEWEST_FIRST, as_shown, markable
from patrols.services.late_notes import LateNoteConflict, hand_over_note, mark_note_read
from toolkit.idempotency.fields import as_new_form
from toolkit.outbox.answers import not_now, outbox_form
from toolkit.photos.store import photo_response
from toolkit.photos.words import missing_words
from toolkit.ui.lists import list_context
from toolkit.ui.requests import post_only


@require_http_methods(["GET", "HEAD", "POST"])
@outbox_form
def late_note_add(request: SignedIn) -> HttpResponse:
    stored = None
    if request.method == "POST":
        form = LateNoteForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                note, _is_new = hand_over_note(by=request.user, **form.note())
            except LateNoteConflict as conflict:
                stored = conflict.stored
                form = LateNoteForm(as_new_form(request))
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                missing = missing_words(note.photos.all())
                if later := not_now(request, is_missing=missing):
                    return later
                done = _("Handed to the commander of %(unit)s.")
                messages.success(request, done % {"unit": note.unit})
                if missing:
                    messages.warning(request, missing)
                return _redirect_to(request, note)
    else:
        form = LateNoteForm(initial={"duty": request.GET.get("duty", "")})
    context = {
        "form": form,
        "stored": stored,
        "stored_words": late_note_words(stored) if stored else [],
    }
    status = 409 if stored else 200
    return TemplateResponse(request, "patrols/late_note_add.html", context, status=status)


def _redirect_to(request: SignedIn, note: LateNote) -> HttpResponse:
    """To its duty, for who may see it still."""
    duty = note.duty
    if duty and Duty.objects.visible_to(request.user).filter(pk=duty.pk).exists():
        return redirect("patrols:duty_detail", duty.pk)
    return redirect("patrols:late_note_list")


@require_safe
def late_note_list(request: SignedIn) -> HttpResponse:
    found = LateNoteFilter(request.GET, user=request.user)
    shown = list_context(request, found, as_shown(found.qs), order=NEWEST_FIRST, size=30)
    context = {
        **shown,
        "markable": markable(shown["page"].rows, request.user),
        "heads": Action.REVIEW in request.user.scope.actions,
        "show_units": "unit" in found.filters,
    }
    return TemplateResponse(request, "patrols/late_note_list.html", context)


def _list_of_notes(request: SignedIn, pk: int) -> HttpResponse:
    return redirect("patrols:late_note_list")


@post_only(_list_of_notes)
def late_note_read(request: SignedIn, pk: int) -> HttpResponse:
    note = get_object_or_404(LateNote.objects.visible_to(request.user), pk=pk)
    mark_note_read(note=note, by=request.user)
    messages.success(request, _("Marked as read."))
    if "from_duty" in request.POST and note.duty_id:
        return redirect("patrols:duty_detail", note.duty_id)
    return redirect("patrols:late_note_list")


@require_safe
def late_note_photo(request: SignedIn, pk: int, size: str) -> FileResponse:
    photo = get_object_or_404(LateNotePhoto.objects.visible_to(request.user), pk=pk)
    return photo_response(
        photo, size, name=f"note-{photo.note_id}-{photo.pk}", download="download" in request.GET
    )
