"""Meetings with residents: the old list first, then what is said now, then the activity."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.editing import edit_page
from accounts.views.requests import SignedIn
from patrols.presenters.qr import code_picture
from programs.filters import ForumFilter
from programs.forms.forums import ForumAddForm, ForumEditForm
from programs.models import Forum
from programs.models.forums import LATEST_FIRST
from programs.rights import may_change_forum, may_log_activity, may_see_activities
from programs.selectors.choices import unit_to_log
from programs.selectors.forums import (
    forums_shown,
    issues_of,
    meeting_before,
    old_list,
    sign_ins_of,
)
from programs.services.forums import (
    ForumConflict,
    cancel_forum,
    change_forum,
    hold_forum,
    plan_forum,
)
from programs.workflow import ForumState
from territory.models import TimeZoneName, Unit
from toolkit.editing import EditConflict
from toolkit.idempotency.fields import as_new_form
from toolkit.ui.lists import list_context
from toolkit.ui.requests import attempt, post_only, require

RELATED = ("kind", "village", "unit", "author", "activity")
# Lines of the attendance sheet for who has no telephone.
LINES = range(1, 26)


def get_forum_or_404(request: SignedIn, pk: int) -> Forum:
    rows = Forum.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(rows, pk=pk)


@require_safe
def forum_list(request: SignedIn) -> HttpResponse:
    require(may_see_activities(request.user))
    found = ForumFilter(request.GET, user=request.user)
    shown = list_context(request, found, forums_shown(found.qs), order=LATEST_FIRST, size=50)
    context = {
        **shown,
        "show_units": "unit" in found.filters,
        "may_log": may_log_activity(request.user),
    }
    return TemplateResponse(request, "programs/forum_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def forum_add(request: SignedIn) -> HttpResponse:
    user = request.user
    require(may_log_activity(user))
    unit = unit_to_log(user)
    home = unit or Unit(timezone=TimeZoneName.WIB)
    typed = request.POST if request.method == "POST" else None
    form = ForumAddForm(typed, by=user, home=home)
    stored = None
    if typed is not None and form.is_valid():
        try:
            forum, _is_new = plan_forum(draft=form.draft(), unit=unit, by=user)
        except ForumConflict as conflict:
            stored = conflict.stored
            form = ForumAddForm(as_new_form(request), by=user, home=home)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Planned. Print its QR and the old list."))
            return redirect("programs:forum_detail", forum.pk)
    status = 409 if stored else 200
    context = {"form": form, "stored": stored}
    return render(request, "programs/forum_add.html", context, status=status)


@require_safe
def forum_detail(request: SignedIn, pk: int) -> HttpResponse:
    """What was answered to the last meeting, what is said at this one, and how it ends."""
    forum = get_forum_or_404(request, pk)
    before = meeting_before(forum, request.user)
    people, by_rw = sign_ins_of(forum, request.user)
    may_change = may_change_forum(request.user, forum)
    has_begun = forum.starts_at <= timezone.now()
    context = {
        "forum": forum,
        "before": before,
        "old": old_list(forum, before, request.user),
        "issues": issues_of(forum, request.user),
        "people": people,
        "by_rw": by_rw,
        "may_change": may_change,
        "may_hold": may_change and has_begun and forum.state == ForumState.PLANNED,
    }
    return render(request, "programs/forum_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def forum_edit(request: SignedIn, pk: int) -> HttpResponse:
    forum = get_forum_or_404(request, pk)
    require(may_change_forum(request.user, forum))
    if forum.state != ForumState.PLANNED:
        messages.error(request, _("It is over: nothing of it changes any more."))
        return redirect("programs:forum_detail", pk)
    typed = request.POST if request.method == "POST" else None
    form = ForumEditForm(typed, by=request.user, forum=forum)
    if typed is not None and form.is_valid():
        try:
            change_forum(
                forum=forum,
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
            messages.success(request, _("Saved. The QR stays the same."))
            return redirect("programs:forum_detail", pk)
    context = {"form": form, "forum": forum}
    return edit_page(request, "programs/forum_edit.html", context, forum.unit)


@post_only("programs:forum_detail")
def forum_cancel(request: SignedIn, pk: int) -> HttpResponse:
    forum = get_forum_or_404(request, pk)
    said = _("Called off. Nothing can be sent through its QR any more.")
    attempt(request, lambda: cancel_forum(forum=forum, by=request.user), said)
    return redirect("programs:forum_detail", pk)


@post_only("programs:forum_detail")
def forum_hold(request: SignedIn, pk: int) -> HttpResponse:
    forum = get_forum_or_404(request, pk)
    try:
        activity = hold_forum(forum=forum, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("programs:forum_detail", pk)
    said = _("The activity is made. Correct its account: what did you do and hear?")
    messages.success(request, said)
    return redirect("programs:activity_detail", activity.pk)


@require_safe
def forum_print(request: SignedIn, pk: int) -> HttpResponse:
    """The old list to read out, and a sheet for who has no telephone."""
    forum = get_forum_or_404(request, pk)
    before = meeting_before(forum, request.user)
    context = {
        "forum": forum,
        "issues": old_list(forum, before, request.user),
        "lines": LINES,
        "now": timezone.now(),
    }
    return render(request, "programs/forum_print.html", context)


@require_safe
def forum_code(request: SignedIn, pk: int) -> HttpResponse:
    """The QR, to print or to show."""
    forum = get_forum_or_404(request, pk)
    address = request.build_absolute_uri(reverse("programs:forum_open", args=[forum.key]))
    context = {"forum": forum, "address": address, "picture": code_picture(address)}
    return render(request, "programs/forum_code.html", context)
