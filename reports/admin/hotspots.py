from typing import Any

from django.contrib import admin
from django.db.models import TimeField
from django.utils.translation import gettext_lazy as _

from reports.models import Hotspot, HotspotProposal
from territory.admin.base import ScopedAdmin
from territory.admin.coordinates import PlaceForm
from territory.admin.filters import UnitFilter
from toolkit.ui.fields import TimeInput


@admin.register(Hotspot)
class HotspotAdmin(ScopedAdmin):
    form = PlaceForm
    list_display = ["name", "unit", "area", "radius_m", "risky_from", "risky_until", "is_active"]
    list_select_related = ["unit", "area"]
    list_filter = [UnitFilter, "is_active"]
    search_fields = ["name__alike"]
    autocomplete_fields = ["unit", "area", "categories"]
    fieldsets = [
        (None, {"fields": ["name", "unit", "area", "is_active"]}),
        (_("Where"), {"fields": ["coordinates", "radius_m"]}),
        (
            _("Risk"),
            {"fields": ["risky_from", "risky_until", "categories", "advice", "source"]},
        ),
    ]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """The hours are local, so Django's hint about the server's time would be wrong."""
        if isinstance(db_field, TimeField):
            return db_field.formfield(widget=TimeInput())
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(HotspotProposal)
class HotspotProposalAdmin(ScopedAdmin):
    """What the system proposed, and who decided. Commanders decide on the list of hotspots."""

    is_read_only = True
    list_display = ["unit", "report_count", "state", "decided_by", "proposed_at"]
    list_select_related = ["unit", "decided_by"]
    list_filter = [UnitFilter, "state"]
    search_fields = ["unit__name__alike"]
    fields = [
        *["unit", "lat", "lon", "report_count", "latest_at", "proposed_at"],
        *["state", "reason", "decided_by", "decided_at", "hotspot"],
    ]
