"""A person's own nights, the page of one duty, and its steps from the start to the end."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Action
from accounts.selectors.titles import title_of
from accounts.views.requests import SignedIn
from patrols.extensions import deeds_of_day
from patrols.forms.duties import DutyBeginForm, DutyEndForm
from patrols.models import Duty
from patrols.models.entries import WRITTEN_KINDS
from patrols.presenters.calls import call_leader, call_missing
from patrols.presenters.duty_steps import steps_for
from patrols.presenters.duty_text import proposed_summary
from patrols.presenters.maps import map_of_night
from patrols.presenters.swap_text import swap_rows
from patrols.presenters.way import advised_so_far, read_way
from patrols.rights import (
    has_left,
    may_ask_swap,
    may_begin,
    may_confirm_handover,
    may_keep_post,
    may_log,
    may_read_advice,
    may_run,
    may_withdraw,
)
from patrols.selectors.elsewhere import people_elsewhere, within_reach
from patrols.selectors.findings import open_to, unreported
from patrols.selectors.handovers import handovers_of
from patrols.selectors.hotspots import hotspots_of
from patrols.selectors.late_notes import late_notes_of, markable
from patrols.selectors.log import log_of, round_of, tally_of
from patrols.selectors.nights import duties_to_write_on, my_nights
from patrols.selectors.phones import phones_on
from patrols.selectors.posts import troubled_items
from patrols.selectors.roll import Roll, roll_of
from patrols.selectors.swaps import asked_of, swaps_of_duty
from patrols.selectors.way import stops_advised
from patrols.services.duties import (
    BusyElsewhere,
    DutyConflict,
    end_duty,
    resume_duty,
    review_duty,
    start_duty,
    start_unscheduled,
)
from patrols.services.moves import start_with_moves
from patrols.views.copies import duty_copy
from patrols.views.requests import DutyRef, get_duty_or_404, get_duty_to_run
from patrols.workflow import DUTY_CHANGES, DutyState, ReviewState
from reports.selectors.mine import my_open_reports
from toolkit.idempotency.fields import as_new_form
from toolkit.idempotency.sent import Sent
from toolkit.keys import row_key
from toolkit.outbox.answers import Ask, is_from_outbox, outbox_form
from toolkit.outbox.copies import copied, is_copy
from toolkit.paging import keyset_page
from toolkit.ui.requests import attempt, post_only, require
from toolkit.workflow import state_allows

LOG_ROWS = 1000


@require_safe
@copied
def my_day(request: SignedIn) -> HttpResponse:
    now = timezone.now()
    nights = my_nights(request.user, now=now)
    runs = {row.duty_id for row in nights.current if may_run(request.user, row.duty)}
    # A returned log is shown only to those who can send it again, so not to volunteers.
    nights.unfinished = [
        row
        for row in reversed(nights.unfinished)
        if row.duty_id in runs or row.duty.state == DutyState.RUNNING
    ]
    running = next((row for row in nights.current if row.duty.state == DutyState.RUNNING), None)
    ready = next((row for row in nights.tonight if row.duty.is_ready(now)), None)
    context = {
        "nights": nights,
        "now": now,
        "first": running or ready,
        "may_start": runs,
        "may_begin": may_begin(request.user),
        "swaps_asked": 0 if is_copy(request) else asked_of(request.user, now=now),
        "deeds": [deed for deeds in deeds_of_day(request.user) for deed in deeds],
        "may_answer": Action.LOG in request.user.scope.actions,
        "reports": my_open_reports(request.user)
        if Action.LOG in request.user.scope.actions and not is_copy(request)
        else [],
    }
    return render(request, "patrols/my_day.html", context)


@require_safe
@copied
def duty_detail(request: SignedIn, pk: DutyRef) -> HttpResponse:
    duty = get_duty_or_404(request, pk)
    if is_copy(request):
        return duty_copy(request, duty)
    now = timezone.now()
    roll = roll_of(duty)
    own = roll.of(request.user)
    may_write = may_log(request.user, duty, in_roll=own is not None)
    page = keyset_page(
        log_of(duty), order=["-at", "-id"], cursor=request.GET.get("page", ""), size=50
    )
    patrol_round = round_of(duty, request.user) if duty.state == DutyState.RUNNING else None
    stops = [stop.checkpoint for stop in patrol_round.stops] if patrol_round else None
    hotspots = (
        hotspots_of(duty, now=now, stops=stops)
        if duty.state in (DutyState.PLANNED, DutyState.RUNNING)
        else []
    )
    late_notes = late_notes_of(duty, request.user)
    heads = request.user.may(Action.REVIEW, duty) and own is None
    missing = roll.missing if heads and duty.is_roll_due(now) else []
    is_on = duty.state in (DutyState.PLANNED, DutyState.RUNNING)
    phones = phones_on(request.user, [duty] if is_on else [], missing if is_on else [])
    asked = row_key(request.GET.get("finding"))
    context = {
        "duty": duty,
        "photos": list(duty.photos.kept()),
        "finding": unreported(page.rows, asked) if may_write else None,
        "roll": roll,
        "missing": [(row, call_missing(row, duty, phones.of(row))) for row in missing],
        "call": call_leader(duty, phones.of_leader(duty), now),
        "own": own,
        "swaps": swap_rows(swaps_of_duty(duty), request.user)
        if duty.state == DutyState.PLANNED
        else [],
        "may_ask_swap": may_ask_swap(request.user, duty, own, now=now),
        "steps": steps_for(duty, request.user, own=own, now=now),
        "may_write": may_write and duty.accepts_entries,
        "round": patrol_round,
        "advised": advised_so_far(stops_advised(duty), patrol_round.check_ins)
        if patrol_round
        else [],
        "hotspots": hotspots,
        "may_read_advice": may_read_advice(request.user),
        "kinds": WRITTEN_KINDS,
        "page": page,
        "late_notes": late_notes,
        "markable": markable(late_notes, request.user),
        "may_report": may_write,
        "open_reports": open_to(request.user, page.rows),
        "undoable": {
            row.pk
            for row in page.rows
            if row.withdrawn_at is None and may_withdraw(request.user, row, now=now)
        },
        "now": now,
        **_of_post(request, duty, roll),
    }
    return render(request, "patrols/duty_detail.html", context)


def _of_post(request: SignedIn, duty: Duty, roll: Roll) -> dict[str, Any]:
    """What a duty finds at its post, and what it took over and handed over. Nothing for others."""
    if duty.post is None:
        return {}
    is_on = duty.state in (DutyState.PLANNED, DutyState.RUNNING)
    handovers = handovers_of(duty)
    taken = handovers.taken
    is_there = duty.state == DutyState.RUNNING and roll.of(request.user) is not None
    return {
        "handovers": handovers,
        "may_confirm": taken is not None and may_confirm_handover(request.user, taken),
        "troubled": troubled_items(duty.post.pk) if is_on else [],
        "may_check": is_there or may_keep_post(request.user, duty.post),
        "sees_post": request.user.may(Action.VIEW, duty.post),
    }


@require_safe
def duty_choices(request: SignedIn) -> JsonResponse:
    """Duties to which a phone can move an entry that the duty it was written for does not take."""
    found = duties_to_write_on(request.user, now=timezone.now())
    rows = [{"key": str(duty.pk), "name": duty.name, "night": duty.night_name} for duty in found]
    return JsonResponse(rows, safe=False)


@require_http_methods(["GET", "HEAD", "POST"])
@copied
@outbox_form
def duty_begin(request: SignedIn) -> HttpResponse:
    """Begins a patrol on the spot, without a schedule."""
    require(may_begin(request.user))
    form = DutyBeginForm(request.POST or None, by=request.user)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        start = _as_chosen(request, start_duty)
        try:
            duty = start_unscheduled(
                by=request.user,
                start=start,
                sent=form.sent(),
                is_from_outbox=is_from_outbox(request),
                **form.place(),
            )
        except BusyElsewhere as error:
            context["busy"] = within_reach(error.found, request.user)
            context["ask"] = _ask_elsewhere(error)
        except DutyConflict as conflict:
            context["form"] = DutyBeginForm(as_new_form(request), by=request.user)
            context["stored"] = conflict.stored
            context["stored_words"] = [str(conflict.stored)]
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("patrols:duty_detail", duty.pk)
    status = 409 if "stored" in context else 200
    return TemplateResponse(request, "patrols/duty_begin.html", context, status=status)


def _ask_elsewhere(error: BusyElsewhere) -> Ask:
    answers = (
        ("elsewhere", "move", _("Leave the other and start this")),
        ("elsewhere", "keep", _("Start, stay on both")),
    )
    return Ask(" ".join(error.messages), answers)


def _as_chosen(request: SignedIn, start: Callable[..., Duty]) -> Callable[..., Duty]:
    """`start`, or one that does with people on other running duties what the person chose."""
    chosen = request.POST.get("elsewhere")
    if chosen == "move":
        return partial(start_with_moves, start=start)
    return partial(start, despite=True) if chosen == "keep" else start


def _run(
    request: SignedIn, pk: DutyRef, start: Callable[..., Duty], done: str, **how: Any
) -> HttpResponse:
    """Makes a duty run. Where its people are on other running duties, a page asks first."""
    duty = get_duty_or_404(request, pk)
    try:
        _as_chosen(request, start)(duty=duty, by=request.user, **how)
    except BusyElsewhere as error:
        if is_from_outbox(request):
            context = {"ask": _ask_elsewhere(error)}
            return TemplateResponse(request, "patrols/duty_elsewhere.html", context)
        if request.POST.get("elsewhere") == "move":
            messages.error(request, _("Not everybody could be moved. Ask those who run the other."))
        return redirect("patrols:duty_elsewhere", pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("patrols:duty_detail", pk)


@post_only("patrols:duty_detail")
@outbox_form
def duty_start(request: SignedIn, pk: DutyRef) -> HttpResponse:
    done = _("The duty has started. Stay safe.")
    return _run(request, pk, start_duty, done, sent=Sent.read(request.POST))


@require_safe
def duty_elsewhere(request: SignedIn, pk: DutyRef) -> HttpResponse:
    """Asks what to do with people on other running duties before this one starts or goes on."""
    duty = get_duty_to_run(request, pk)
    starts = state_allows(DUTY_CHANGES, "start", duty.state)
    resumes = duty.state == DutyState.ENDED and duty.accepts_entries
    busy = within_reach(people_elsewhere(duty), request.user) if starts or resumes else []
    if not busy:
        return redirect("patrols:duty_detail", pk)
    context = {"duty": duty, "busy": busy, "resumes": resumes}
    return render(request, "patrols/duty_elsewhere.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@copied
@outbox_form
def duty_end(request: SignedIn, pk: DutyRef) -> HttpResponse:
    duty = get_duty_to_run(request, pk)
    is_page = request.method != "POST" and not is_copy(request)
    if is_page and duty.state != DutyState.RUNNING:
        messages.error(
            request, _("This duty is %(state)s already.") % {"state": duty.get_state_display()}
        )
        return redirect("patrols:duty_detail", pk)
    roll = roll_of(duty)
    # A copy is for any duty: it counts nothing.
    # What was written before a duty was resumed is not written anew.
    summary = "" if is_copy(request) else duty.summary or proposed_summary(duty, tally_of(duty))
    form = DutyEndForm(request.POST or None, initial={"summary": summary})
    if request.method == "POST" and form.is_valid():
        try:
            end_duty(
                duty=duty,
                by=request.user,
                summary=form.cleaned_data["summary"],
                sent=Sent.read(request.POST),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The duty has ended; its log waits for approval."))
            if has_left(request.user, duty):
                return redirect("patrols:my_day")
            return redirect("patrols:duty_detail", pk)
    context = {"duty": duty, "form": form, "roll": roll, "now": timezone.now()}
    return TemplateResponse(request, "patrols/duty_end.html", context)


@post_only("patrols:duty_detail")
def duty_resume(request: SignedIn, pk: DutyRef) -> HttpResponse:
    return _run(request, pk, resume_duty, _("The duty goes on."))


@post_only("patrols:duty_detail")
def duty_submit(request: SignedIn, pk: DutyRef) -> HttpResponse:
    """Sends a returned log for review again."""
    duty = get_duty_or_404(request, pk)
    attempt(
        request,
        lambda: review_duty(duty=duty, by=request.user, action="submit"),
        _("The log has been sent for approval again."),
    )
    return redirect("patrols:duty_detail", pk)


def _known_to(duty: Duty) -> str:
    """The office of whoever approved the log, else of whoever is to sign it on paper."""
    if duty.reviewed_by is None or duty.reviewed_at is None or duty.review != ReviewState.APPROVED:
        return duty.unit.head
    return title_of(duty.reviewed_by, duty.unit, duty.unit.today(duty.reviewed_at))


@require_safe
def duty_log(request: SignedIn, pk: DutyRef) -> HttpResponse:
    """The log as a page to print, oldest entry first."""
    duty = get_duty_or_404(request, pk)
    entries = list(log_of(duty).order_by("at", "pk")[: LOG_ROWS + 1])
    left_out = max(duty.entry_count - LOG_ROWS, 0) if len(entries) > LOG_ROWS else 0
    context = {
        "duty": duty,
        "photos": list(duty.photos.kept()),
        "roll": roll_of(duty),
        "entries": entries[:LOG_ROWS],
        "map": map_of_night(duty, entries[:LOG_ROWS]),
        "way": read_way(duty),
        "known_to": _known_to(duty),
        "late_notes": late_notes_of(duty, request.user),
        "left_out": ngettext(
            "%(n)d later entry is not printed.", "%(n)d later entries are not printed.", left_out
        )
        % {"n": left_out}
        if left_out
        else "",
        "now": timezone.now(),
    }
    return render(request, "patrols/duty_log.html", context)
