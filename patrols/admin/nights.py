from django.contrib import admin

from patrols.models import Holiday, Team
from territory.admin.base import ReferenceAdmin, ScopedAdmin


@admin.register(Holiday)
class HolidayAdmin(ReferenceAdmin):
    list_display = ["day", "name"]
    search_fields = ["name"]
    date_hierarchy = "day"


@admin.register(Team)
class TeamAdmin(ScopedAdmin):
    """The teams of schedules. Planners change them on the site, where the duties follow."""

    unit_path = "schedule"
    is_read_only = True
    list_display = ["name", "schedule", "place", "leader"]
    list_select_related = ["schedule", "leader"]
    search_fields = ["schedule__name__alike"]
    fields = ["schedule", "place", "name", "leader", "officers", "groups"]
