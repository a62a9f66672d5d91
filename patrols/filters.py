from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.filters import UnitFilterSet
from accounts.models import User
from accounts.roles import Action
from patrols.forms.duties import kind_choices
from patrols.models import Duty, LateNote
from patrols.workflow import DutyState, ReviewState
from territory.models import Unit
from toolkit.labels import capitalized_choices
from toolkit.ui.fields import DateInput


def state_choices() -> list[tuple[str, str]]:
    return capitalized_choices(DutyState)


def review_choices() -> list[tuple[str, str]]:
    return capitalized_choices(state for state in ReviewState if state.value)


class DutyFilter(UnitFilterSet):
    """Filters the duties in a person's scope, until tonight unless another last night is chosen."""

    q = django_filters.CharFilter(
        label=_("Name of the duty"),
        field_name="name",
        lookup_expr="alike",
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

    class Meta:
        model = Duty
        fields = ["q", "since", "until", "kind", "state", "review", "unit"]

    def __init__(self, data: Any, *, user: User) -> None:
        # Bound even without data, because an unbound filter would skip the default of `until`.
        super().__init__(data or {}, queryset=Duty.objects.in_scope(user))
        self.offer_units(user)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("until"):
            return rows
        return rows.filter(night__lte=timezone.localdate())


def read_choices() -> list[tuple[str, Any]]:
    return [("no", _("Unread")), ("yes", _("Read already"))]


class LateNoteFilter(UnitFilterSet):
    """The late notes of the units that the person heads, and the person's own."""

    q = django_filters.CharFilter(
        label=_("Name of the author"),
        field_name="author__name",
        lookup_expr="alike",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    read = django_filters.ChoiceFilter(
        label=_("Read by a commander"),
        choices=read_choices,
        empty_label=_("All"),
        method="by_reading",
    )

    class Meta:
        model = LateNote
        fields = ["q", "read", "unit"]

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data or {}, queryset=LateNote.objects.visible_to(user))
        self.offer_units(user, Unit.objects.visible_to(user).where_may(user, Action.REVIEW))

    def by_reading(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(read_at__isnull=value == "no")


class BookFilter(django_filters.FilterSet):
    """Narrows the book of a post to some nights."""

    since = django_filters.DateFilter(
        label=_("From the night"), field_name="night", lookup_expr="gte", widget=DateInput
    )
    until = django_filters.DateFilter(
        label=_("Until the night"), field_name="night", lookup_expr="lte", widget=DateInput
    )

    class Meta:
        model = Duty
        fields = ["since", "until"]

    @property
    def is_narrowed(self) -> bool:
        """As `UnitFilterSet.is_narrowed`."""
        return any(self.form.cleaned_data.values()) or bool(self.form.errors)

    def night(self, name: str) -> date | None:
        found: date | None = self.form.cleaned_data.get(name)
        return found
