"""Activities: written once, read, corrected, taken back, shared."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Action
from accounts.views.editing import edit_page
from accounts.views.requests import SignedIn
from programs.filters import ActivityFilter
from programs.forms.activities import ActivityAddForm, ActivityEditForm, ActivityPhotoForm
from programs.models import Activity, ActivityPhoto
from programs.models.activities import NEWEST_FIRST
from programs.presenters.activity_text import activity_words, share_text_of_activity
from programs.rights import may_correct, may_log_activity, may_see_activities
from programs.selectors.activities import as_shown, has_resident, sheets_of
from programs.selectors.choices import unit_to_log
from programs.services.activities import (
    ActivityConflict,
    ActivityPhotoConflict,
    add_activity_photo,
    correct_activity,
    withdraw_activity,
    write_activity,
)
from territory.models import TimeZoneName, Unit
from toolkit.editing import EditConflict
from toolkit.idempotency.fields import as_new_form
from toolkit.outbox.answers import conflict_answer, is_from_outbox, not_now, outbox_form
from toolkit.outbox.copies import copied, is_copy
from toolkit.photos.store import photo_response
from toolkit.photos.words import missing_words
from toolkit.sharing.page import share_context
from toolkit.ui.lists import list_context
from toolkit.ui.requests import attempt, post_only, require

RELATED = ("kind", "village", "group", "unit", "author")


def get_activity_or_404(request: SignedIn, pk: int, *more: str) -> Activity:
    """With what its pages name, and `more`."""
    rows = Activity.objects.visible_to(request.user).select_related(*RELATED, *more)
    return get_object_or_404(rows, pk=pk)


@require_safe
def activity_list(request: SignedIn) -> HttpResponse:
    require(may_see_activities(request.user))
    found = ActivityFilter(request.GET, user=request.user)
    shown = list_context(request, found, as_shown(found.qs), order=NEWEST_FIRST, size=50)
    context = {
        **shown,
        "show_units": "unit" in found.filters,
        "may_log": may_log_activity(request.user),
        "heads": Action.REVIEW in request.user.scope.actions,
    }
    return TemplateResponse(request, "programs/activity_list.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@copied
@outbox_form
def activity_add(request: SignedIn) -> HttpResponse:
    user, is_sent = request.user, request.method == "POST"
    require(is_sent or may_log_activity(user))
    unit = unit_to_log(user)
    home = unit or Unit(timezone=TimeZoneName.WIB)
    make_form = partial(ActivityAddForm, by=user, home=home)
    stored = None
    if is_sent:
        form = make_form(request.POST, request.FILES)
        if form.is_valid():
            try:
                activity, _is_new = write_activity(draft=form.draft(), unit=unit, by=user)
            except ActivityConflict as conflict:
                stored = conflict.stored
                form = make_form(as_new_form(request))
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return _written(request, activity, form)
    else:
        form = make_form(is_copy=is_copy(request))
    context = {
        "form": form,
        "stored": stored,
        "stored_words": activity_words(stored) if stored else [],
    }
    status = 409 if stored else 200
    return TemplateResponse(request, "programs/activity_add.html", context, status=status)


def _written(request: SignedIn, activity: Activity, form: ActivityAddForm) -> HttpResponse:
    if form.cleaned_data["photos"] or form.cleaned_data["gallery"]:
        missing = missing_words(activity.photos.all())
        if later := not_now(request, is_missing=missing):
            return later
        if missing:
            messages.warning(request, missing)
    messages.success(request, _("Written down. Its forms are made of it below."))
    return redirect("programs:activity_detail", activity.pk)


@require_safe
def activity_detail(request: SignedIn, pk: int) -> HttpResponse:
    activity = get_activity_or_404(request, pk)
    sheets = sheets_of(activity)
    context = {
        "activity": activity,
        "to_copy": [sheet for sheet in sheets if sheet.system],
        "on_paper": [sheet for sheet in sheets if not sheet.system],
        "has_resident": has_resident(activity, request.user),
        "is_own": activity.author_id == request.user.pk,
        "may_correct": may_correct(request.user, activity),
        "photos": activity.photos.all(),
    }
    return render(request, "programs/activity_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: SignedIn, pk: int) -> HttpResponse:
    activity = get_activity_or_404(request, pk)
    require(activity.author_id == request.user.pk)
    if not may_correct(request.user, activity):
        messages.error(request, _("It can be corrected for seven days. Tell your commander."))
        return redirect("programs:activity_detail", pk)
    form = ActivityEditForm(request.POST or None, by=request.user, activity=activity)
    if request.method == "POST" and form.is_valid():
        try:
            correct_activity(
                activity=activity,
                by=request.user,
                draft=form.draft(),
                wanted=form.wanted_values(),
                seen=form.read_seen(),
            )
        except EditConflict as conflict:
            form.show_conflict(conflict)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Corrected. What stood there before stays in the history."))
            return redirect("programs:activity_detail", pk)
    context = {"form": form, "activity": activity}
    return edit_page(request, "programs/activity_edit.html", context, activity.unit)


@post_only("programs:activity_detail")
def activity_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    activity = get_activity_or_404(request, pk)
    done = _("Taken back: it counts no more.")
    attempt(request, lambda: withdraw_activity(activity=activity, by=request.user), done)
    return redirect("programs:activity_detail", pk)


@require_safe
def activity_share(request: SignedIn, pk: int) -> HttpResponse:
    activity = get_activity_or_404(request, pk)
    if activity.withdrawn_at is not None:
        messages.error(request, _("It was taken back; it is not shared."))
        return redirect("programs:activity_detail", pk)
    photos = activity.kept_photos
    text = share_text_of_activity(activity, has_photos=bool(photos))
    shared = share_context(
        text,
        photos,
        photo_page="programs:activity_photo",
        title=str(activity.kind),
        with_residents=False,
    )
    return render(request, "programs/activity_share.html", {"activity": activity, **shared})


@require_safe
def activity_photo(request: SignedIn, pk: int, size: str) -> FileResponse:
    photo = get_object_or_404(ActivityPhoto.objects.visible_to(request.user), pk=pk)
    name = f"{photo.activity_id}-{photo.pk}"
    return photo_response(photo, size, name=name, download="download" in request.GET)


def activity_of_uuid(request: SignedIn, key: UUID) -> HttpResponse:
    return redirect("programs:activity_detail", get_by_uuid_or_404(request, key).pk)


def get_by_uuid_or_404(request: SignedIn, key: UUID) -> Activity:
    return get_object_or_404(Activity.objects.visible_to(request.user), client_uuid=key)


@post_only(activity_of_uuid)
@outbox_form
def activity_photo_add(request: SignedIn, key: UUID) -> HttpResponse:
    """One photo, which the phone sends after the activity that announced it."""
    activity = get_by_uuid_or_404(request, key)
    require(activity.author_id == request.user.pk)
    form = ActivityPhotoForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        (photo,) = data["photos"] or data["gallery"]
        try:
            row, _is_new = add_activity_photo(
                activity=activity,
                by=request.user,
                photo=photo,
                from_gallery=not data["photos"],
                sent=form.sent(),
            )
        except ActivityPhotoConflict as conflict:
            words = _("Another photo was stored under this number already.")
            if is_from_outbox(request):
                return conflict_answer(request, [words, *activity_words(conflict.stored.activity)])
            messages.error(request, words)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            if later := not_now(request, is_missing=row.is_missing):
                return later
            messages.success(request, _("The photo has arrived."))
    else:
        refused = (str(message) for errors in form.errors.values() for message in errors)
        messages.error(request, " ".join(refused))
    return redirect("programs:activity_detail", activity.pk)
