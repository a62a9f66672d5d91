from typing import Any

from django.contrib import admin

from accounts.models import Absence
from territory.admin.base import ScopedAdmin


@admin.register(Absence)
class AbsenceAdmin(ScopedAdmin):
    """Who was and is away. Planners change it on the site, where the duties follow."""

    unit_path = "user__unit"
    is_read_only = True
    is_large = True
    list_display = ["user", "kind", "starts_on", "ends_on"]
    list_select_related = ["user__unit"]
    list_filter = ["kind"]
    search_fields = ["user__name__alike", "user__nrp__startswith"]
    fields = ["user", "kind", "starts_on", "ends_on", "note"]

    def unit_row(self, row: Any) -> Any:
        return row.user.unit
