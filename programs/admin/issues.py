"""Residents' issues in the admin: to read and to count. Their pages change them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from programs.models import IssueEvent, ResidentIssue
from territory.admin.base import ScopedAdmin, ScopedInline
from territory.admin.filters import MomentPeriodFilter, UnitFilter
from territory.admin.times import local_time
from territory.times import moment


class SaidFilter(MomentPeriodFilter):
    column = "at"


class IssueEventInline(ScopedInline):
    model = IssueEvent
    unit_path = "issue"
    is_read_only = True
    fields = (
        *("step", "from_state", "to_state", "by", "is_residents_word", "due", "text"),
        local_time(IssueEvent, "at", "issue.unit"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[IssueEvent]:
        rows: QuerySet[IssueEvent] = super().get_queryset(request)
        return rows.select_related("issue__unit", "by")


@admin.register(ResidentIssue)
class ResidentIssueAdmin(ScopedAdmin):
    is_large = True
    is_read_only = True
    list_display = ["number", "time", "kind", "state", "due", "unit", "village"]
    list_select_related = ["unit", "village"]
    list_filter = [UnitFilter, SaidFilter, "state", "kind"]
    search_fields = ["text__icontains"]
    search_help_text = _("Words of the issue.")
    sortable_by = ()
    inlines = [IssueEventInline]
    times = [local_time(ResidentIssue, name) for name in ("at", "received_at", "changed_at")]
    fieldsets = [
        (None, {"fields": ["kind", "topic", "unit", "author", "text", "activity", "forum"]}),
        (_("Where"), {"fields": ["village", "rw", "rt", "whose_power", "group"]}),
        (
            _("Answer"),
            {"fields": ["state", "promised_by", "owner", "due", "answer", "explained_why"]},
        ),
        (_("Checked"), {"fields": ["done_by", "verified_by"]}),
        (_("When"), {"fields": times}),
        (_("Origin"), {"fields": ["client_uuid"]}),
    ]
    readonly_fields = times

    @admin.display(description=_("number"))
    def number(self, row: ResidentIssue) -> str:
        return row.number

    @admin.display(description=_("at"))
    def time(self, row: ResidentIssue) -> str:
        return moment(row.at, row.unit)
