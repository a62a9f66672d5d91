"""Photos of the apel, on the page of its roll call."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedIn
from patrols.forms.entries import PhotoForm
from patrols.models import DutyPhoto
from patrols.rights import may_run
from patrols.services.duty_photos import DutyPhotoConflict, add_duty_photo, remove_duty_photo
from patrols.views.requests import DutyRef, get_duty_to_run
from toolkit.outbox.answers import conflict_answer, is_from_outbox, not_now, outbox_form
from toolkit.photos.store import photo_response
from toolkit.photos.words import missing_words
from toolkit.ui.requests import attempt, post_only, require


@post_only("patrols:duty_rollcall")
@outbox_form
def duty_photo_add(request: SignedIn, pk: DutyRef) -> HttpResponse:
    duty = get_duty_to_run(request, pk)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        (photo,) = form.cleaned_data["photos"]
        try:
            row = add_duty_photo(duty=duty, by=request.user, photo=photo, sent=form.sent())
            if later := not_now(request, is_missing=row.is_missing):
                return later
        except DutyPhotoConflict:
            if is_from_outbox(request):
                return conflict_answer(request, [_("photo of the apel")])
            messages.error(request, _("Another photo was stored under this number already."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            if words := missing_words([row]):
                messages.warning(request, words)
            else:
                messages.success(request, _("The photo of the apel is stored."))
    else:
        messages.error(request, " ".join(map(str, form.errors["photos"])))
    return redirect("patrols:duty_rollcall", pk)


def _roll_of_photo(request: SignedIn, pk: int) -> HttpResponse:
    photo = get_object_or_404(DutyPhoto.objects.visible_to(request.user), pk=pk)
    return redirect("patrols:duty_detail", photo.duty_id)


@post_only(_roll_of_photo)
def duty_photo_remove(request: SignedIn, pk: int) -> HttpResponse:
    rows = DutyPhoto.objects.visible_to(request.user).select_related("duty__unit")
    photo = get_object_or_404(rows, pk=pk)
    require(may_run(request.user, photo.duty))
    attempt(
        request,
        lambda: remove_duty_photo(photo=photo, by=request.user),
        _("The photo is removed."),
    )
    return redirect("patrols:duty_rollcall", photo.duty_id)


@require_safe
def duty_photo_view(request: SignedIn, pk: int, size: str) -> FileResponse:
    photo = get_object_or_404(DutyPhoto.objects.visible_to(request.user), pk=pk)
    name = f"apel-{photo.duty_id}-{photo.pk}"
    return photo_response(photo, size, name=name, download="download" in request.GET)
