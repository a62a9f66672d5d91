"""Writing into the log of a duty, taking entries back, and their photos."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.requests import SignedIn
from patrols.forms.entries import CheckInForm, EntryForm, MissingPhotosForm, PhotoForm
from patrols.models import Duty, EntryKind, EntryPhoto, LogEntry
from patrols.models.entries import WRITTEN_KINDS
from patrols.presenters.entry_text import entry_words, photo_words
from patrols.rights import may_add_photos, may_log
from patrols.services.entries import (
    EntryConflict,
    EntryDraft,
    MarkedAbsent,
    absence_of,
    heard_of,
    leave_checkpoint,
    log_entry,
    why_no_entries,
    withdraw_entry,
)
from patrols.services.entry_photos import PhotoConflict, add_missing_photos, add_photo
from patrols.services.findings import report_finding
from patrols.services.sent_again import sent_before
from patrols.views.requests import DutyRef, get_duty_or_404, get_duty_to_log
from territory.scope import unscoped
from toolkit.idempotency.fields import sent_uuid
from toolkit.idempotency.sent import Sent
from toolkit.outbox.answers import Ask, conflict_answer, is_from_outbox, not_now, outbox_form
from toolkit.outbox.copies import copied
from toolkit.photos.store import photo_response
from toolkit.photos.words import missing_words
from toolkit.ui.requests import attempt, post_only, require

# What the forms of one tap send, for the page that asks first.
TAPPED = (
    *("client_uuid", "checkpoint", "plate", "lat", "lon", "accuracy_m"),
    *("device_at", "sent_at"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@copied
@outbox_form
def entry_add(request: SignedIn, pk: DutyRef) -> HttpResponse:
    is_sent = request.method == "POST"
    form = EntryForm(request.POST, request.FILES) if is_sent else None
    if form and (entry := _sent_before(request, pk, form)):
        return _written(request, entry, pk, form)
    duty = get_duty_to_log(request, pk)
    # Only a GET: what a POST brings is kept in the form, which shows why the service refused it.
    if not is_sent and not duty.accepts_entries:
        messages.error(request, why_no_entries(duty))
        return redirect("patrols:duty_detail", pk)
    stored = ask = None
    if form:
        if form.is_valid():
            try:
                entry = _stored(
                    request,
                    duty,
                    form.draft(),
                    though_absent=form.cleaned_data["though_absent"],
                )
                if form.cleaned_data["make_report"]:
                    _report(request, entry)
            except EntryConflict as conflict:
                stored = conflict.stored
                form = _as_new_draft(form)
            except MarkedAbsent as question:
                ask = _ask_presence(question)
                form.add_error(None, question.messages)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                return _written(request, entry, pk, form)
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
        "stored_words": entry_words(stored) if stored else [],
        "ask": ask,
        "page_name": _("Photo") if photo_first else kind.label,
        "photo_first": photo_first,
    }
    status = 409 if stored else 200
    return TemplateResponse(request, "patrols/entry_add.html", context, status=status)


def _sent_before(request: SignedIn, pk: DutyRef, form: EntryForm) -> LogEntry | None:
    """The entry, where nothing is left to do with it. Files are not read before the right to write
    is known."""
    if request.FILES or not form.is_valid() or form.cleaned_data["make_report"]:
        return None
    return sent_before(duty=pk, by=request.user, draft=form.draft())


def _written(request: SignedIn, entry: LogEntry, pk: DutyRef, form: EntryForm) -> HttpResponse:
    messages.success(request, _("Written into the log."))
    if form.cleaned_data["photos"] or entry.photos_to_come:
        _warn_of_missing(request, entry)
    return redirect(_after(entry, pk, is_report=form.cleaned_data["make_report"]))


def _after(entry: LogEntry, pk: DutyRef, *, is_report: bool) -> str:
    """The duty's page. After a finding that is no report it offers to make it one."""
    page = reverse("patrols:duty_detail", args=[pk])
    if entry.kind == EntryKind.FINDING and not is_report:
        return f"{page}?{urlencode({'finding': entry.pk})}"
    return page


def _stored(request: SignedIn, duty: Duty, draft: EntryDraft, *, though_absent: bool) -> LogEntry:
    entry, _is_new = log_entry(duty=duty, by=request.user, draft=draft, though_absent=though_absent)
    return entry


def _report(request: SignedIn, entry: LogEntry) -> None:
    """A finding that cannot become a report stays in the log, where it has a button for that."""
    if not may_log(request.user, entry.duty):
        return
    try:
        report_finding(entry=entry, by=request.user)
    except ValidationError as error:
        why = {"why": " ".join(error.messages)}
        messages.warning(request, _("It has not become a report: %(why)s") % why)


def _ask_presence(question: MarkedAbsent) -> Ask:
    return Ask(" ".join(question.messages), (("though_absent", "on", _("Yes, I am there")),))


def _as_new_draft(form: EntryForm) -> EntryForm:
    """The typed text in a new draft. The photos must be chosen again: browsers do not keep them."""
    kept = {name: form.data.get(name) for name in ("kind", "text", "people_count")}
    return EntryForm(initial=kept)


def _log_at_once(
    request: SignedIn, duty: Duty, draft: EntryDraft, said: Callable[[LogEntry], tuple[int, str]]
) -> HttpResponse:
    """Stores the entry of one tap. `said` gives the level and the words of the message."""
    try:
        entry = _stored(request, duty, draft, though_absent="though_absent" in request.POST)
    except EntryConflict as conflict:
        if is_from_outbox(request):
            return conflict_answer(request, entry_words(conflict.stored))
        messages.error(request, _("This page was old. Try again."))
    except MarkedAbsent as question:
        ask = _ask_presence(question)
        sent = [(name, request.POST[name]) for name in TAPPED if name in request.POST]
        context = {"duty": duty, "ask": ask, "sent": sent}
        return TemplateResponse(request, "patrols/_entry_confirm.html", context, status=409)
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
@outbox_form
def check_in(request: SignedIn, pk: DutyRef) -> HttpResponse:
    duty = get_duty_to_log(request, pk)
    form = CheckInForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This page was old. Try again."))
        return redirect("patrols:duty_detail", pk)
    return _log_at_once(request, duty, form.draft(), _said_of_check_in)


@post_only("patrols:duty_detail")
@outbox_form
def duty_nil(request: SignedIn, pk: DutyRef) -> HttpResponse:
    """Writes with one tap that there is nothing to report (nihil)."""
    sent = Sent.read(request.POST) or Sent()
    draft = EntryDraft(
        kind=EntryKind.OBSERVATION,
        text=_("Nothing to report, the situation is safe and calm"),
        client_uuid=sent.client_uuid,
        device_at=sent.device_at,
        sent_at=sent.sent_at,
    )
    done = (messages.SUCCESS, _("Nothing to report: written."))
    return _log_at_once(request, get_duty_to_log(request, pk), draft, lambda _entry: done)


@post_only("patrols:duty_detail")
@outbox_form
def checkpoint_leave(request: SignedIn, pk: DutyRef) -> HttpResponse:
    duty = get_duty_or_404(request, pk)
    attempt(
        request,
        lambda: leave_checkpoint(duty=duty, by=request.user, sent=Sent.read(request.POST)),
        _("You have left the checkpoint."),
    )
    heard_of(duty.pk)
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


def entry_by_uuid(request: SignedIn, key: UUID) -> LogEntry:
    return get_object_or_404(LogEntry.objects.visible_to(request.user), client_uuid=key)


def _entry_of_photo(request: SignedIn, key: UUID) -> LogEntry:
    """As `get_duty_to_log`: a photo stored before opens its entry."""
    own = Q(author=request.user, photos__client_uuid=sent_uuid(request))
    rows = unscoped(LogEntry.objects, "the person's own, whose photo the phone sends once more")
    found = rows.filter(own, client_uuid=key).first()
    return found or entry_by_uuid(request, key)


def duty_of_uuid(request: SignedIn, key: UUID) -> HttpResponse:
    return redirect("patrols:duty_detail", entry_by_uuid(request, key).duty_id)


@post_only(duty_of_uuid)
@outbox_form
def photo_add(request: SignedIn, key: UUID) -> HttpResponse:
    """One photo, which the phone sends after the entry that announced it."""
    entry = _entry_of_photo(request, key)
    require(may_add_photos(request.user, entry))
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        (photo,) = form.cleaned_data["photos"]
        try:
            row, _is_new = add_photo(entry=entry, by=request.user, photo=photo, sent=form.sent())
            heard_of(entry.duty_id)
            if later := not_now(request, is_missing=row.is_missing):
                return later
        except PhotoConflict as conflict:
            if is_from_outbox(request):
                return conflict_answer(request, photo_words(conflict.stored))
            messages.error(request, _("Another photo was stored under this number already."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The photo has arrived."))
    else:
        messages.error(request, " ".join(map(str, form.errors["photos"])))
    return redirect("patrols:duty_detail", entry.duty_id)


@require_safe
def photo_view(request: SignedIn, pk: int, size: str) -> FileResponse:
    photo = get_object_or_404(EntryPhoto.objects.visible_to(request.user), pk=pk)
    return photo_response(
        photo, size, name=f"{photo.entry_id}-{photo.pk}", download="download" in request.GET
    )
