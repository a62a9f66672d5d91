from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners.forms import DateInput
from patrols.forms.duties import kind_choices
from patrols.models import Duty
from patrols.workflow import DutyState, ReviewState
from territory.models import Unit, UnitKind
from territory.scope import rows_below

MOST_UNITS = 400


def state_choices() -> list[tuple[str, str]]:
    return [(state.value, capfirst(str(state.label))) for state in DutyState]


def review_choices() -> list[tuple[str, str]]:
    return [(state.value, capfirst(str(state.label))) for state in ReviewState if state.value]


class DutyFilter(django_filters.FilterSet):
    """The duties of a person's units until tonight, narrowed. Nights ahead have their own page."""

    q = django_filters.CharFilter(
        label=_("Name of the duty"),
        field_name="name",
        lookup_expr="icontains",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    since = django_filters.DateFilter(
        label=_("From the night"), field_name="night", lookup_expr="gte", widget=DateInput
    )
    until = django_filters.DateFilter(
        label=_("Until the night"), field_name="night", lookup_expr="lte", widget=DateInput
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=kind_choices, empty_label=_("All kinds")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=state_choices, empty_label=_("All states")
    )
    review = django_filters.ChoiceFilter(
        label=_("Approval"), choices=review_choices, empty_label=_("All")
    )
    unit = django_filters.ChoiceFilter(
        label=_("Unit"), choices=[], empty_label=_("All units"), method="by_unit"
    )

    class Meta:
        model = Duty
        fields = ["q", "since", "until", "kind", "state", "review", "unit"]

    def __init__(self, data: Any, *, user: User) -> None:
        # Bound even without a choice, so that the default of `until` holds.
        super().__init__(data or {}, queryset=Duty.objects.in_scope(user))
        units = Unit.objects.visible_to(user)
        if any(not grant.column for grant in user.scope.grants):
            units = units.filter(kind__in=[UnitKind.POLDA, UnitKind.POLRES])
        self.units = {str(unit.pk): unit for unit in units.order_by("name", "pk")[:MOST_UNITS]}
        # Pages of tonight lead here with a unit that the choice does without.
        asked = str((data or {}).get("unit", ""))
        if asked.isdecimal() and len(asked) < 19 and asked not in self.units:
            found = Unit.objects.visible_to(user).filter(pk=asked)
            self.units |= {str(unit.pk): unit for unit in found}
        self.filters["unit"].extra["choices"] = [(pk, unit.name) for pk, unit in self.units.items()]
        if len(self.units) < 2:
            del self.filters["unit"]
        self.form.hide_optional = True

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("until"):
            return rows
        return rows.filter(night__lte=timezone.localdate())

    @property
    def is_narrowed(self) -> bool:
        """Whether the person asked for less than everything, or for what cannot be."""
        return any(self.form.cleaned_data.values()) or bool(self.form.errors)

    def by_unit(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The unit and all below it."""
        return rows.filter(rows_below(self.units[value]))
