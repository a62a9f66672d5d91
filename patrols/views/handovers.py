"""Handing a post over to who comes next, and what the next ones say to it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.requests import SignedIn
from patrols.forms.handovers import ConfirmForm, HandoverForm
from patrols.models import Duty, GuardPost, PostHandover
from patrols.models.posts import by_kind
from patrols.presenters.handover_text import handover_words
from patrols.rights import may_confirm_handover, may_hand_over, takes_over
from patrols.selectors.handovers import handovers_of, next_duty, takers_of, with_lines
from patrols.selectors.posts import items_of, troubled_items
from patrols.services.entries import why_no_entries
from patrols.services.handovers import HandoverConflict, confirm_handover, hand_over_post
from patrols.views.requests import DutyRef, get_duty_or_404
from territory.scope import unscoped
from toolkit.idempotency.fields import as_new_form, sent_uuid
from toolkit.outbox.answers import outbox_form
from toolkit.outbox.copies import copied, is_copy
from toolkit.ui.requests import attempt, post_only, require


def get_duty_to_hand_over(request: SignedIn, pk: DutyRef) -> Duty:
    """As `get_duty_or_404`; 403 for who may see the duty but not hand its post over.

    A handover that the person has stored before opens its duty, too: the answer was lost, and so
    was the right since.
    """
    try:
        duty = get_duty_or_404(request, pk)
        if may_hand_over(request.user, duty):
            return duty
        refusal: Exception = PermissionDenied()
    except Http404 as error:
        refusal = error
    rows = unscoped(PostHandover.objects, "the person's own, which the phone sends once more")
    stored = rows.filter(giver=request.user, client_uuid=sent_uuid(request))
    found = stored.select_related("duty__unit", "duty__post").first()
    if found is None or pk not in (found.duty_id, found.duty.client_uuid):
        raise refusal
    return found.duty


@require_http_methods(["GET", "HEAD", "POST"])
@copied
@outbox_form
def duty_handover(request: SignedIn, pk: DutyRef) -> HttpResponse:
    duty = get_duty_to_hand_over(request, pk)
    is_page = request.method != "POST" and not is_copy(request)
    if is_page and (given := handovers_of(duty).given):
        return redirect("patrols:handover_detail", given.pk)
    if is_page and not duty.accepts_entries:
        messages.error(request, why_no_entries(duty))
        return redirect("patrols:duty_detail", pk)
    is_sent = request.method == "POST"
    items = items_of(duty.post, with_retired=is_sent) if duty.post else []
    following = next_duty(duty)
    takers = takers_of(following, request.user)
    form_of = partial(HandoverForm, duty=duty, items=items, takers=takers, is_copy=is_copy(request))
    form = form_of(request.POST or None)
    context: dict[str, Any] = {
        "duty": duty,
        "form": form,
        "following": following,
        "troubled": troubled_items(duty.post_id) if duty.post_id else [],
    }
    if is_sent and form.is_valid():
        try:
            handover, _is_new = hand_over_post(
                duty=duty,
                by=request.user,
                taker=form.cleaned_data["who"],
                lines=form.lines(),
                note=form.cleaned_data["text"],
                sent=form.sent(),
            )
        except HandoverConflict as conflict:
            context["form"] = form_of(as_new_form(request))
            context |= {"stored": conflict.stored, "form_shows_stored": True}
            context["stored_words"] = handover_words(conflict.stored)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            said = {"taker": handover.taker_name}
            messages.success(request, _("The post is handed over to %(taker)s.") % said)
            return redirect("patrols:duty_detail", pk)
    status = 409 if "stored" in context else 200
    return TemplateResponse(request, "patrols/duty_handover.html", context, status=status)


def get_handover_or_404(request: SignedIn, pk: int) -> PostHandover:
    return get_object_or_404(with_lines(PostHandover.objects.visible_to(request.user)), pk=pk)


def _handover_page(request: SignedIn, handover: PostHandover, form: ConfirmForm) -> HttpResponse:
    posts = GuardPost.objects.visible_to(request.user)
    context = {
        "handover": handover,
        "lines": sorted(handover.lines.all(), key=lambda line: by_kind(line.item)),
        "post": posts.filter(pk=handover.post_id).first(),
        "form": form,
        "may_confirm": may_confirm_handover(request.user, handover),
        "now": timezone.now(),
    }
    return render(request, "patrols/handover_detail.html", context)


@require_safe
def handover_detail(request: SignedIn, pk: int) -> HttpResponse:
    """What was handed over, and how; on paper the minutes (berita acara) that both sign."""
    return _handover_page(request, get_handover_or_404(request, pk), ConfirmForm())


@post_only("patrols:handover_detail")
def handover_confirm(request: SignedIn, pk: int) -> HttpResponse:
    handover = get_handover_or_404(request, pk)
    # Sent twice, it is confirmed already; by somebody else, the service says so.
    is_done = handover.confirmed_by_id == request.user.pk
    require(is_done or takes_over(request.user, handover))
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _handover_page(request, handover, form)
    difference = form.cleaned_data["difference"]
    is_saved = attempt(
        request,
        lambda: confirm_handover(handover=handover, by=request.user, difference=difference),
        _("You have taken over."),
    )
    if difference and not is_saved:
        messages.warning(request, _("Not saved: “%(text)s”") % {"text": difference})
    return redirect("patrols:handover_detail", pk)
