"""The filters by unit and by days that lists of every app offer, and that of changes of access."""

import copy
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Any

import django_filters
from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessEvent, User
from territory.models import Unit, UnitKind
from territory.scope import rows_below
from toolkit.keys import row_key
from toolkit.ui.fields import DateInput, LongSelect

MOST_UNITS = 400
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


@cache
def form_of(filters: "type[UnitFilterSet]") -> type[forms.Form]:
    """The form of such a filter, without the choices that depend on the person.

    Made once: django-filter would make every field anew, and then copy each of its choices, which
    took a tenth of the time of a list.
    """
    fields = {name: copy.deepcopy(each).field for name, each in filters.base_filters.items()}
    return type(f"{filters.__name__}Form", (filters._meta.form,), fields)


def _asked_first(unit: int) -> list[Case]:
    """The order that keeps the unit asked for among the first MOST_UNITS; 0 for none."""
    if not unit:
        return []
    return [Case(When(pk=unit, then=Value(0)), default=Value(1), output_field=IntegerField())]


class UnitFilterSet(django_filters.FilterSet):
    """Narrows a list to a unit and all below it. Call `offer_units` before anything else.

    Without two units to choose from, the field is left out.
    """

    unit = django_filters.ChoiceFilter(
        label=_("Unit"),
        choices=[],
        empty_label=_("All units"),
        method="by_unit",
        widget=LongSelect,
    )

    def get_form_class(self) -> type[forms.Form]:
        return form_of(type(self))  # type: ignore[arg-type]  # classes have a hash

    def offer_units(self, user: User, units: QuerySet[Unit] | None = None) -> None:
        """Offers `units`, or the units the person sees. One statement.

        People who see the whole country choose among Polda and Polres. The unit in the address is
        offered too, since other pages link here with smaller units.
        """
        asked = row_key(self.data.get("unit")) or 0
        if units is None:
            units = Unit.objects.visible_to(user)
            if any(not grant.column for grant in user.scope.grants):
                units = units.filter(Q(kind__in=[UnitKind.POLDA, UnitKind.POLRES]) | Q(pk=asked))
        # Tuples are read in half the time of model instances.
        found = units.order_by(*_asked_first(asked), "name", "pk").values_list(
            "pk", "name", "kind", named=True
        )
        self.units = {str(unit.pk): unit for unit in found[:MOST_UNITS]}
        if len(self.units) < 2:
            del self.filters["unit"], self.form.fields["unit"]
        else:
            choices = [(pk, unit.name) for pk, unit in self.units.items()]
            self.form.fields["unit"].choices = choices

    def by_unit(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(rows_below(self.units[value]))

    @property
    def is_narrowed(self) -> bool:
        """Whether the person has chosen anything, also something invalid."""
        return any(self.form.cleaned_data.values()) or bool(self.form.errors)


class DaysFilterSet(UnitFilterSet):
    """From one day until another, both included. A day begins and ends in the time zone of the
    person's own unit. Set `user` before the rows are read."""

    user: User
    moment = "at"  # the column that the days narrow

    since = django_filters.DateFilter(
        label=_("From the day"), widget=DateInput, method="by_first_day"
    )
    until = django_filters.DateFilter(
        label=_("Until the day"), widget=DateInput, method="by_last_day"
    )

    @property
    def zone(self) -> tzinfo:
        return self.user.unit.zone if self.user.unit else timezone.get_current_timezone()

    def by_first_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.moment}__gte": self._midnight(value)})

    def by_last_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.moment}__lt": self._midnight(value) + timedelta(days=1)})

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(min(max(day, EARLIEST), LATEST), time.min, self.zone)


class AccessFilter(UnitFilterSet):
    """Who was let in or given what, in the units that the person may ask about."""

    q = django_filters.CharFilter(
        label=_("Name"),
        field_name="person__name",
        lookup_expr="alike",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    class Meta:
        model = AccessEvent
        fields = ["q", "unit"]

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data or {}, queryset=AccessEvent.objects.of_head(user))
        self.offer_units(user)
