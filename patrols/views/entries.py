"""Writing into the log of a duty, taking entries back, and their photos."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.requests import SignedIn
from patrols.forms.entries import CheckInForm, EntryForm, MissingPhotosForm
from patrols.models import Duty, EntryKind, EntryPhoto, LogEntry
from patrols.models.entries import WRITTEN_KINDS
from patrols.rights import may_add_photos, may_log
from patrols.services.entries import (
    EntryConflict,
    EntryDraft,
    MarkedAbsent,
    absence_of,
    leave_checkpoint,
    log_entry,
    why_no_entries,
    withdraw_entry,
)
from patrols.services.entry_photos import add_missing_photos
from patrols.views.requests import get_duty_or_404
from toolkit.idempotency.fields import sent_uuid
from toolkit.photos.store import photo_response
from toolkit.photos.words import missing_words
from toolkit.ui.requests import attempt, post_only, require

# What the forms of one tap send, for the page that asks first.
TAPPED = (
    *("client_uuid", "checkpoint", "lat", "lon", "accuracy_m"),
    *("device_at", "sent_at"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_add(request: SignedIn, pk: int) -> HttpResponse:
    duty = get_duty_or_404(request, pk)
    require(may_log(request.user, duty))
    # Only a GET: what a POST brings is kept in the form, which shows why the service refused it.
    if request.method != "POST" and not duty.accepts_entries:
        messages.error(request, why_no_entries(duty))
        return redirect("patrols:duty_detail", pk)
    stored = None
    if request.method == "POST":
        form = EntryForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                entry, _is_new = log_entry(
                    duty=duty,
                    by=request.user,
                    draft=form.draft(),
                    though_absent=form.cleaned_data["though_absent"],
                )
            except EntryConflict as conflict:
                stored = conflict.stored
                form = _as_new_draft(form)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, _("Written into the log."))
                _warn_of_missing(request, entry)
                return redirect("patrols:duty_detail", pk)
    else:
        wanted = request.GET.get("kind", "")
        known = wanted if wanted in WRITTEN_KINDS else EntryKind.OBSERVATION
        form = EntryForm(initial={"kind": known})
    chosen = form["kind"].value()
    kind = EntryKind(chosen if chosen in WRITTEN_KINDS else EntryKind.OBSERVATION)
    if mark := absence_of(request.user, duty):
        form.ask_presence(mark)
    photo_first = "photo" in request.GET
    if photo_first:
        form.open_camera()
    context = {
        "duty": duty,
        "form": form,
        "kind": kind,
        "stored": stored,
        "page_name": _("Photo") if photo_first else kind.label,
        "photo_first": photo_first,
    }
    return render(request, "patrols/entry_add.html", context, status=409 if stored else 200)


def _as_new_draft(form: EntryForm) -> EntryForm:
    """The typed text in a new draft. The photos must be chosen again: browsers do not keep them."""
    kept = {name: form.data.get(name) for name in ("kind", "text", "people_count")}
    return EntryForm(initial=kept)


def _log_at_once(
    request: SignedIn, duty: Duty, draft: EntryDraft, said: Callable[[LogEntry], tuple[int, str]]
) -> HttpResponse:
    """Stores the entry of one tap. `said` gives the level and the words of the message."""
    try:
        entry, _is_new = log_entry(
            duty=duty,
            by=request.user,
            draft=draft,
            though_absent="though_absent" in request.POST,
        )
    except EntryConflict:
        messages.error(request, _("This page was old. Try again."))
    except MarkedAbsent as question:
        context = {
            "duty": duty,
            "question": " ".join(question.messages),
            "sent": [(name, request.POST[name]) for name in TAPPED if name in request.POST],
        }
        return render(request, "patrols/_entry_confirm.html", context, status=409)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.add_message(request, *said(entry))
    return redirect("patrols:duty_detail", duty.pk)


def duty_of_entry(request: SignedIn, pk: int) -> HttpResponse:
    """The duty whose log holds the entry."""
    entry = get_object_or_404(LogEntry.objects.visible_to(request.user), pk=pk)
    return redirect("patrols:duty_detail", entry.duty_id)


def _said_of_check_in(entry: LogEntry) -> tuple[int, str]:
    if entry.is_outside and entry.distance_m is not None:
        words = {"m": entry.distance_m, "place": entry.checkpoint or entry.duty.place_name}
        text = _("Written, but you are %(m)d m from %(place)s: it does not count as a visit.")
        return messages.WARNING, text % words
    if entry.lat is None:
        return messages.SUCCESS, _("Checked in without a position.")
    if entry.is_position_coarse:
        text = _("Checked in, but the phone knows its position only to %(m)d m.")
        return messages.WARNING, text % {"m": entry.accuracy_m}
    return messages.SUCCESS, _("You are here: checked in.")


@post_only("patrols:duty_detail")
def check_in(request: SignedIn, pk: int) -> HttpResponse:
    duty = get_duty_or_404(request, pk)
    form = CheckInForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This page was old. Try again."))
        return redirect("patrols:duty_detail", pk)
    return _log_at_once(request, duty, form.draft(), _said_of_check_in)


@post_only("patrols:duty_detail")
def duty_nil(request: SignedIn, pk: int) -> HttpResponse:
    """Writes with one tap that there is nothing to report (nihil)."""
    draft = EntryDraft(
        kind=EntryKind.OBSERVATION,
        text=_("Nothing to report, the situation is safe and calm"),
        client_uuid=sent_uuid(request),
    )
    done = (messages.SUCCESS, _("Nothing to report: written."))
    return _log_at_once(request, get_duty_or_404(request, pk), draft, lambda _entry: done)


@post_only("patrols:duty_detail")
def checkpoint_leave(request: SignedIn, pk: int) -> HttpResponse:
    duty = get_duty_or_404(request, pk)
    attempt(
        request,
        lambda: leave_checkpoint(duty=duty, by=request.user),
        _("You have left the checkpoint."),
    )
    return redirect("patrols:duty_detail", pk)


@post_only(duty_of_entry)
def entry_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    entry = get_object_or_404(LogEntry.objects.visible_to(request.user), pk=pk)
    attempt(
        request,
        lambda: withdraw_entry(entry=entry, by=request.user),
        _("The entry has been taken back. It stays in the log, struck through."),
    )
    return redirect("patrols:duty_detail", entry.duty_id)


def _warn_of_missing(request: SignedIn, entry: LogEntry) -> None:
    if words := missing_words(entry.photos.all()):
        messages.warning(request, f"{words} {_('Add it at the entry.')}")


@require_http_methods(["GET", "HEAD", "POST"])
def entry_photos(request: SignedIn, pk: int) -> HttpResponse:
    """Adds photos that are missing, because the disk was full or the machine too busy."""
    entry = get_object_or_404(LogEntry.objects.visible_to(request.user), pk=pk)
    duty = get_duty_or_404(request, entry.duty_id)
    require(may_add_photos(request.user, entry))
    missing = missing_words(entry.photos.all())
    if not missing:
        messages.success(request, _("All photos of this entry are there."))
        return redirect("patrols:duty_detail", duty.pk)
    is_sent = request.method == "POST"
    form = MissingPhotosForm(request.POST, request.FILES) if is_sent else MissingPhotosForm()
    if is_sent and form.is_valid():
        try:
            add_missing_photos(entry=entry, by=request.user, photos=form.cleaned_data["photos"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Written into the log."))
            _warn_of_missing(request, entry)
            return redirect("patrols:duty_detail", duty.pk)
    context = {"duty": duty, "entry": entry, "form": form, "missing": missing}
    return render(request, "patrols/entry_photos.html", context)


@require_safe
def photo_view(request: SignedIn, pk: int, size: str) -> FileResponse:
    photo = get_object_or_404(EntryPhoto.objects.visible_to(request.user), pk=pk)
    return photo_response(
        photo, size, name=f"{photo.entry_id}-{photo.pk}", download="download" in request.GET
    )
