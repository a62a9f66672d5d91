"""The classes that every ModelAdmin and inline of the project is built on.

Below Mabes, people see, choose and change only rows of the units they manage. `unit_path` says how
a model reaches its unit.
"""

import re
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage, Paginator
from django.db import IntegrityError, OperationalError
from django.db.models import CharField, DateField, FloatField, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from psycopg2.errors import DeadlockDetected

from territory.admin.access import manages_everywhere, narrowed, person
from territory.admin.asked import LOOKUPS, asks_oddly
from territory.admin.choices import ScopedChoices
from territory.admin.forms import (
    AnyInlineFormSet,
    RowForm,
    RowsFormSet,
    ScopedForm,
    change_words,
    row_name,
)
from territory.admin.once import key_to_show, saved_before, with_key
from territory.models import Unit
from territory.rights import MANAGE
from territory.scope import unscoped
from territory.selectors.history import Change, News, changes_of, news_of
from toolkit.editing import SEEN, EditForm
from toolkit.paging import capped_count

HISTORY_SHOWN = 10
HISTORY_LIMIT = 200
SAVE_AS_NEW = "_saveasnew"  # a button that no page here has; Django heeds it all the same
FASTER = gettext_lazy("Somebody else was faster. Nothing was saved: look again.")

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyTabularInline = admin.TabularInline[Any, Any]
    AnyPaginator = Paginator[Any]
else:
    AnyModelAdmin = admin.ModelAdmin
    AnyTabularInline = admin.TabularInline
    AnyPaginator = Paginator


def shown_in_admin(form: forms.BaseForm, model_admin: Any) -> AdminForm:
    """Wraps a plain form so that ``admin/action_form.html`` shows it like a change page."""
    for field in form.fields.values():
        field.label = capfirst(field.label)
    parts: Any = [(None, {"fields": list(form.fields)})]
    return AdminForm(cast("forms.ModelForm[Any]", form), parts, {}, model_admin=model_admin)


class LastPagePaginator(AnyPaginator):
    """Past the end is the last page: rows go, and links stay in messages and bookmarks."""

    def validate_number(self, number: Any) -> int:
        try:
            return super().validate_number(number)
        except EmptyPage:
            return self.num_pages


class CappedPaginator(LastPagePaginator):
    """Counts no further than `cap`, which keeps large tables fast. Filters find the rows beyond."""

    cap = 1000

    @cached_property
    def count(self) -> int:
        return capped_count(cast("QuerySet[Any]", self.object_list), self.cap).number


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
    paste_page = ""  # URL name of the page on which a table of such rows is pasted
    form = ScopedForm
    paginator = LastPagePaginator
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False  # it would count the whole table once more
    show_facets = admin.ShowFacets.NEVER  # each facet would count the whole table
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

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Locks the row that a change page saves, so that nobody changes it between the
        comparison with what the page showed and the saving."""
        row = super().get_object(request, object_id, from_field or None)
        match = request.resolver_match
        if row is None or request.method != "POST" or not match:
            return row
        if match.url_name != f"{self.opts.app_label}_{self.opts.model_name}_change":
            return row
        rows = unscoped(self.model._base_manager, "the person reaches this row")
        rows.select_for_update(of=("self",)).filter(pk=row.pk).values_list("pk").first()
        return super().get_object(request, object_id, from_field or None)

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Every relation here is by key. Django fails where the address names no column."""
        return to_field == self.opts.pk.name

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

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the stamp, which the template writes outside the fieldsets."""
        return [name for name in super().get_fields(request, obj) if name != SEEN]

    def form_attributes(self, request: HttpRequest) -> dict[str, Any]:
        """Class attributes that tell the form about the person who opens it."""
        return {}

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), self.form_attributes(request))

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        maker = CappedPaginator if self.is_large else self.paginator
        return maker(*args, **kwargs)

    def autocomplete_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Which of the rows in scope autocomplete offers. Override to leave out inactive ones."""
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        match = request.resolver_match
        if match and match.url_name == "autocomplete":
            queryset = self.autocomplete_rows(queryset)
        # PostgreSQL refuses a NUL character in a text. Each word must be found, but nobody looks
        # for the dash between two words.
        words = search_term.replace("\0", "").split()
        term = " ".join(word for word in words if re.search(r"\w", word)) or " ".join(words)
        return super().get_search_results(request, queryset, term)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if asks_oddly(request):
            return HttpResponseRedirect(request.path)
        cap = CappedPaginator.cap if self.is_large else None
        try:
            context = {"cap": cap, "paste_page": self.paste_page, **(extra_context or {})}
            return super().changelist_view(request, context)
        except DisallowedModelAdminLookup:
            return HttpResponseRedirect(request.path)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allows only the filters of the list, as their links write them.

        Django allows every column of the model, so that a hidden one, such as the hash of a
        password, could be guessed letter by letter; and every kind of comparison, such as a regular
        expression that PostgreSQL cannot read.
        """
        asked, _separator, how = lookup.partition("__")
        filters = [getattr(f, "parameter_name", f) for f in self.list_filter or ()]
        return (
            asked in filters and how in LOOKUPS and super().lookup_allowed(lookup, value, request)
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Shows a message instead of an error page where the database or a service refuses."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, ValidationError) as error:
            for message in self.reasons(error):
                self.message_user(request, message, messages.ERROR)
        except OperationalError as error:
            # The page of a person locks the person, then schedules; planners lock the other way.
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            self.message_user(request, FASTER, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def reasons(self, error: IntegrityError | ValidationError) -> list[str]:
        """The message of the constraint that refused, of this model or of one of its inlines."""
        if isinstance(error, ValidationError):
            return error.messages
        for model in apps.get_models():  # moving a unit writes rows of many models
            for constraint in model._meta.constraints:
                if f'"{constraint.name}"' in str(error):
                    return [str(constraint.get_violation_error_message())]
        return [str(FASTER)]

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        return with_key(request, change_words(form, formsets, add))

    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: Any
    ) -> HttpResponse:
        """Answers the same page sent again as it answered the first time, and saves nothing."""
        if SAVE_AS_NEW in request.POST:
            request.POST = sent = request.POST.copy()  # type: ignore[assignment]
            del sent[SAVE_AS_NEW]
        saved = saved_before(request, self.model) if request.method == "POST" else None
        row = saved and self.get_object(request, saved)
        if row:
            respond = self.response_change if object_id else self.response_add
            return respond(request, row)
        answer: HttpResponse = super()._changeform_view(  # type: ignore[misc]
            request, object_id, form_url, extra_context
        )
        return answer

    def unit_of(self, row: Model) -> Unit | None:
        """The unit whose time zone the page uses."""
        carrier = self.unit_row(row)
        return carrier if isinstance(carrier, Unit) else getattr(carrier, "unit", None)

    def changes(self, request: HttpRequest, row: Model, limit: int) -> list[Change]:
        return changes_of(row, person(request), limit, self.unit_of(row))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        context["form_key"] = key_to_show(request)
        if row is not None and row.pk:
            context["changes"] = self.changes(request, row, HISTORY_SHOWN)
            context["conflicts"] = self.conflicts(request, row, context)
        response = super().render_change_form(request, context, *args, **kwargs)
        if context.get("conflicts"):
            response.status_code = 409
        return response

    def conflicts(
        self, request: HttpRequest, row: Model, context: dict[str, Any]
    ) -> list[tuple[str, list[News]]]:
        """What others have changed since the page was opened: of the row, and of its inlines.

        Each with the name of the inline's row, "" for the row itself.
        """
        user, unit = person(request), self.unit_of(row)
        found = [("", context["adminform"].form)]
        for inline in context["inline_admin_formsets"]:
            found += [(row_name(form.instance), form) for form in inline.formset.initial_forms]
        return [
            (name, news_of(form.conflict, user, unit))
            for name, form in found
            if isinstance(form, EditForm) and form.conflict
        ]

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Adds the history kept by database triggers, which includes bulk changes and raw SQL."""
        response = super().history_view(request, object_id, extra_context)
        if isinstance(response, TemplateResponse):
            context = cast("dict[str, Any]", response.context_data)
            context["changes"] = self.changes(request, context["object"], HISTORY_LIMIT)
            # Django's Indonesian for "Change history" means "Change the history".
            context["title"] = gettext("History: %(row)s") % {"row": context["object"]}
        return response


class ReferenceAdmin(ScopedAdmin):
    """Rows that belong to no unit: every administrator reads them, Mabes changes them."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return AnyModelAdmin.get_queryset(self, request)

    def manages(self, request: HttpRequest, row: Model | None = None) -> bool:
        return MANAGE in person(request).scope.actions

    def has_add_permission(self, request: HttpRequest) -> bool:
        return manages_everywhere(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return manages_everywhere(request)


class ScopedInline(ScopedChoices, AnyTabularInline):
    """Rows on the page of their parent, with the parent's rights. They cannot be deleted there."""

    unit_path = ""
    is_read_only = False
    form = RowForm
    formset: type[AnyInlineFormSet] = RowsFormSet
    extra = 0
    can_delete = False
    show_change_link = False

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Narrower inputs: with the admin's own, a row is wider than the screen."""
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
        """Locked while the page is saved, as the row of the page itself."""
        rows = narrowed(super().get_queryset(request), person(request), self.unit_path)
        is_saving = request.method == "POST" and not self.is_read_only
        return rows.select_for_update(of=("self",)) if is_saving else rows

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With the hidden stamp where the rows may be changed."""
        parts = super().get_fieldsets(request, obj)
        if not self.has_change_permission(request, obj):
            return parts
        (title, first), *rest = parts
        return [(title, {**first, "fields": [*first["fields"], SEEN]}), *rest]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._parent().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return not self.is_read_only and self._parent().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
