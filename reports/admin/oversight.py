"""Openings of contacts and handovers, read-only."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reports.admin.reports import report_page
from reports.codes import read_number_of
from reports.models import ContactAccess, Handover
from reports.models.reports import number_of
from territory.admin.base import ScopedAdmin
from territory.admin.filters import MomentPeriodFilter, UnitFilter
from territory.admin.times import local_time


class OfReportAdmin(ScopedAdmin):
    """Rows that show a report's number and read nothing else of the report."""

    is_large = True
    is_read_only = True
    sortable_by = ()
    search_fields = ["report__id__exact"]
    search_help_text = _("A number such as LK-000123.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        number = read_number_of(search_term)
        if number is None:
            return queryset.none(), False
        return self.get_queryset(request).filter(report=number), False

    @admin.display(description=_("report"))
    def number_told(self, row: Any) -> str:
        return number_of(row.report_id)

    @admin.display(description=_("report"))
    def page(self, row: Any) -> str:
        return report_page(row.report_id)


@admin.register(ContactAccess)
class ContactAccessAdmin(OfReportAdmin):
    unit_path = "report"
    local_at = local_time(ContactAccess, "at", "report.unit")
    list_display = ["number_told", local_at, "by", "reason"]
    list_filter = [UnitFilter, MomentPeriodFilter]
    fields = ["page", local_at, "by", "reason"]
    readonly_fields = ["page", local_at]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContactAccess]:
        rows: QuerySet[ContactAccess] = super().get_queryset(request)
        return rows.select_related("by", "report__unit").defer("report__code", "report__text")


@admin.register(Handover)
class HandoverAdmin(OfReportAdmin):
    local_at = local_time(Handover, "at")
    list_display = ["number_told", local_at, "unit", "to_unit"]
    list_filter = [UnitFilter, MomentPeriodFilter]
    fields = ["page", local_at, "unit", "to_unit"]
    readonly_fields = ["page", local_at]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Handover]:
        """Without those of sealed reports. Whoever may read such a report sees them on its page."""
        rows: QuerySet[Handover] = super().get_queryset(request).filter(report__is_sealed=False)
        rows = rows.select_related("unit", "to_unit", "report")
        return rows.defer("report__code", "report__text")
