"""Filters of the admin's lists: by unit and by period."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from territory.admin.access import manages_everywhere, person
from territory.models import Unit, UnitKind
from territory.rights import MANAGE
from territory.scope import rows_below
from toolkit.keys import row_key

RECENT_DAYS = 30


class UnitFilter(admin.SimpleListFilter):
    """Shows the chosen unit with all below it, and offers the units directly below it next."""

    title = _("unit")
    parameter_name = "unit"

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Model],
        model_admin: Any,
    ) -> None:
        user = person(request)
        self.units = Unit.objects.visible_to(user).where_may(user, MANAGE)
        path = model_admin.unit_path
        self.prefix = f"{path}__" if path else ""
        super().__init__(request, params, model, model_admin)

    def chosen(self) -> int | None:
        return row_key(self.value())

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        grants = [g for g in person(request).scope.grants if MANAGE in g.actions]
        tops = Q(pk__in=[grant.unit_id for grant in grants if grant.column])
        if manages_everywhere(request):
            tops |= Q(parent=None) | Q(parent__parent=None)
        if chosen := self.chosen():
            tops = Q(pk=chosen) | Q(parent=chosen)
        units = self.units.filter(tops).order_by("name", "pk").values_list("pk", "name")
        return [(str(pk), name) for pk, name in units]

    def has_output(self) -> bool:
        """Django would hide the filter where only one unit is offered."""
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        chosen = self.chosen()
        unit = self.units.filter(pk=chosen).first() if chosen else None
        if unit is None:
            return queryset.none()
        if queryset.model is Unit and unit.kind == UnitKind.SUBSEKTOR:
            return queryset.filter(pk=unit.pk)
        return queryset.filter(rows_below(unit, self.prefix))


class PeriodFilter(admin.SimpleListFilter):
    """Shows the last 30 days unless the person asks for more. `column` is a date."""

    title = _("period")
    parameter_name = "period"
    column = "night"
    default_label = _("last 30 days and ahead")

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("7", _("last 7 days")), ("90", _("last 90 days")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        yield {**first, "display": self.default_label}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        if chosen == "all":
            return queryset
        days = int(chosen) if chosen in {"7", "90"} else RECENT_DAYS
        return queryset.filter(**{f"{self.column}__gte": self.since(days)})

    def since(self, days: int) -> Any:
        return timezone.localdate() - timedelta(days=days)


class MomentPeriodFilter(PeriodFilter):
    """The same for a column of times."""

    column = "at"
    default_label = _("last 30 days")

    def since(self, days: int) -> Any:
        return timezone.now() - timedelta(days=days)
