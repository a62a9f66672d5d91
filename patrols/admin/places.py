from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from patrols.models import Checkpoint, GuardPost, Route
from territory.admin.base import ScopedAdmin, ScopedInline
from territory.admin.coordinates import PlaceForm, PlaceRowForm
from territory.admin.filters import UnitFilter


class RetiredFilter(admin.SimpleListFilter):
    """Shows the places in use, unless retired ones are asked for."""

    title = _("in use")
    parameter_name = "retired"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("retired")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("in use")}
        yield from rest

    def queryset(self, request: Any, queryset: Any) -> Any:
        match self.value():
            case "yes":
                return queryset.exclude(retired_on=None)
            case "all":
                return queryset
        return queryset.current()


class CheckpointInline(ScopedInline):
    """Checkpoints are retired, not deleted, because the logs of earlier nights name them."""

    model = Checkpoint
    form = PlaceRowForm
    unit_path = "route"
    fields = ["order", "name", "coordinates", "radius_m", "dwell_minutes", "retired_on"]


@admin.register(Route)
class RouteAdmin(ScopedAdmin):
    list_display = ["name", "unit", "retired_on"]
    list_select_related = ["unit"]
    list_filter = [UnitFilter, RetiredFilter]
    search_fields = ["name__alike"]
    autocomplete_fields = ["unit"]
    inlines = [CheckpointInline]
    fields = ["name", "unit", "is_order_fixed", "note", "retired_on"]

    def autocomplete_rows(self, rows: Any) -> Any:
        return rows.current()


@admin.register(GuardPost)
class GuardPostAdmin(ScopedAdmin):
    form = PlaceForm
    list_display = ["name", "unit", "area", "address", "retired_on"]
    list_select_related = ["unit", "area"]
    list_filter = [UnitFilter, RetiredFilter]
    search_fields = ["name__alike", "address__alike"]
    autocomplete_fields = ["unit", "area"]
    fields = ["name", "unit", "area", "address", "coordinates", "radius_m", "retired_on"]

    def autocomplete_rows(self, rows: Any) -> Any:
        return rows.current()
