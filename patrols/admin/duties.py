"""Duties, rolls and logs in the admin. Their states change on the pages of the duty only."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from patrols.models import Attendance, Duty, DutyPhoto, EntryPhoto, LogEntry, Mark
from patrols.workflow import DutyState, ReviewState
from reports.models import Report
from reports.models.reports import number_of
from territory.admin.base import ScopedAdmin, ScopedInline
from territory.admin.filters import MomentPeriodFilter, PeriodFilter, UnitFilter
from territory.admin.times import local_time
from territory.times import clock, moment, night_span
from toolkit.photos.admin import PictureColumn


class RollPeriodFilter(PeriodFilter):
    column = "duty__night"


class AttendanceInline(ScopedInline):
    model = Attendance
    unit_path = "duty"
    is_read_only = True
    fields = (
        *("person_name", "guest_agency", "expected", "status"),
        *(local_time(Attendance, "at", "duty.unit"), "note", "marked_by"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendance]:
        rows = super().get_queryset(request)
        return rows.select_related("officer", "member", "marked_by", "duty__unit")

    @admin.display(description=_("who"))
    def person_name(self, row: Attendance) -> str:
        return row.person_name


class DutyPhotoInline(PictureColumn, ScopedInline):
    model = DutyPhoto
    unit_path = "duty"
    is_read_only = True
    photo_page = "patrols:duty_photo_view"
    fields = ("picture", "by", "width", "height", local_time(DutyPhoto, "added_at", "duty.unit"))
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[DutyPhoto]:
        rows: QuerySet[DutyPhoto] = super().get_queryset(request)
        return rows.select_related("duty__unit", "by")


@admin.register(Duty)
class DutyAdmin(ScopedAdmin):
    """Its texts may be corrected until the log is approved. None is added: schedules make them."""

    is_large = True
    can_be_added = False
    list_display = ["name", "night_name", "starts", "unit", "state", "review", "leader"]
    list_select_related = ["unit", "leader"]
    list_filter = [UnitFilter, PeriodFilter, "state", "review", "kind"]
    search_fields = ["name__alike"]
    sortable_by = ()
    inlines = [AttendanceInline, DutyPhotoInline]
    fieldsets = [
        (None, {"fields": ["name", "order_number", "summary"]}),
        (
            _("Duty"),
            {
                "fields": [
                    "unit",
                    "schedule",
                    "kind",
                    "night",
                    local_time(Duty, "apel_at"),
                    local_time(Duty, "starts_at"),
                    local_time(Duty, "ends_at"),
                    "route",
                    "post",
                    "leader",
                    "is_edited",
                ]
            },
        ),
        (
            _("State"),
            {
                "fields": [
                    "state",
                    local_time(Duty, "started_at"),
                    local_time(Duty, "ended_at"),
                    "cancel_reason",
                    "review",
                    "review_comment",
                    "reviewed_by",
                    local_time(Duty, "reviewed_at"),
                    "entry_count",
                    local_time(Duty, "last_entry_at"),
                ]
            },
        ),
    ]
    corrected = ("name", "order_number", "summary")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Duty]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == "patrols_duty_change":
            # Not for the list: PostgreSQL took longer to plan these joins than to run them.
            rows = rows.select_related("schedule", "route", "post", "reviewed_by")
        return rows.select_related("unit", "leader")

    def get_readonly_fields(self, request: HttpRequest, obj: Duty | None = None) -> list[Any]:
        return [
            name
            for __, part in self.fieldsets or []
            for name in part["fields"]
            if name not in self.corrected
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.review == ReviewState.APPROVED:
            return False
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Duty, form: Any, change: bool) -> None:
        # Marked as edited, so that its schedule does not put the old texts back.
        obj.is_edited = obj.is_edited or obj.state == DutyState.PLANNED
        obj.save(update_fields=[*self.corrected, "is_edited"])

    @admin.display(description=_("night"))
    def night_name(self, row: Duty) -> str:
        return night_span(row.night)

    @admin.display(description=_("starts"))
    def starts(self, row: Duty) -> str:
        return clock(row.starts_at, row.unit)


@admin.register(Attendance)
class AttendanceAdmin(ScopedAdmin):
    """Who was in which roll, to read only. It is marked on the pages of the duty."""

    unit_path = "duty"
    is_large = True
    is_read_only = True
    local_at = local_time(Attendance, "at", "duty.unit")
    list_display = ["person_name", "duty", "night_name", "expected", "status", local_at]
    list_select_related = ["duty__unit", "officer", "member"]
    list_filter = [UnitFilter, RollPeriodFilter, "status"]
    search_fields = ["officer__nrp__exact", "officer__username__exact"]
    search_help_text = _("NRP or username, whole.")
    sortable_by = ()
    fields = [
        "duty",
        "officer",
        "member",
        "guest_name",
        "guest_agency",
        "expected",
        "status",
        local_at,
        "note",
        "marked_by",
    ]
    readonly_fields = [local_at]

    @admin.display(description=_("who"))
    def person_name(self, row: Attendance) -> str:
        return row.person_name

    @admin.display(description=_("night"))
    def night_name(self, row: Attendance) -> str:
        return night_span(row.duty.night)


class EntryPhotoInline(PictureColumn, ScopedInline):
    model = EntryPhoto
    unit_path = "entry"
    is_read_only = True
    photo_page = "patrols:photo_view"
    fields = ("picture", "width", "height", local_time(EntryPhoto, "added_at", "entry.unit"))
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntryPhoto]:
        rows: QuerySet[EntryPhoto] = super().get_queryset(request)
        return rows.select_related("entry__unit")


@admin.register(LogEntry)
class LogEntryAdmin(ScopedAdmin):
    """The log (buku mutasi). Nobody changes anything in it."""

    is_large = True
    is_read_only = True
    list_display = ["time", "duty", "unit", "kind", "short_text", "author", "mark_labels"]
    list_select_related = ["duty", "unit", "author"]
    list_filter = [UnitFilter, MomentPeriodFilter, "kind"]
    search_fields = ["text"]
    sortable_by = ()
    inlines = [EntryPhotoInline]
    times = [
        local_time(LogEntry, column)
        for column in ("at", "device_at", "received_at", "left_at", "withdrawn_at")
    ]
    fieldsets = [
        (None, {"fields": ["duty", "unit", "author", "kind", "text", "people_count"]}),
        (_("When"), {"fields": times}),
        (
            _("Where"),
            {"fields": ["checkpoint", "lat", "lon", "accuracy_m", "distance_m"]},
        ),
        (_("Odd"), {"fields": ["mark_labels"]}),
        (_("Origin"), {"fields": ["client_uuid", "body_sha256"]}),
        (_("What became of it"), {"fields": ["report_made"]}),
    ]
    readonly_fields = ["mark_labels", "report_made", *times]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        rows: QuerySet[LogEntry] = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == "patrols_logentry_change":
            reports = Report.objects.visible_to(cast(User, request.user))
            rows = rows.annotate(sees_report=Exists(reports.filter(finding__entry=OuterRef("pk"))))
        return rows

    @admin.display(description=_("report"))
    def report_made(self, row: Any) -> str:
        """The report's number for who may see the report, and who passed the finding on."""
        if not hasattr(row, "finding"):
            return "–"
        made = row.finding
        number = number_of(made.report_id) if row.sees_report else _("passed on")
        return f"{number} · {made.by.titled_name}, {moment(made.at, row.unit)}"

    @admin.display(description=_("at"))
    def time(self, row: LogEntry) -> str:
        return moment(row.at, row.unit)

    @admin.display(description=_("text"))
    def short_text(self, row: LogEntry) -> str:
        return row.text[:80]

    @admin.display(description=_("marks"))
    def mark_labels(self, row: LogEntry) -> str:
        labels = dict(Mark.choices)
        return ", ".join(str(labels.get(mark, mark)) for mark in row.marks)
