"""Swapping a night with a colleague."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.views.requests import SignedIn
from patrols.forms.swaps import SwapForm, SwapPersonForm
from patrols.models import Duty, Swap
from patrols.presenters.swap_text import DONE, swap_rows
from patrols.rights import may_ask_swap
from patrols.selectors.elsewhere import within_reach
from patrols.selectors.roll import roll_of
from patrols.selectors.swaps import duties_in_return, group_of, may_stand_in, swaps_for
from patrols.services.duties import BusyElsewhere
from patrols.services.swaps import SwapConflict, ask_swap, change_swap
from patrols.views.requests import DutyRef, get_duty_or_404
from patrols.workflow import SWAP_CHANGES
from toolkit.idempotency.fields import as_new_form
from toolkit.ui.requests import post_only, require


@require_safe
def swap_list(request: SignedIn) -> HttpResponse:
    """The person's own swaps, and those that wait for the person's decision."""
    swaps = swaps_for(request.user, now=timezone.now())
    return render(request, "patrols/swap_list.html", {"swaps": swap_rows(swaps, request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def swap_ask(request: SignedIn, pk: DutyRef) -> HttpResponse:
    """First who could stand in (by GET), then the night in return."""
    duty = get_duty_or_404(request, pk)
    own = roll_of(duty).of(request.user)
    if not may_ask_swap(request.user, duty, own, now=timezone.now()):
        require(own is not None and own.expected)
        words = _("No swap any more: this duty has begun, is cancelled, or you are marked.")
        messages.error(request, words)
        return redirect("patrols:duty_detail", duty.pk)
    group = group_of(own)
    people = list(may_stand_in(duty, group))
    chosen = request.GET.get("other", "")
    other = next((person for person in people if str(person.pk) == chosen), None)
    context: dict[str, Any] = {"duty": duty, "other": other, "people": people}
    if other is None:
        context["form"] = SwapPersonForm(request.GET if chosen else None, people=people)
        return render(request, "patrols/swap_ask.html", context)
    now = timezone.now()
    offered = duties_in_return(duty, asker=request.user, other=other, group=group, now=now)
    return _ask_page(request, duty, other, list(offered), context)


def _ask_page(
    request: SignedIn, duty: Duty, other: User, duties: list[Duty], context: dict[str, Any]
) -> HttpResponse:
    now, stored = timezone.now(), None
    form = SwapForm(request.POST or None, duties=duties)
    if request.method == "POST" and form.is_valid():
        try:
            ask_swap(duty=duty, other=other, by=request.user, now=now, **form.asked())
        except SwapConflict as conflict:
            stored = conflict.stored
            form = SwapForm(as_new_form(request), duties=duties)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("%(person)s is asked.") % {"person": other})
            return redirect("patrols:swap_list")
    status = 409 if stored else 200
    context |= {"form": form, "stored": stored}
    return render(request, "patrols/swap_ask.html", context, status=status)


@post_only(lambda request, pk: redirect("patrols:swap_list"))
def swap_change(request: SignedIn, pk: int) -> HttpResponse:
    """Agrees, declines, withdraws, confirms or refuses, as the button says."""
    swap = get_object_or_404(Swap.objects.visible_to(request.user), pk=pk)
    action = request.POST.get("action", "")
    if action not in SWAP_CHANGES:
        messages.error(request, _("Choose one of the buttons."))
        return redirect("patrols:swap_list")
    try:
        change_swap(swap=swap, action=action, by=request.user)
    except BusyElsewhere as error:
        for one in within_reach(error.found, request.user):
            messages.error(request, str(one))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, str(DONE[action]))
    return redirect("patrols:swap_list")
