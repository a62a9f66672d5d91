"""What posts have, and what was handed over there, to read only: the pages of a post change it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from patrols.models import ItemCheck, PostFault, PostHandover, PostHours, PostItem
from patrols.templatetags.nights import weekday_words
from territory.admin.base import ScopedAdmin, ScopedInline
from territory.admin.filters import MomentPeriodFilter, UnitFilter
from territory.admin.times import local_time
from territory.times import moment


class OfPostAdmin(ScopedAdmin):
    unit_path = "post"
    is_read_only = True
    list_select_related = ["post__unit"]
    search_fields = ["post__name__alike"]


@admin.register(PostHours)
class PostHoursAdmin(OfPostAdmin):
    list_display = ["post", "nights", "opens", "closes"]
    list_filter = [UnitFilter]
    fields = ["post", "nights", "opens", "closes"]
    readonly_fields = ["nights"]

    @admin.display(description=_("nights"))
    def nights(self, row: PostHours) -> str:
        return weekday_words(row.weekdays)


@admin.register(PostItem)
class PostItemAdmin(OfPostAdmin):
    local_seen = local_time(PostItem, "seen_at", "post.unit")
    list_display = ["__str__", "post", "kind", "wanted", "present", "condition", local_seen]
    list_filter = [UnitFilter, "condition", "kind"]
    search_fields = ["name__alike", "number__exact", "post__name__alike"]
    fields = [
        *("post", "kind", "name", "number", "wanted", "present", "condition", "remark"),
        *(local_seen, "retired_on"),
    ]
    readonly_fields = [local_seen]


@admin.register(PostFault)
class PostFaultAdmin(OfPostAdmin):
    times = [local_time(PostFault, name, "post.unit") for name in ("reported_at", "mended_at")]
    list_display = ["text", "post", "since", "reported_by", "mended_by"]
    list_select_related = ["post__unit", "reported_by", "mended_by"]
    list_filter = [UnitFilter]
    fields = [
        *("post", "text", "since", "reported_by", times[0]),
        *("mended_by", times[1], "mended_note"),
    ]
    readonly_fields = times


class HandedOverFilter(MomentPeriodFilter):
    column = "at"


class HandoverLineInline(ScopedInline):
    model = ItemCheck
    unit_path = "handover"
    is_read_only = True
    fields = ("name", "wanted", "present", "condition", "remark")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ItemCheck]:
        rows: QuerySet[ItemCheck] = super().get_queryset(request)
        return rows.select_related("handover__unit")


@admin.register(PostHandover)
class PostHandoverAdmin(ScopedAdmin):
    is_large = True
    is_read_only = True
    list_display = ["time", "post", "unit", "giver", "taker_name", "confirmed_by"]
    list_select_related = ["post", "unit", "giver", "confirmed_by"]
    list_filter = [UnitFilter, HandedOverFilter]
    search_fields = ["giver__username__exact", "taker__username__exact"]
    search_help_text = _("Username, whole.")
    sortable_by = ()
    inlines = [HandoverLineInline]
    times = [
        local_time(PostHandover, column)
        for column in ("at", "device_at", "received_at", "confirmed_at", "withdrawn_at")
    ]
    fieldsets = [
        (None, {"fields": ["post", "unit", "duty", "to_duty", "giver", "taker", "taker_name"]}),
        (_("When"), {"fields": times}),
        (_("What was said"), {"fields": ["note", "confirmed_by", "difference"]}),
        (_("Origin"), {"fields": ["client_uuid", "body_sha256"]}),
    ]
    readonly_fields = times

    @admin.display(description=_("at"))
    def time(self, row: PostHandover) -> str:
        return moment(row.at, row.unit)
