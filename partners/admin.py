from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminDateWidget, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partners.forms import ConfirmationForm
from partners.models import ConfirmationState, GroupKind, GroupMember, PartnerGroup, active_members
from partners.services import confirm_group, move_members
from territory.admin.base import (
    ReferenceAdmin,
    ScopedAdmin,
    ScopedInline,
    UnitFilter,
    choices_for,
    shown_in_admin,
)


def action_page(
    model_admin: ScopedAdmin,
    request: HttpRequest,
    rows: QuerySet[Any],
    form: forms.Form,
    *,
    action: str,
    title: str,
    button: str,
) -> HttpResponse:
    """The page between choosing rows with an action and doing it."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "rows": rows,
        "adminform": shown_in_admin(form, model_admin),
        "errors": form.errors,
        "hidden": [("action", action), ("apply", "1")]
        + [(ACTION_CHECKBOX_NAME, str(row.pk)) for row in rows],
        "button": button,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/action_form.html", context)


@admin.register(GroupKind)
class GroupKindAdmin(ReferenceAdmin):
    list_display = ["label", "code", "needs_confirmation", "order"]
    list_filter = ["needs_confirmation"]
    search_fields = ["label", "code"]

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
    """An account is given on the member's own page."""

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
    search_fields = ["name"]
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

    def offered(self, rows: Any) -> Any:
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
                        confirm_group(group=group, by=request.user, **form.words())  # type: ignore[arg-type]
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
    list_display = ["name", "group", "role", "agency", "phone", "vetted_until", "is_active"]
    list_select_related = ["group"]
    list_filter = [UnitFilter, "role", "is_active"]
    search_fields = ["name"]
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

    def offered(self, rows: Any) -> Any:
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
