"""Kinds of activity, and the layout of the forms made of them: data that Mabes changes."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from programs.models import ActivityKind, Sheet, SheetLine
from territory.admin.base import ReferenceAdmin, ScopedInline


@admin.register(ActivityKind)
class ActivityKindAdmin(ReferenceAdmin):
    list_display = ["label", "code", "counted_as", "is_common", "order", "is_active"]
    list_filter = ["is_common", "is_active"]
    search_fields = ["label__alike", "code"]
    ordering = ["order", "pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []


class SheetLineInline(ScopedInline):
    model = SheetLine
    fields = ["order", "panel", "label", "source", "words", "is_required", "fewest"]
    ordering = ["order", "pk"]
    can_delete = True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SheetLine]:
        return SheetLine.objects.visible_to(request.user)  # type: ignore[arg-type]


@admin.register(Sheet)
class SheetAdmin(ReferenceAdmin):
    list_display = ["__str__", "code", "refuses_same_text", "order", "is_active"]
    list_filter = ["system", "is_active"]
    search_fields = ["name__icontains", "code"]
    ordering = ["order", "pk"]
    filter_horizontal = ["kinds"]
    inlines = [SheetLineInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []
