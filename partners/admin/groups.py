from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partners.admin.actions import action_page
from partners.forms import ConfirmationForm
from partners.models import ConfirmationState, GroupKind, GroupMember, PartnerGroup
from partners.selectors import active_members
from partners.services.groups import confirm_group
from territory.admin.base import ReferenceAdmin, ScopedAdmin, ScopedInline
from territory.admin.filters import UnitFilter


@admin.register(GroupKind)
class GroupKindAdmin(ReferenceAdmin):
    list_display = ["label", "code", "needs_confirmation", "order"]
    list_filter = ["needs_confirmation"]
    search_fields = ["label__alike", "code"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []


class ConfirmationFilter(admin.SimpleListFilter):
    title = _("pengukuhan")
    parameter_name = "confirmation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return ConfirmationState.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[PartnerGroup]:
        chosen = self.value()
        if chosen not in ConfirmationState.values:
            return queryset  # type: ignore[no-any-return]
        return queryset.with_confirmation(chosen)  # type: ignore[no-any-return]


class GroupMemberInline(ScopedInline):
    """Accounts are linked on the member's own page."""

    model = GroupMember
    unit_path = "group"
    fields = ["name", "role", "agency", "phone", "vetted_until", "is_active", "user"]
    readonly_fields = ["user"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[GroupMember]:
        return super().get_queryset(request).select_related("user")


class AdminConfirmationForm(ConfirmationForm):
    confirmed_on = forms.DateField(label=_("date of the pengukuhan"), widget=AdminDateWidget)
    confirmation_expires_on = forms.DateField(
        label=_("pengukuhan valid until"), widget=AdminDateWidget, required=False
    )


@admin.register(PartnerGroup)
class PartnerGroupAdmin(ScopedAdmin):
    list_display = ["name", "kind", "unit", "area", "confirmation", "members_now", "is_active"]
    list_select_related = ["kind", "unit", "area"]
    list_filter = [UnitFilter, "kind", ConfirmationFilter, "is_active"]
    search_fields = ["name__alike"]
    autocomplete_fields = ["unit", "area"]
    readonly_fields = ["confirmation_number", "confirmed_on", "confirmation_expires_on"]
    inlines = [GroupMemberInline]
    actions = ["confirm_pengukuhan"]
    fieldsets = [
        (None, {"fields": ["name", "kind", "unit", "area", "is_active"]}),
        (
            _("Pengukuhan"),
            {
                "fields": ["confirmation_number", "confirmed_on", "confirmation_expires_on"],
                "description": _("Recorded with the action “confirm pengukuhan” of the list."),
            },
        ),
        (_("Contact"), {"fields": ["contact_name", "contact_phone", "note"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PartnerGroup]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == "partners_partnergroup_changelist":
            rows = rows.annotate(members_now=active_members())
        return rows

    def autocomplete_rows(self, rows: Any) -> Any:
        return rows.active()

    @admin.display(description=_("pengukuhan"))
    def confirmation(self, row: PartnerGroup) -> str:
        return str(row.confirmation_state.label)

    @admin.display(description=_("members"))
    def members_now(self, row: Any) -> int:
        return int(row.members_now)

    @admin.action(description=_("Confirm pengukuhan…"), permissions=["change"])
    def confirm_pengukuhan(
        self, request: HttpRequest, queryset: QuerySet[PartnerGroup]
    ) -> HttpResponse | None:
        form = AdminConfirmationForm(request.POST if "apply" in request.POST else None)
        if form.is_bound and form.is_valid():
            try:
                with transaction.atomic():
                    for group in queryset:
                        confirm_group(group=group, by=request.user, **form.confirmation())  # type: ignore[arg-type]
                        self.log_change(request, group, gettext("Pengukuhan recorded."))
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                count = len(queryset)
                self.message_user(
                    request,
                    ngettext(
                        "The pengukuhan of %(n)d group is recorded.",
                        "The pengukuhan of %(n)d groups is recorded.",
                        count,
                    )
                    % {"n": count},
                    messages.SUCCESS,
                )
                return None
        return action_page(
            self,
            request,
            queryset,
            form,
            action="confirm_pengukuhan",
            title=gettext("Confirm pengukuhan"),
            button=gettext("Record pengukuhan"),
        )
