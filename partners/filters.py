from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.filters import UnitFilterSet
from accounts.models import User
from partners.models import ConfirmationState, GroupKind, GroupMember, PartnerGroup
from territory.models import Unit
from toolkit.names import split_rt_rw

STATES = [
    (ConfirmationState.VALID, _("confirmed")),
    (ConfirmationState.EXPIRING, _("expires soon")),
    (ConfirmationState.EXPIRED, _("expired")),
    (ConfirmationState.MISSING, _("not confirmed yet")),
]


class GroupFilter(UnitFilterSet):
    """The groups of a person's units. Shows active ones unless the person asks for others."""

    q = django_filters.CharFilter(
        label=_("Name"),
        field_name="name",
        lookup_expr="alike",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = django_filters.ModelChoiceFilter(
        label=_("Kind"), queryset=GroupKind.objects.none(), empty_label=_("all kinds")
    )
    confirmation = django_filters.ChoiceFilter(
        label=_("Pengukuhan"), choices=STATES, empty_label=_("all"), method="by_confirmation"
    )
    area = django_filters.CharFilter(
        label=_("Area"),
        method="by_area",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    active = django_filters.ChoiceFilter(
        label=_("Active"),
        choices=[("no", _("no longer active")), ("all", _("all"))],
        empty_label=_("active"),
        method="keep_all",
    )

    class Meta:
        model = PartnerGroup
        fields = ["q", "kind", "confirmation", "unit", "area", "active"]

    def __init__(self, data: Any, *, user: User) -> None:
        # An unbound form would skip filter_queryset(), and with it the default of `active`.
        super().__init__(data or {}, queryset=PartnerGroup.objects.in_scope(user))
        self.form.fields["kind"].queryset = GroupKind.objects.visible_to(user)
        groups = PartnerGroup.objects.in_scope(user).filter(unit=OuterRef("pk"))
        self.offer_units(user, Unit.objects.visible_to(user).filter(Exists(groups)))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        match self.form.cleaned_data.get("active"):
            case "all":
                return rows
            case "no":
                return rows.filter(is_active=False)
        return rows.filter(is_active=True)

    def keep_all(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """filter_queryset() applies `active`, because its default filters too."""
        return rows

    def by_area(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(area__name__alike=split_rt_rw(value).name or value)

    def by_confirmation(self, rows: Any, name: str, value: str) -> QuerySet[PartnerGroup]:
        found: QuerySet[PartnerGroup] = rows.with_confirmation(value)
        return found


class MemberFilter(django_filters.FilterSet):
    """The members of one group: the active ones, with ``all=1`` the former ones too."""

    all = django_filters.ChoiceFilter(
        label=_("Former members too"), choices=[("1", _("all"))], method="keep_all"
    )

    class Meta:
        model = GroupMember
        fields = ["all"]

    def __init__(self, data: Any, *, user: User, group: PartnerGroup) -> None:
        # An unbound form would skip filter_queryset().
        members = GroupMember.objects.visible_to(user).filter(group=group)
        super().__init__(data or {}, queryset=members)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        self.with_former = bool(self.form.cleaned_data.get("all"))
        return rows if self.with_former else rows.filter(is_active=True)

    def keep_all(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """filter_queryset() applies `all`, because its default filters too."""
        return rows
