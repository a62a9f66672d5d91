"""Activities in the admin: to read and to count. Their pages change them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from programs.models import Activity, ActivityPhoto
from territory.admin.base import ScopedAdmin, ScopedInline
from territory.admin.filters import MomentPeriodFilter, UnitFilter
from territory.admin.times import local_time
from territory.times import moment
from toolkit.photos.admin import PictureColumn


class HappenedFilter(MomentPeriodFilter):
    column = "at"


class ActivityPhotoInline(PictureColumn, ScopedInline):
    model = ActivityPhoto
    unit_path = "activity"
    is_read_only = True
    photo_page = "programs:activity_photo"
    fields = (
        *("picture", "from_gallery", "width", "height"),
        local_time(ActivityPhoto, "added_at", "activity.unit"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActivityPhoto]:
        rows: QuerySet[ActivityPhoto] = super().get_queryset(request)
        return rows.select_related("activity__unit")


@admin.register(Activity)
class ActivityAdmin(ScopedAdmin):
    """Without the sealed name, and without the hash of what was sent."""

    is_large = True
    is_read_only = True
    list_display = ["time", "kind", "unit", "village", "author"]
    list_select_related = ["kind", "unit", "village", "author"]
    list_filter = [UnitFilter, HappenedFilter, "kind"]
    search_fields = ["author__username__exact", "text__icontains"]
    search_help_text = _("Username, whole, or words of the account.")
    sortable_by = ()
    inlines = [ActivityPhotoInline]
    times = [
        local_time(Activity, column)
        for column in ("at", "device_at", "received_at", "corrected_at", "withdrawn_at")
    ]
    fieldsets = [
        (None, {"fields": ["kind", "unit", "author", "text", "outcome"]}),
        (_("Where"), {"fields": ["village", "rw", "rt", "place", "lat", "lon", "accuracy_m"]}),
        (_("With whom"), {"fields": ["group", "people_count", "agencies"]}),
        (_("For forms"), {"fields": ["topic", "keywords"]}),
        (_("When"), {"fields": times}),
        (_("Origin"), {"fields": ["client_uuid"]}),
    ]
    readonly_fields = times

    @admin.display(description=_("at"))
    def time(self, row: Activity) -> str:
        return moment(row.at, row.unit)
