"""Instructions in the admin: to read and to count. Their pages change them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from programs.models import Instruction, InstructionReceipt
from territory.admin.base import ScopedAdmin, ScopedInline
from territory.admin.filters import MomentPeriodFilter, UnitFilter
from territory.admin.times import local_time
from territory.times import moment


class IssuedFilter(MomentPeriodFilter):
    column = "issued_at"


class InstructionReceiptInline(ScopedInline):
    model = InstructionReceipt
    fk_name = "instruction"
    is_read_only = True
    fields = (
        *("unit", "person", "state"),
        local_time(InstructionReceipt, "sent_at"),
        local_time(InstructionReceipt, "read_at"),
        local_time(InstructionReceipt, "done_at"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[InstructionReceipt]:
        rows: QuerySet[InstructionReceipt] = super().get_queryset(request)
        return rows.select_related("unit", "person")


@admin.register(Instruction)
class InstructionAdmin(ScopedAdmin):
    """Without the hash of what was sent. Classified ones are not here for administrators."""

    is_large = True
    is_read_only = True
    list_display = ["time", "kind", "number", "unit", "author"]
    list_select_related = ["unit", "author"]
    list_filter = [UnitFilter, IssuedFilter, "kind"]
    search_fields = ["number__iexact"]
    search_help_text = _("Number, whole.")
    sortable_by = ()
    inlines = [InstructionReceiptInline]
    times = [local_time(Instruction, name) for name in ("issued_at", "due_at", "withdrawn_at")]
    fieldsets = [
        (None, {"fields": ["kind", "number", "dated", "secrecy", "unit", "author"]}),
        (_("What it says"), {"fields": ["subject", "points", "summary", "report_wanted"]}),
        (_("When"), {"fields": [*times, "withdrawn_by", "withdraw_reason"]}),
        (_("Origin"), {"fields": ["client_uuid"]}),
    ]
    readonly_fields = times

    @admin.display(description=_("sent"))
    def time(self, row: Instruction) -> str:
        return moment(row.issued_at, row.unit)
