"""The admin's own door to rows: below Mabes, people see, choose and change their own subtree only.

Every ModelAdmin and inline of the project is built on the classes here; `unit_path` says how a
model reaches its unit. The history shown on the pages is read by `territory.admin.history`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import CharField, DateField, Field, FloatField, Model, Q, QuerySet
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from territory.admin.history import Change, changes_of
from territory.models import Unit, UnitKind
from territory.scope import Scope, UnitRow, rows_below, unscoped
from toolkit.paging import capped_count

# The action that opens the admin. `accounts.roles` grants it; a test holds the two together.
MANAGE = "manage"
HISTORY_SHOWN = 10
HISTORY_LIMIT = 200

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyTabularInline = admin.TabularInline[Any, Any]
    AnyModelForm = forms.ModelForm[Any]
    AnyPaginator = Paginator[Any]
else:
    AnyModelAdmin = admin.ModelAdmin
    AnyTabularInline = admin.TabularInline
    AnyModelForm = forms.ModelForm
    AnyPaginator = Paginator


class Manager(Protocol):
    pk: Any
    is_superuser: bool

    @property
    def scope(self) -> Scope: ...

    def may(self, action: Any, row: UnitRow) -> bool: ...


def person(request: HttpRequest) -> Manager:
    return cast(Manager, request.user)


def manages_everywhere(request: HttpRequest) -> bool:
    """Superusers and administrators of Mabes."""
    return any(not g.column and MANAGE in g.actions for g in person(request).scope.grants)


def narrowed(rows: QuerySet[Any], user: Manager, unit_path: str) -> QuerySet[Any]:
    """Rows of the units the person manages, taken through the model's own door first."""
    for door in ("in_scope", "visible_to"):
        if hasattr(rows, door):
            rows = getattr(rows, door)(user)
            break
    condition = user.scope.rows(f"{unit_path}__" if unit_path else "", action=MANAGE)
    return rows.none() if condition is None else rows.filter(condition)


def choices_for(site: admin.AdminSite, model: type[Model], request: HttpRequest) -> QuerySet[Any]:
    """What the person may choose of a model: the rows its own admin would list."""
    return site.get_model_admin(model).get_queryset(request)


def shown_in_admin(form: forms.BaseForm, model_admin: Any) -> AdminForm:
    """A form of one's own in the dress of a change page, for ``admin/action_form.html``."""
    for field in form.fields.values():
        field.label = capfirst(field.label)
    parts: Any = [(None, {"fields": list(form.fields)})]
    return AdminForm(cast("forms.ModelForm[Any]", form), parts, {}, model_admin=model_admin)


class CappedPaginator(AnyPaginator):
    """Counts no further than `cap`: on big tables, what lies beyond is found by filters."""

    cap = 1000

    @cached_property
    def count(self) -> int:
        return capped_count(cast("QuerySet[Any]", self.object_list), self.cap).number


class ScopedForm(AnyModelForm):
    """Keeps what the row already points to choosable, though it may be outside the scope."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            return
        for name, field in self.fields.items():
            if not isinstance(field, ModelChoiceField) or field.queryset is None:
                continue
            if isinstance(field, ModelMultipleChoiceField):
                now: Any = getattr(self.instance, name).values("pk")
            else:
                column = self.instance._meta.get_field(name)
                now = [getattr(self.instance, cast("Field[Any, Any]", column).attname)]
            everything = unscoped(field.queryset.model._base_manager, "the row points to it")
            field.queryset = field.queryset | everything.filter(pk__in=now)


class ScopedChoices:
    """Foreign keys offer what the person manages, whatever the page."""

    admin_site: admin.AdminSite

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault(
            "queryset", choices_for(self.admin_site, db_field.remote_field.model, request)
        )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault(
            "queryset", choices_for(self.admin_site, db_field.remote_field.model, request)
        )
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class ScopedAdmin(ScopedChoices, AnyModelAdmin):
    """Lists, choices and pages of the units a person manages.

    `unit_path` leads from the row to what carries the scope columns: "" for rows of a unit,
    "unit" for rows that only point to one, "duty" for what hangs on a duty.
    """

    unit_path = ""
    is_read_only = False
    can_be_added = True
    can_be_deleted = False
    is_large = False
    form = ScopedForm
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False  # a second count, over everything, is not worth its price
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    change_form_template = "admin/scoped_change_form.html"
    object_history_template = "admin/scoped_history.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return narrowed(super().get_queryset(request), person(request), self.unit_path)

    def unit_row(self, row: Model) -> Any:
        return getattr(row, self.unit_path) if self.unit_path else row

    def manages(self, request: HttpRequest, row: Model | None = None) -> bool:
        user = person(request)
        if row is None:
            return MANAGE in user.scope.actions
        if manages_everywhere(request):
            return True
        carrier = self.unit_row(row)
        return carrier is not None and user.may(MANAGE, carrier)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.manages(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.manages(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.can_be_added and not self.is_read_only and self.manages(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return not self.is_read_only and self.manages(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.can_be_deleted and self.manages(request, obj)

    def form_words(self, request: HttpRequest) -> dict[str, Any]:
        """What the form has to know of the person: attributes of its class."""
        return {}

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), self.form_words(request))

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        maker = CappedPaginator if self.is_large else self.paginator
        return maker(*args, **kwargs)

    def offered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What autocomplete offers of the rows in scope; the retired are left out here."""
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        match = request.resolver_match
        if match and match.url_name == "autocomplete":
            queryset = self.offered(queryset)
        # PostgreSQL refuses NUL in a text.
        return super().get_search_results(request, queryset, search_term.replace("\0", ""))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if any("\0" in f"{key}{value}" for key, value in request.GET.items()):
            return HttpResponseRedirect(request.path)
        cap = CappedPaginator.cap if self.is_large else None
        try:
            return super().changelist_view(request, {"cap": cap, **(extra_context or {})})
        except DisallowedModelAdminLookup:
            return HttpResponseRedirect(request.path)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What a filter of the list asks. Django allows every column of the model, so that one

        never shown, such as a password's hash, could be found out letter by letter.
        """
        asked = lookup.split("__")[0]
        filters = [getattr(f, "parameter_name", f) for f in self.list_filter or ()]
        return asked in filters and super().lookup_allowed(lookup, value, request)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What the form could not foresee, such as somebody who was faster, is said: no 500."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, ValidationError) as error:
            for message in self.reasons(error):
                self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def reasons(self, error: IntegrityError | ValidationError) -> list[str]:
        """The words of the constraint that refused, wherever on the page its model stands."""
        if isinstance(error, ValidationError):
            return error.messages
        for model in [self.model, *(inline.model for inline in self.inlines)]:
            for constraint in model._meta.constraints:
                if f'"{constraint.name}"' in str(error):
                    return [str(constraint.get_violation_error_message())]
        return [gettext("Somebody else was faster. Nothing was saved: look again.")]

    def changes(self, request: HttpRequest, row: Model, limit: int) -> list[Change]:
        carrier = self.unit_row(row)
        unit = carrier if isinstance(carrier, Unit) else getattr(carrier, "unit", None)
        return changes_of(row, person(request), limit, unit)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and row.pk:
            context["changes"] = self.changes(request, row, HISTORY_SHOWN)
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The database's own history beside Django's: it knows bulk changes and raw SQL too."""
        response = super().history_view(request, object_id, extra_context)
        if isinstance(response, TemplateResponse):
            context = cast("dict[str, Any]", response.context_data)
            context["changes"] = self.changes(request, context["object"], HISTORY_LIMIT)
        return response


class ReferenceAdmin(ScopedAdmin):
    """Rows of no unit, which all share: everybody here reads them, Mabes changes them."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return AnyModelAdmin.get_queryset(self, request)

    def manages(self, request: HttpRequest, row: Model | None = None) -> bool:
        return MANAGE in person(request).scope.actions

    def has_add_permission(self, request: HttpRequest) -> bool:
        return manages_everywhere(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return manages_everywhere(request)


class ScopedInline(ScopedChoices, AnyTabularInline):
    """Rows on the page of their parent, with the parent's rights; none is deleted there."""

    unit_path = ""
    is_read_only = False
    form = ScopedForm
    extra = 0
    can_delete = False
    show_change_link = False

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Narrow inputs: with the admin's own, a row is wider than the screen."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, DateField):
            field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        elif isinstance(db_field, FloatField):
            field.widget.attrs["class"] = "vBigIntegerField"
        elif isinstance(db_field, CharField) and isinstance(field.widget, forms.TextInput):
            field.widget.attrs = {"size": 20 if db_field.name == "name" else 13}
        return field

    def _parent(self) -> ScopedAdmin:
        return cast(ScopedAdmin, self.admin_site.get_model_admin(self.parent_model))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return narrowed(super().get_queryset(request), person(request), self.unit_path)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._parent().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return not self.is_read_only and self._parent().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class UnitFilter(admin.SimpleListFilter):
    """Steps down the unit tree: the chosen unit with all below it, and its units to go on to."""

    title = _("unit")
    parameter_name = "unit"

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Model],
        model_admin: ScopedAdmin,
    ) -> None:
        user = person(request)
        self.units = Unit.objects.visible_to(user).where_may(user, MANAGE)
        path = model_admin.unit_path
        self.prefix = f"{path}__" if path else ""
        super().__init__(request, params, model, model_admin)

    def chosen(self) -> int | None:
        value = self.value() or ""
        return int(value) if value.isdecimal() and len(value) < 19 else None

    def lookups(
        self, request: HttpRequest, model_admin: AnyModelAdmin
    ) -> Iterable[tuple[str, str]]:
        grants = [g for g in person(request).scope.grants if MANAGE in g.actions]
        tops = Q(pk__in=[grant.unit_id for grant in grants if grant.column])
        if manages_everywhere(request):
            tops |= Q(parent=None) | Q(parent__parent=None)
        if chosen := self.chosen():
            tops = Q(pk=chosen) | Q(parent=chosen)
        units = self.units.filter(tops).order_by("name", "pk").values_list("pk", "name")
        return [(str(pk), name) for pk, name in units]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        chosen = self.chosen()
        unit = self.units.filter(pk=chosen).first() if chosen else None
        if unit is None:
            return queryset.none()
        if queryset.model is Unit and unit.kind == UnitKind.SUBSEKTOR:
            return queryset.filter(pk=unit.pk)
        return queryset.filter(rows_below(unit, self.prefix))
