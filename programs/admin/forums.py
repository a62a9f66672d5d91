"""Meetings with residents in the admin: to read and to count. Their pages change them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from programs.models import Forum
from territory.admin.base import ScopedAdmin
from territory.admin.filters import MomentPeriodFilter, UnitFilter
from territory.admin.times import local_time
from territory.times import moment


class BeginsFilter(MomentPeriodFilter):
    column = "starts_at"


@admin.register(Forum)
class ForumAdmin(ScopedAdmin):
    is_large = True
    is_read_only = True
    list_display = ["name", "time", "kind", "state", "unit", "village"]
    list_select_related = ["unit", "village", "kind"]
    list_filter = [UnitFilter, BeginsFilter, "state"]
    search_fields = ["name__alike"]
    sortable_by = ()
    times = [local_time(Forum, name) for name in ("starts_at", "ends_at")]
    fieldsets = [
        (None, {"fields": ["name", "kind", "state", "unit", "author", "activity"]}),
        (_("Where"), {"fields": ["village", "place"]}),
        (_("When"), {"fields": times}),
    ]
    readonly_fields = times

    @admin.display(description=_("at"))
    def time(self, row: Forum) -> str:
        return moment(row.starts_at, row.unit)
