from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.filters import DaysFilterSet, UnitFilterSet
from accounts.models import User
from programs.forms.activities import kind_choices
from programs.models import (
    Activity,
    Forum,
    Instruction,
    InstructionKind,
    InstructionReceipt,
    IssueKind,
    ResidentIssue,
)
from programs.selectors.choices import kinds_offered
from programs.selectors.instructions import narrowed
from programs.workflow import OPEN_ISSUES, OPEN_RECEIPTS, ForumState, IssueState, ReceiptState
from reports.selectors.areas import areas_named
from toolkit.labels import capitalized_choices

MINE = "mine"
LATE, ALL = "late", "all"
OURS = "ours"
FEWEST_LETTERS = 3


def check_words(text: str) -> None:
    """The text index holds groups of three letters. A shorter search would read every row."""
    if sum(letter.isalnum() for letter in text) < FEWEST_LETTERS:
        raise ValidationError(_("Give at least three letters."))


class ActivityFilter(DaysFilterSet):
    q = django_filters.CharFilter(
        label=_("Words"),
        field_name="text",
        lookup_expr="icontains",
        max_length=100,
        validators=[check_words],
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=[], empty_label=_("All kinds"), method="by_kind"
    )
    village = django_filters.CharFilter(
        label=_("Kelurahan or desa"), max_length=100, method="by_village"
    )
    whose = django_filters.ChoiceFilter(
        label=_("Whose"), choices=[(MINE, _("My own"))], empty_label=_("All"), method="by_whose"
    )

    class Meta:
        model = Activity
        fields = ["q", "kind", "since", "until", "village", "whose", "unit"]

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data or {}, queryset=Activity.objects.visible_to(user).standing())
        self.user = user
        self.kinds = {kind.code: kind for kind in kinds_offered(user)}
        self.form.fields["kind"].choices = kind_choices(list(self.kinds.values()))
        self.offer_units(user)

    def by_kind(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(kind=self.kinds[value])

    def by_village(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(village__in=areas_named(value))

    def by_whose(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(author=self.user)


def issue_state_choices() -> list[tuple[Any, Any]]:
    late = [(LATE, _("Promise broken (late)"))]
    return [*late, *capitalized_choices(IssueState), (ALL, _("All states"))]


class IssueFilter(UnitFilterSet):
    """Without a state chosen only those that are open."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=issue_state_choices,
        empty_label=_("All open"),
        method="by_state",
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"),
        choices=lambda: capitalized_choices(IssueKind),
        empty_label=_("All kinds"),
    )
    village = django_filters.CharFilter(
        label=_("Kelurahan or desa"), max_length=100, method="by_village"
    )
    whose = django_filters.ChoiceFilter(
        label=_("Whose"), choices=[(MINE, _("Mine"))], empty_label=_("All"), method="by_whose"
    )

    class Meta:
        model = ResidentIssue
        fields = ["state", "kind", "village", "whose", "unit"]

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data or {}, queryset=ResidentIssue.objects.visible_to(user))
        self.user = user
        self.offer_units(user)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(state__in=OPEN_ISSUES)

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == ALL:
            return rows
        if value == LATE:
            today = self.user.unit.today() if self.user.unit else timezone.localdate()
            return rows.filter(state=IssueState.PROMISED, due__lt=today)
        return rows.filter(state=value)

    def by_village(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(village__in=areas_named(value))

    def by_whose(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Those the person is to do."""
        return rows.filter(owner=self.user)


class ForumFilter(UnitFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=lambda: capitalized_choices(ForumState),
        empty_label=_("All states"),
    )
    village = django_filters.CharFilter(
        label=_("Kelurahan or desa"), max_length=100, method="by_village"
    )

    class Meta:
        model = Forum
        fields = ["state", "village", "unit"]

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data or {}, queryset=Forum.objects.visible_to(user))
        self.offer_units(user)

    def by_village(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(village__in=areas_named(value))


class InstructionFilter(UnitFilterSet):
    """Instructions addressed to the person or their unit, or those that their units have sent.

    `state` and `late` are of the receipts: one is enough.
    """

    whose = django_filters.ChoiceFilter(
        label=_("Whose"),
        choices=[(OURS, _("From our units"))],
        empty_label=_("For me"),
        method="by_receipts",
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("unread", _("Not read")),
            ("open", _("Not done")),
            ("check", _("To be checked")),
        ],
        empty_label=_("All"),
        method="by_receipts",
    )
    late = django_filters.ChoiceFilter(
        label=_("In time"),
        choices=[("late", _("Late"))],
        empty_label=_("All"),
        method="by_receipts",
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=[], empty_label=_("All kinds"), field_name="kind"
    )

    class Meta:
        model = Instruction
        fields = ["whose", "state", "late", "kind", "unit"]

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data or {}, queryset=Instruction.objects.none())
        self.user = user
        self.form.fields["kind"].choices = capitalized_choices(InstructionKind)
        self.offer_units(user)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked, user = self.form.cleaned_data, self.user
        if asked.get("whose") == OURS:
            rows: QuerySet[Instruction] = Instruction.objects.in_scope(user)
            receipts = InstructionReceipt.objects.visible_to(user)
        else:
            rows = Instruction.objects.of(user)
            receipts = InstructionReceipt.objects.of(user)
        states = {
            "unread": [ReceiptState.SENT],
            "open": OPEN_RECEIPTS,
            "check": [ReceiptState.DONE],
        }
        if state := states.get(asked.get("state") or ""):
            rows = narrowed(rows, receipts, state__in=state)
        if asked.get("late"):
            rows = narrowed(rows, receipts, state__in=OPEN_RECEIPTS)
            rows = rows.filter(due_at__lte=timezone.now(), withdrawn_at=None)
        found: QuerySet[Any] = super().filter_queryset(rows)
        return found

    def by_receipts(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """`filter_queryset` has done it."""
        return rows
