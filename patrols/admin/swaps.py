from django.contrib import admin

from patrols.models import Swap
from territory.admin.base import ScopedAdmin


@admin.register(Swap)
class SwapAdmin(ScopedAdmin):
    """Who swapped with whom. Nobody changes it here."""

    unit_path = "duty"
    is_read_only = True
    is_large = True
    list_display = ["duty", "asker", "other", "state", "asked_at"]
    list_select_related = ["duty__unit", "asker", "other"]
    list_filter = ["state"]
    search_fields = ["asker__name__alike", "other__name__alike"]
    fields = ["duty", "in_return", "asker", "other", "group", "reason", "state", "decided_by"]
