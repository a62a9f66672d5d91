from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partners.admin.actions import action_page
from partners.models import GroupMember, PartnerGroup
from partners.services.members import move_members
from territory.admin.access import choices_for
from territory.admin.base import ScopedAdmin
from territory.admin.filters import UnitFilter


class MoveForm(forms.Form):
    group = forms.ModelChoiceField(PartnerGroup.objects.none(), label=_("to the group"))

    def __init__(self, site: admin.AdminSite, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["group"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.widget = AutocompleteSelect(GroupMember._meta.get_field("group"), site)
        field.queryset = choices_for(site, PartnerGroup, request).active()  # type: ignore[attr-defined]


@admin.register(GroupMember)
class GroupMemberAdmin(ScopedAdmin):
    unit_path = "group"
    is_large = True
    paste_page = "partners:member_paste"
    list_display = ["name", "group", "role", "agency", "phone", "vetted_until", "is_active"]
    list_select_related = ["group"]
    list_filter = [UnitFilter, "role", "is_active"]
    search_fields = ["name__alike"]
    autocomplete_fields = ["group", "user"]
    actions = ["move_to_group"]
    fieldsets = [
        (None, {"fields": ["name", "group", "role", "agency", "phone"]}),
        (_("Standing"), {"fields": ["vetted_until", "is_active"]}),
        (
            _("Account"),
            {
                "fields": ["user"],
                "description": _("With an account the member signs in and sees the own duties."),
            },
        ),
    ]

    def autocomplete_rows(self, rows: Any) -> Any:
        return rows.active()

    @admin.action(description=_("Move to another group…"), permissions=["change"])
    def move_to_group(
        self, request: HttpRequest, queryset: QuerySet[GroupMember]
    ) -> HttpResponse | None:
        form = MoveForm(self.admin_site, request, request.POST if "apply" in request.POST else None)
        if form.is_bound and form.is_valid():
            target = form.cleaned_data["group"]
            try:
                count = move_members(members=queryset, group=target, by=request.user)  # type: ignore[arg-type]
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                self.message_user(
                    request,
                    ngettext(
                        "%(n)d member moved to %(group)s.",
                        "%(n)d members moved to %(group)s.",
                        count,
                    )
                    % {"n": count, "group": target},
                    messages.SUCCESS,
                )
                return None
        return action_page(
            self,
            request,
            queryset,
            form,
            action="move_to_group",
            title=gettext("Move members"),
            button=gettext("Move"),
        )
