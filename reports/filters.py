"""The reports of a person's units, narrowed so that an index still leads through them."""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners.forms import DateInput
from reports.forms.desk import category_choices, source_choices
from reports.models import Category, Report
from reports.places import named_areas
from reports.reads import my_area
from reports.workflow import ReportState
from territory.models import Unit, UnitKind
from territory.scope import rows_below

MOST_UNITS = 400
# "LK-000123", "lk 123"; a bare number of more digits is somebody's telephone.
NUMBER = re.compile(r"\s*(?:lk[\s-]*(\d{1,15})|(\d{1,9}))\s*", re.IGNORECASE)
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
OPEN, OVERDUE, UNASSIGNED = "open", "overdue", "unassigned"
MINE = "mine"


def state_choices() -> list[tuple[Any, Any]]:
    wanted = [
        (OPEN, _("All open")),
        (OVERDUE, _("Late")),
        (UNASSIGNED, _("Without an officer")),
    ]
    return wanted + [(state.value, capfirst(str(state.label))) for state in ReportState]


class ReportFilter(django_filters.FilterSet):
    """Days are those of the person's own unit."""

    q = django_filters.CharFilter(
        label=_("Words or number"),
        max_length=100,
        method="by_words",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=state_choices, empty_label=_("All states"), method="by_state"
    )
    category = django_filters.ChoiceFilter(
        label=_("Category"), choices=[], empty_label=_("All categories"), method="by_category"
    )
    since = django_filters.DateFilter(
        label=_("From the day"), widget=DateInput, method="by_first_day"
    )
    until = django_filters.DateFilter(
        label=_("Until the day"), widget=DateInput, method="by_last_day"
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
    unit = django_filters.ChoiceFilter(
        label=_("Unit"), choices=[], empty_label=_("All units"), method="by_unit"
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
        self.categories = list(
            Category.objects.visible_to(user).order_by("order", "pk").only("code", "label", "group")
        )
        self.filters["category"].extra["choices"] = category_choices(self.categories, "code")
        units = Unit.objects.visible_to(user).only("name", "kind")
        if any(not grant.column for grant in user.scope.grants):
            units = units.filter(kind__in=[UnitKind.POLDA, UnitKind.POLRES])
        self.units = {str(unit.pk): unit for unit in units.order_by("name", "pk")[:MOST_UNITS]}
        # The board leads here with a unit that the choice does without.
        asked = str((data or {}).get("unit", ""))
        if asked.isdecimal() and len(asked) < 19 and asked not in self.units:
            found = Unit.objects.visible_to(user).filter(pk=asked)
            self.units |= {str(unit.pk): unit for unit in found}
        self.filters["unit"].extra["choices"] = [(pk, unit.name) for pk, unit in self.units.items()]
        if len(self.units) < 2:
            del self.filters["unit"]
        self.form.hide_optional = True

    @property
    def is_narrowed(self) -> bool:
        """Whether the person asked for less than everything, or for what cannot be."""
        return any(self.form.cleaned_data.values()) or bool(self.form.errors)

    @property
    def zone(self) -> tzinfo:
        return self.user.unit.zone if self.user.unit else timezone.get_current_timezone()

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        number = NUMBER.fullmatch(value)
        if number:
            return rows.filter(pk=int(number[1] or number[2]))
        return rows.filter(text__icontains=value)

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        now = timezone.now()
        if value == OPEN:
            return rows.open()  # type: ignore[attr-defined,no-any-return]
        if value == OVERDUE:
            # Said twice, so that the index of the open ones serves.
            return rows.open().overdue(now)  # type: ignore[attr-defined,no-any-return]
        if value == UNASSIGNED:
            return rows.unassigned()  # type: ignore[attr-defined,no-any-return]
        return rows.filter(state=value)

    def by_category(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(category=next(row.pk for row in self.categories if row.code == value))

    def by_first_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(reported_at__gte=self._midnight(value))

    def by_last_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(reported_at__lt=self._midnight(value) + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(min(max(day, EARLIEST), LATEST), time.min, self.zone)

    def by_village(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(village__in=named_areas(value))

    def by_area(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(my_area(self.user) or Q())

    def by_assignee(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(assignee=self.user)

    def by_unit(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The unit and all below it."""
        return rows.filter(rows_below(self.units[value]))
