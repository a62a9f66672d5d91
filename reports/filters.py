"""Filters of the lists of reports and of openings of contacts.

Each filter of the report list lets PostgreSQL use an index.
"""

import re
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.filters import DaysFilterSet, UnitFilterSet
from accounts.models import User
from accounts.roles import Action
from reports.codes import read_number_of
from reports.forms.desk import category_choices, source_choices
from reports.models import Category, ContactAccess, Report
from reports.selectors.areas import areas_named
from reports.selectors.mine import my_area
from reports.workflow import ReportState
from territory.models import Unit
from toolkit.labels import capitalized_choices
from toolkit.ui.fields import LongSelect

OPEN, OVERDUE, UNASSIGNED = "open", "overdue", "unassigned"
MINE = "mine"
FEWEST_LETTERS = 3
# A whole message is pasted with its number inside. The address of a page takes some 4,000
# characters, where a sign may take three.
PASTED_LENGTH = 1000


def state_choices() -> list[tuple[Any, Any]]:
    wanted = [
        (OPEN, _("All open")),
        (OVERDUE, _("Late")),
        (UNASSIGNED, _("Without an officer")),
    ]
    return wanted + capitalized_choices(ReportState)


def check_words(text: str) -> None:
    """The text index holds groups of three letters. A shorter search would read every report."""
    if read_number_of(text) is None and len(re.findall(r"\w", text)) < FEWEST_LETTERS:
        raise ValidationError(_("Give at least three letters, or a number such as LK-000123."))


class ReportFilter(DaysFilterSet):
    moment = "reported_at"

    q = django_filters.CharFilter(
        label=_("Words or number"),
        max_length=PASTED_LENGTH,
        method="by_words",
        validators=[check_words],
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=state_choices, empty_label=_("All states"), method="by_state"
    )
    category = django_filters.ChoiceFilter(
        label=_("Category"),
        choices=[],
        empty_label=_("All categories"),
        method="by_category",
        widget=LongSelect,
    )
    village = django_filters.CharFilter(
        label=_("Kelurahan or desa"), max_length=100, method="by_village"
    )
    area = django_filters.ChoiceFilter(
        label=_("Area"),
        choices=[(MINE, _("My villages"))],
        empty_label=_("All"),
        method="by_area",
    )
    assignee = django_filters.ChoiceFilter(
        label=_("Assigned to"),
        choices=[(MINE, _("Me"))],
        empty_label=_("Everybody"),
        method="by_assignee",
    )
    source = django_filters.ChoiceFilter(
        label=_("Source"), choices=source_choices, empty_label=_("All sources")
    )

    class Meta:
        model = Report
        fields = [
            *("q", "state", "category", "since", "until", "village"),
            *("area", "assignee", "source", "unit"),
        ]

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data or {}, queryset=Report.objects.in_scope(user))
        self.user = user
        self.categories: list[Any] = list(
            Category.objects.visible_to(user)
            .order_by("order", "pk")
            .values_list("pk", "code", "label", "group", named=True)
        )
        self.form.fields["category"].choices = category_choices(self.categories, "code")
        self.offer_units(user)

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        number = read_number_of(value)
        if number is not None:
            return rows.filter(pk=number)
        return rows.filter(text__icontains=value)

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == OPEN:
            return rows.open()  # type: ignore[attr-defined,no-any-return]
        if value == OVERDUE:
            return rows.overdue()  # type: ignore[attr-defined,no-any-return]
        if value == UNASSIGNED:
            return rows.unassigned()  # type: ignore[attr-defined,no-any-return]
        return rows.filter(state=value)

    def by_category(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(category=next(row.pk for row in self.categories if row.code == value))

    def by_village(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(village__in=areas_named(value))

    def by_area(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(my_area(self.user) or Q())

    def by_assignee(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(assignee=self.user)


class OpeningFilter(UnitFilterSet):
    """Who opened contacts of reporters, in the units that the person heads."""

    q = django_filters.CharFilter(
        label=_("Name"),
        field_name="by__name",
        lookup_expr="alike",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    class Meta:
        model = ContactAccess
        fields = ["q", "unit"]

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data or {}, queryset=ContactAccess.objects.of_head(user))
        self.offer_units(user, Unit.objects.visible_to(user).where_may(user, Action.REVIEW))
