from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from territory.admin.access import manages_everywhere, person
from territory.admin.base import AnyTabularInline, ReferenceAdmin, ScopedAdmin
from territory.admin.coordinates import PlaceForm
from territory.admin.filters import UnitFilter
from territory.admin.forms import ScopedForm
from territory.extensions import unit_concerns
from territory.models import Area, Boundary, Unit, UnitArea
from territory.rights import MANAGE
from territory.scope import Viewer
from territory.services.moves import move_unit, refuse_move


@admin.register(Area)
class AreaAdmin(ReferenceAdmin):
    form = PlaceForm
    paste_page = "territory:area_paste"
    list_display = ["name", "alt_name", "code", "level", "population", "population_year"]
    list_filter = ["level"]
    search_fields = ["name__alike", "code__startswith"]
    autocomplete_fields = ["parent"]
    is_large = True
    fieldsets = [
        (None, {"fields": ["code", "name", "alt_name", "level", "parent"]}),
        (_("Figures"), {"fields": ["population", "population_year"]}),
        (_("Centre"), {"fields": ["coordinates"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Area | None = None) -> list[str]:
        """The seeds and the codes of smaller areas refer to the code, which implies the level."""
        return ["code", "level"] if obj else []


@admin.register(Boundary)
class BoundaryAdmin(ReferenceAdmin):
    """Only `load_boundaries` writes them: nobody types an outline."""

    is_read_only = True
    list_display = ["area", "area_code", "point_count", "source", "loaded_at"]
    list_filter = ["area__level"]
    search_fields = ["area__name__alike", "area__code__startswith"]
    ordering = ["area__code"]
    fields = ["area", "area_code", "point_count", "source", "loaded_at"]
    readonly_fields = ["area_code", "point_count"]
    is_large = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Boundary]:
        return super().get_queryset(request).select_related("area")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("code"), ordering="area__code")
    def area_code(self, row: Boundary) -> str:
        return row.area.code

    @admin.display(description=_("points"))
    def point_count(self, row: Boundary) -> int:
        return row.point_count


class UnitForm(PlaceForm):
    # Set by the admin for the person who opens the form.
    everywhere = False
    by: Viewer

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if not self.everywhere and "parent" in self.fields and not self.cleaned_data.get("parent"):
            raise ValidationError({"parent": _("Choose the unit this one reports to.")})
        parent = self.cleaned_data.get("parent")
        if self.instance.pk and parent is not None and parent.pk != self.instance.parent_id:
            refuse_move(self.instance, parent, self.by)
        return data


class UnitAreaInline(AnyTabularInline):
    """The areas of the unit. They are changed on their own pages."""

    model = UnitArea
    fields = ["area"]
    readonly_fields = ["area"]
    extra = 0
    max_num = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[UnitArea]:
        return super().get_queryset(request).select_related("area")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    form = UnitForm
    paste_page = "territory:unit_paste"
    list_display = ["name", "kind", "parent", "timezone", "phone"]
    list_select_related = ["parent"]
    list_filter = [UnitFilter, "kind", "timezone"]
    search_fields = ["name__alike", "code__startswith"]
    autocomplete_fields = ["parent", "area"]
    inlines = [UnitAreaInline]
    fieldsets = [
        (None, {"fields": ["name", "kind", "parent", "code"]}),
        (_("Place"), {"fields": ["area", "timezone", "coordinates", "phone"]}),
        (_("Duties of the unit"), {"fields": ["investigates", "is_fallback"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> list[str]:
        """The kind decides how far the unit's people see, so it never changes.

        Only people who manage the unit above may move the unit.
        """
        fields = [] if manages_everywhere(request) else ["is_fallback"]
        if obj is not None:
            fields += ["kind", "code"]
            above = obj.parent
            if above is not None and not self.manages(request, above):
                fields.append("parent")
        return fields

    def form_attributes(self, request: HttpRequest) -> dict[str, Any]:
        return {"everywhere": manages_everywhere(request), "by": person(request)}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        unit = kwargs.get("obj")
        if unit is not None and unit.pk:
            for concern in filter(None, unit_concerns(unit)):
                self.message_user(request, concern, messages.WARNING)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Unit | None) -> list[Any]:
        return list(self.inlines) if obj else []

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:
        if not change or "parent" not in form.changed_data:
            super().save_model(request, obj, form, change)
            return
        parent = obj.parent
        obj.parent_id = form.initial["parent"]
        super().save_model(request, obj, form, change)
        if parent is not None:
            # This updates the scope columns of all rows below the unit.
            move_unit(unit=obj, parent=parent, by=person(request))


class UnitAreaForm(ScopedForm):
    choosable: "QuerySet[Unit] | None" = None

    def clean_area(self) -> Area:
        area: Area = self.cleaned_data["area"]
        holder = Unit.objects.none().of_area(area)
        if self.choosable is not None and (
            holder is None or not self.choosable.filter(pk=holder.pk).exists()
        ):
            raise forms.ValidationError(_("That area belongs to another unit."))
        return area


@admin.register(UnitArea)
class UnitAreaAdmin(ScopedAdmin):
    form = UnitAreaForm
    unit_path = "unit"
    can_be_deleted = True
    list_display = ["area", "area_code", "unit"]
    list_select_related = ["area", "unit"]
    list_filter = [UnitFilter]
    search_fields = ["area__name__alike", "area__code__startswith"]
    autocomplete_fields = ["area", "unit"]
    ordering = ["area__code"]

    @admin.display(description=_("code"), ordering="area__code")
    def area_code(self, row: UnitArea) -> str:
        return row.area.code

    def form_attributes(self, request: HttpRequest) -> dict[str, Any]:
        if manages_everywhere(request):
            return {}
        user = person(request)
        return {"choosable": Unit.objects.visible_to(user).where_may(user, MANAGE)}
