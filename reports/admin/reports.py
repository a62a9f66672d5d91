"""Oversight of reports. Officers work on a report on its own page, not in the admin."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reports.codes import read_number_of
from reports.models import Report, ReportEvent, ReportPhoto
from reports.models.reports import number_of
from territory.admin.base import ScopedAdmin, ScopedInline
from territory.admin.filters import MomentPeriodFilter, UnitFilter
from territory.admin.times import local_time
from territory.times import moment
from toolkit.photos.admin import PictureColumn

SHOWN = 50


def report_page(pk: int) -> str:
    """A link to the page where officers work on the report."""
    return format_html(
        '<a href="{}">{} · {}</a>',
        reverse("reports:report_detail", args=[pk]),
        number_of(pk),
        _("open the page of the report"),
    )


class ReportPeriodFilter(MomentPeriodFilter):
    column = "reported_at"


class FirstRows(BaseInlineFormSet):  # type: ignore[type-arg]
    """Only the first SHOWN rows, because a reporter may have written a lot."""

    def get_queryset(self) -> Any:
        if not hasattr(self, "_shown"):
            self._shown = super().get_queryset()[:SHOWN]
        return self._shown


class EventInline(ScopedInline):
    model = ReportEvent
    formset = FirstRows
    unit_path = "report"
    is_read_only = True
    ordering = ("-at", "-pk")
    fields = (local_time(ReportEvent, "at"), "kind", "step", "who", "unit", "is_public", "text")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportEvent]:
        return super().get_queryset(request).select_related("actor", "unit")

    @admin.display(description=_("state"))
    def step(self, row: ReportEvent) -> str:
        before, after = row.get_from_state_display(), row.get_to_state_display()
        return f"{before} → {after}" if before and after else before or after

    @admin.display(description=_("by"))
    def who(self, row: ReportEvent) -> str:
        if row.is_by_system:
            return str(_("the system"))
        return str(row.actor or (_("reporter") if row.is_by_reporter else ""))


class PhotoInline(PictureColumn, ScopedInline):
    model = ReportPhoto
    formset = FirstRows
    unit_path = "report"
    is_read_only = True
    photo_page = "reports:report_photo"
    fields = ("picture", "width", "height", local_time(ReportPhoto, "added_at", "event.unit"))
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportPhoto]:
        rows: QuerySet[ReportPhoto] = super().get_queryset(request)
        return rows.select_related("event__unit")


@admin.register(Report)
class ReportAdmin(ScopedAdmin):
    """Text and place may be corrected, which the history records. Sealed reports stay sealed.

    The reporter's code and contact are not shown. Nor is the client UUID: a report sent again under
    it shows the receipt with the code.
    """

    is_large = True
    can_be_added = False
    list_display = ["number", "kind", "unit", "state", "reported"]
    list_select_related = ["category", "unit"]
    list_filter = [UnitFilter, ReportPeriodFilter, "state", "priority", "category"]
    search_fields = ["text"]
    search_help_text = _("Words of the text, or a number such as LK-000123.")
    sortable_by = ()
    autocomplete_fields = ["village"]
    inlines = [EventInline, PhotoInline]
    corrected = ("text", "village", "place")
    fieldsets = [
        (None, {"fields": ["page", "category", "unit", *corrected]}),
        (
            _("When"),
            {
                "fields": [
                    local_time(Report, "reported_at"),
                    local_time(Report, "occurred_from"),
                    local_time(Report, "occurred_to"),
                    "precision",
                ]
            },
        ),
        (
            _("State"),
            {
                "fields": [
                    "state",
                    "assignee",
                    "priority",
                    *(
                        local_time(Report, column)
                        for column in (
                            *("due_at", "first_response_at", "arrived_at"),
                            *("resolved_at", "closed_at"),
                        )
                    ),
                    "outcome",
                    "outcome_reason",
                    "lp_number",
                    "referred_to",
                    "goes_on_in",
                    "rating",
                ]
            },
        ),
        (
            _("Origin"),
            {"fields": ["source", "received_by", "privacy", "is_sealed", "about_unit"]},
        ),
        (_("Position"), {"fields": ["lat", "lon", "accuracy_m"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        rows: QuerySet[Report] = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == "reports_report_change":
            rows = rows.select_related("village", "assignee", "received_by", "about_unit")
            others = Report.objects.visible_to(cast(User, request.user))
            rows = rows.annotate(sees_other=Exists(others.filter(pk=OuterRef("duplicate_of"))))
        return rows.select_related("category", "unit")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        number = read_number_of(search_term)
        if number is not None:
            # A number finds its report in any period.
            return self.get_queryset(request).filter(pk=number), False
        return super().get_search_results(request, queryset, search_term)

    def get_readonly_fields(self, request: HttpRequest, obj: Report | None = None) -> list[Any]:
        return [
            name
            for __, part in self.fieldsets or []
            for name in part["fields"]
            if name not in self.corrected
        ]

    def save_model(self, request: HttpRequest, obj: Report, form: Any, change: bool) -> None:
        # Only these fields, because an officer may have changed the state meanwhile.
        obj.save(update_fields=self.corrected)

    @admin.display(description=_("number"))
    def number(self, row: Report) -> str:
        return row.number

    @admin.display(description=_("number"))
    def page(self, row: Report) -> str:
        return report_page(row.pk)

    @admin.display(description=_("merged with"))
    def goes_on_in(self, row: Any) -> str:
        """The report this one was merged into, if the person may see that one too."""
        if row.duplicate_of_id is None:
            return str(self.get_empty_value_display())
        return report_page(row.duplicate_of_id) if row.sees_other else str(_("another report"))

    @admin.display(description=_("category"))
    def kind(self, row: Report) -> str:
        """As text, which wraps. A foreign key column would push the others off the screen."""
        return row.category.label

    @admin.display(description=_("reported"))
    def reported(self, row: Report) -> str:
        return moment(row.reported_at, row.unit)
