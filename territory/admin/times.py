"""Times in the admin: told at the unit of the row, and a period to start a list of years with."""

from collections.abc import Iterable
from datetime import timedelta
from operator import attrgetter
from typing import Any, cast

from django.contrib import admin
from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from territory.times import moment

RECENT_DAYS = 30


def local(model: type[Model], column: str, unit_path: str = "unit") -> Any:
    """A time as it is told at the unit of the row, with the name of its zone.

    Any: the stubs know fields by their names only.
    """

    @admin.display(description=cast("Field[Any, Any]", model._meta.get_field(column)).verbose_name)
    def told(row: Any) -> str:
        return moment(getattr(row, column), attrgetter(unit_path)(row))

    told.__name__ = column
    return told


class PeriodFilter(admin.SimpleListFilter):
    """The last 30 days unless asked for more: a list of years would be read by nobody."""

    title = _("period")
    parameter_name = "period"
    column = "night"
    unasked = _("last 30 days and ahead")

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("7", _("last 7 days")), ("90", _("last 90 days")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        yield {**first, "display": self.unasked}
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
    """The same over a column of times instead of nights."""

    column = "at"
    unasked = _("last 30 days")

    def since(self, days: int) -> Any:
        return timezone.now() - timedelta(days=days)
