"""A guard post: its hours, equipment, faults, and its buku mutasi over the nights."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.editing import edit_page
from accounts.views.requests import SignedIn
from patrols.filters import BookFilter
from patrols.forms.posts import (
    ItemCheckForm,
    MendForm,
    PostFaultForm,
    PostHoursForm,
    PostItemForm,
)
from patrols.models import Duty, GuardPost, ItemKind, PostFault, PostHours, PostItem
from patrols.rights import may_check_item, may_keep_post, may_plan
from patrols.selectors.book import book_of
from patrols.selectors.handovers import last_handover
from patrols.selectors.posts import hours_of, items_of, open_faults
from patrols.selectors.roll import with_turnout
from patrols.services.post_items import (
    ItemCheckConflict,
    ItemConflict,
    check_item,
    restore_item,
    retire_item,
    save_item,
)
from patrols.services.posts import (
    FaultConflict,
    HoursConflict,
    mend_fault,
    remove_hours,
    reopen_fault,
    report_fault,
    save_hours,
)
from patrols.workflow import DutyState
from toolkit.editing import EditConflict
from toolkit.idempotency.fields import as_new_form
from toolkit.ui.lists import list_context
from toolkit.ui.requests import attempt, own_page, post_only, require

NEWEST_FIRST = ("-night", "-id")
DUTIES_OF_A_PAGE = 14


def get_post_or_404(request: SignedIn, pk: int) -> GuardPost:
    rows = GuardPost.objects.visible_to(request.user).select_related("unit", "area")
    return get_object_or_404(rows, pk=pk)


def get_post_to_plan(request: SignedIn, pk: int) -> GuardPost:
    """As `get_post_or_404`; 403 for who may see the post but not plan there."""
    post = get_post_or_404(request, pk)
    require(may_plan(request.user, post))
    return post


@require_safe
def post_detail(request: SignedIn, pk: int) -> HttpResponse:
    post = get_post_or_404(request, pk)
    items = items_of(post)
    context = {
        "post": post,
        "hours": hours_of(post),
        "equipment": [item for item in items if item.kind != ItemKind.KEY],
        "keys": [item for item in items if item.kind == ItemKind.KEY],
        "troubled": [item for item in items if item.is_troubled],
        "faults": open_faults(post.pk),
        "handover": last_handover(post.pk),
        "may_plan": may_plan(request.user, post),
        "may_keep": may_keep_post(request.user, post),
    }
    return render(request, "patrols/post_detail.html", context)


@require_safe
def post_book(request: SignedIn, pk: int) -> HttpResponse:
    """The buku mutasi, the newest night first; on paper a page of the book."""
    post = get_post_or_404(request, pk)
    duties = Duty.objects.visible_to(request.user).filter(post=post)
    duties = duties.exclude(state=DutyState.PLANNED)
    found = BookFilter(request.GET or {}, queryset=duties)
    rows = with_turnout(found.qs.select_related("unit", "leader"))
    listed = list_context(request, found, rows, order=NEWEST_FIRST, size=DUTIES_OF_A_PAGE)
    for duty in listed["page"].rows:
        duty.post = post
    nights = {"first": found.night("since"), "last": found.night("until")}
    context = {
        **listed,
        "post": post,
        "book": book_of(post, request.user, listed["page"], **nights),
        "now": timezone.now(),
    }
    return render(request, "patrols/post_book.html", context)


def _to_post(post_id: int) -> HttpResponse:
    return redirect("patrols:post_detail", post_id)


def _hours_page(
    request: SignedIn, template: str, post: GuardPost, hours: PostHours | None
) -> HttpResponse:
    row = hours or PostHours(post=post)
    form, stored = PostHoursForm(request.POST or None, instance=row), None
    if request.method == "POST" and form.is_valid():
        try:
            save_hours(
                hours=form.save(commit=False),
                by=request.user,
                seen=form.read_seen(),
                client_uuid=form.cleaned_data.get("client_uuid"),
            )
        except EditConflict as conflict:
            form.show_conflict(conflict)
        except HoursConflict as conflict:
            stored = conflict.stored
            form = PostHoursForm(as_new_form(request), instance=PostHours(post=post))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The hours are saved."))
            return _to_post(post.pk)
    context = {"form": form, "post": post, "hours": hours, "stored": stored}
    return edit_page(request, template, context, post.unit, status=409 if stored else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def hours_add(request: SignedIn, pk: int) -> HttpResponse:
    return _hours_page(request, "patrols/hours_add.html", get_post_to_plan(request, pk), None)


def get_hours_to_plan(request: SignedIn, pk: int) -> PostHours:
    rows = PostHours.objects.visible_to(request.user).select_related("post__unit")
    hours = get_object_or_404(rows, pk=pk)
    require(may_plan(request.user, hours.post))
    return hours


@require_http_methods(["GET", "HEAD", "POST"])
def hours_edit(request: SignedIn, pk: int) -> HttpResponse:
    hours = get_hours_to_plan(request, pk)
    return _hours_page(request, "patrols/hours_edit.html", hours.post, hours)


@post_only("patrols:hours_edit")
def hours_remove(request: SignedIn, pk: int) -> HttpResponse:
    hours = get_hours_to_plan(request, pk)
    remove_hours(hours=hours, by=request.user)
    messages.success(request, _("The hours are removed."))
    return _to_post(hours.post_id)


def _item_page(
    request: SignedIn, template: str, post: GuardPost, item: PostItem | None
) -> HttpResponse:
    row = item or PostItem(post=post)
    form, stored = PostItemForm(request.POST or None, instance=row), None
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_item(
                item=form.save(commit=False),
                by=request.user,
                seen=form.read_seen(),
                client_uuid=form.cleaned_data.get("client_uuid"),
            )
        except EditConflict as conflict:
            form.show_conflict(conflict)
        except ItemConflict as conflict:
            stored = conflict.stored
            form = PostItemForm(as_new_form(request), instance=PostItem(post=post))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("%(item)s is saved.") % {"item": saved})
            return _to_post(post.pk)
    context = {"form": form, "post": post, "item": item, "stored": stored}
    return edit_page(request, template, context, post.unit, status=409 if stored else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def item_add(request: SignedIn, pk: int) -> HttpResponse:
    return _item_page(request, "patrols/item_add.html", get_post_to_plan(request, pk), None)


def get_item_or_404(request: SignedIn, pk: int) -> PostItem:
    rows = PostItem.objects.visible_to(request.user).select_related("post__unit")
    return get_object_or_404(rows, pk=pk)


def get_item_to_plan(request: SignedIn, pk: int) -> PostItem:
    item = get_item_or_404(request, pk)
    require(may_plan(request.user, item.post))
    return item


@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: SignedIn, pk: int) -> HttpResponse:
    item = get_item_to_plan(request, pk)
    return _item_page(request, "patrols/item_edit.html", item.post, item)


@post_only("patrols:item_edit")
def item_retire(request: SignedIn, pk: int) -> HttpResponse:
    """The post has it no more. Sent with `back`, it has it again."""
    item = get_item_to_plan(request, pk)
    if "back" in request.POST:
        done = _("%(item)s belongs to the post again.") % {"item": item}
        attempt(request, lambda: restore_item(item=item, by=request.user), done)
    else:
        retire_item(item=item, by=request.user)
        messages.success(request, _("%(item)s no longer belongs to the post.") % {"item": item})
    return redirect("patrols:item_edit", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def item_check(request: SignedIn, pk: int) -> HttpResponse:
    """Says how an item is now: it was found, mended, or lost between two handovers."""
    item = get_item_or_404(request, pk)
    require(may_check_item(request.user, item))
    back = own_page(request.GET.get("from", "")) or _page_of(request, item)
    form = ItemCheckForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        present, condition, remark = form.count()
        try:
            check_item(
                item=item,
                by=request.user,
                present=present,
                condition=condition,
                remark=remark,
                sent=form.sent(),
            )
        except ItemCheckConflict:
            form = ItemCheckForm(as_new_form(request), item=item)
            form.add_error(None, _("This page was old. Try again."))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            item.refresh_from_db()
            said = {"item": item, "state": item.state_words}
            messages.success(request, _("%(item)s: %(state)s.") % said)
            return redirect(back)
    context = {
        "form": form,
        "item": item,
        "post": item.post,
        "back": back,
        "may_plan": may_plan(request.user, item.post),
    }
    return render(request, "patrols/item_check.html", context)


def _page_of(request: SignedIn, item: PostItem) -> str:
    """The page of the post, for who may open it; else the person's own day."""
    if GuardPost.objects.visible_to(request.user).filter(pk=item.post_id).exists():
        return reverse("patrols:post_detail", args=[item.post_id])
    return reverse("patrols:my_day")


@require_http_methods(["GET", "HEAD", "POST"])
def fault_add(request: SignedIn, pk: int) -> HttpResponse:
    post = get_post_or_404(request, pk)
    require(may_keep_post(request.user, post))
    today, stored = post.unit.today(timezone.now()), None
    form = PostFaultForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            report_fault(
                post=post,
                by=request.user,
                text=form.cleaned_data["text"],
                since=form.cleaned_data["since"],
                client_uuid=form.cleaned_data["client_uuid"],
            )
        except FaultConflict as conflict:
            stored = conflict.stored
            form = PostFaultForm(as_new_form(request), today=today)
        else:
            messages.success(request, _("The fault is noted."))
            return _to_post(pk)
    context = {"form": form, "post": post, "stored": stored}
    return render(request, "patrols/fault_add.html", context, status=409 if stored else 200)


def get_fault_to_keep(request: SignedIn, pk: int) -> PostFault:
    rows = PostFault.objects.visible_to(request.user)
    fault = get_object_or_404(rows.select_related("post__unit", "reported_by"), pk=pk)
    require(may_keep_post(request.user, fault.post))
    return fault


@require_http_methods(["GET", "HEAD", "POST"])
def fault_mend(request: SignedIn, pk: int) -> HttpResponse:
    """Notes that a fault is mended. Sent with `back`, it is open again."""
    fault = get_fault_to_keep(request, pk)
    if request.method == "POST" and "back" in request.POST:
        reopen_fault(fault=fault, by=request.user)
        messages.success(request, _("The fault is open again."))
        return redirect("patrols:fault_mend", pk)
    form = MendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        is_new = mend_fault(fault=fault, by=request.user, note=note)
        fault.refresh_from_db()
        messages.success(request, _("The fault is mended."))
        if not is_new and note and note != fault.mended_note:
            said = _("Somebody has noted it before. Your note is not saved: “%(text)s”")
            messages.warning(request, said % {"text": note})
        return _to_post(fault.post_id)
    context: dict[str, Any] = {"form": form, "fault": fault, "post": fault.post}
    return render(request, "patrols/fault_mend.html", context)
