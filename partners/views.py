"""Pages of partner groups: their pengukuhan, their members, and who of them came to duties."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.editing import edit_page
from accounts.views.requests import SignedIn
from partners.extensions import member_attendance
from partners.filters import GroupFilter, MemberFilter
from partners.forms import ConfirmationForm, MemberForm
from partners.models import GroupMember, PartnerGroup
from partners.rights import may_administer_group, may_change_group, may_list_groups
from partners.selectors import active_members
from partners.services.groups import confirm_group
from partners.services.member_table import SPEC, plan_members, save_members
from partners.services.members import MemberConflict, save_member
from territory.extensions import table_pages
from territory.rights import may_paste
from toolkit.editing import EditConflict
from toolkit.idempotency.fields import as_new_form
from toolkit.paging import keyset_page
from toolkit.tables.pages import paste_page
from toolkit.ui.lists import list_context
from toolkit.ui.requests import require

LOOK_BACK = timedelta(days=90)
MEMBERS_A_PAGE = 100


def get_group(request: SignedIn, pk: int) -> PartnerGroup:
    """The group, or 404 outside the person's units."""
    rows = PartnerGroup.objects.visible_to(request.user).select_related("kind", "unit", "area")
    return get_object_or_404(rows, pk=pk)


def get_changeable_group(request: SignedIn, pk: int) -> PartnerGroup:
    group = get_group(request, pk)
    require(may_change_group(request.user, group))
    return group


def in_hours(minutes: int) -> float:
    """With one decimal below ten hours, without above."""
    return round(minutes / 60, 1) if minutes < 600 else round(minutes / 60)


@require_safe
def group_list(request: SignedIn) -> HttpResponse:
    """Sorted by name. Groups are not ranked by attendance."""
    require(may_list_groups(request.user))
    found = GroupFilter(request.GET, user=request.user)
    rows = found.qs.select_related("kind", "unit", "area").annotate(members_now=active_members())
    context = {
        **list_context(request, found, rows, order=["name", "id"], size=30),
        "show_units": "unit" in found.filters,
    }
    return render(request, "partners/group_list.html", context)


@require_safe
def group_detail(request: SignedIn, pk: int) -> HttpResponse:
    group = get_group(request, pk)
    found = MemberFilter(request.GET, user=request.user, group=group)
    page = keyset_page(
        found.qs.select_related("user"),
        order=["name", "id"],
        cursor=request.GET.get("page", ""),
        size=MEMBERS_A_PAGE,
    )
    since = timezone.localdate() - LOOK_BACK
    attended = member_attendance([member.pk for member in page.rows], since)
    hours = {pk: in_hours(of_member.minutes) for pk, of_member in attended.items()}
    context = {
        "group": group,
        "page": page,
        "members": [
            (member, attended.get(member.pk), hours.get(member.pk, 0)) for member in page.rows
        ],
        "with_former": found.with_former,
        "query": "all=1" if found.with_former else "",
        "days": LOOK_BACK.days,
        "may_plan": may_change_group(request.user, group),
        "may_manage": may_administer_group(request.user, group),
    }
    return render(request, "partners/group_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def group_confirm(request: SignedIn, pk: int) -> HttpResponse:
    """Records a pengukuhan, the first or a renewal."""
    group = get_changeable_group(request, pk)
    form = ConfirmationForm(request.POST or None, group=group)
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.read_seen()
            confirm_group(group=group, by=request.user, seen=seen, **form.confirmation())
        except EditConflict as conflict:
            form.show_conflict(conflict)
            group = get_changeable_group(request, pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The pengukuhan is recorded."))
            return redirect("partners:group_detail", group.pk)
    context = {"group": group, "form": form}
    return edit_page(request, "partners/group_confirm.html", context, group.unit)


@require_http_methods(["GET", "HEAD", "POST"])
def member_add(request: SignedIn, pk: int) -> HttpResponse:
    group = get_changeable_group(request, pk)
    form = MemberForm(request.POST or None, instance=GroupMember(group=group))
    stored = None
    if request.method == "POST" and form.is_valid():
        client_uuid = form.cleaned_data["client_uuid"]
        try:
            save_member(member=form.save(commit=False), by=request.user, client_uuid=client_uuid)
        except MemberConflict as conflict:
            stored = conflict.stored
            form = MemberForm(as_new_form(request), instance=GroupMember(group=group))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(name)s is a member now.") % {"name": form.instance})
            return redirect("partners:group_detail", group.pk)
    context = {"group": group, "form": form, "stored": stored}
    return render(request, "partners/member_add.html", context, status=409 if stored else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def member_edit(request: SignedIn, pk: int) -> HttpResponse:
    rows = GroupMember.objects.visible_to(request.user).select_related("group__unit")
    member = get_object_or_404(rows, pk=pk)
    require(may_change_group(request.user, member.group))
    form = MemberForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        try:
            save_member(member=form.save(commit=False), by=request.user, seen=form.read_seen())
        except EditConflict as conflict:
            form.show_conflict(conflict)
        else:
            messages.success(request, _("Saved."))
            return redirect("partners:group_detail", member.group_id)
    context = {"group": member.group, "member": member, "form": form}
    return edit_page(request, "partners/member_edit.html", context, member.group.unit)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def member_paste(request: SignedIn) -> HttpResponse:
    """Members of all groups of an administrator's units, from a table."""
    require(may_paste(request.user))
    return paste_page(
        request,
        "partners/member_paste.html",
        spec=SPEC,
        plan=lambda text: plan_members(text=text, by=request.user),
        save=lambda text: save_members(text=text, by=request.user),
        pages=table_pages(),
    )
