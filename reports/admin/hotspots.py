from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from reports.models import Hotspot
from territory.admin_base import ScopedAdmin, UnitFilter


@admin.register(Hotspot)
class HotspotAdmin(ScopedAdmin):
    list_display = ["name", "unit", "area", "radius_m", "risky_from", "risky_until", "is_active"]
    list_select_related = ["unit", "area"]
    list_filter = [UnitFilter, "is_active"]
    search_fields = ["name"]
    autocomplete_fields = ["unit", "area", "categories"]
    fieldsets = [
        (None, {"fields": ["name", "unit", "area", "is_active"]}),
        (_("Where"), {"fields": ["lat", "lon", "radius_m"]}),
        (
            _("Risk"),
            {"fields": [("risky_from", "risky_until"), "categories", "advice", "source"]},
        ),
    ]
