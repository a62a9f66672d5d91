from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide

from reports.models import Category
from territory.admin.base import ReferenceAdmin
from territory.admin.forms import ScopedForm


class CategoryForm(ScopedForm):
    def clean_icon(self) -> str:
        """Pages fail to draw an icon that does not exist."""
        icon: str = self.cleaned_data["icon"]
        try:
            lucide(icon)
        except IconDoesNotExist as error:
            raise ValidationError(_("Lucide has no icon of this name.")) from error
        return icon


@admin.register(Category)
class CategoryAdmin(ReferenceAdmin):
    """Mabes changes categories; every administrator may read them.

    No page unseals what will be reported: of a sealed category, `open_to_change` alone may change.
    A tick seals and stays. `load_seeds --update` on the server changes the rest (docs/adr/0019).
    """

    form = CategoryForm
    list_display = [
        "drawn",
        "label",
        "group",
        "target_minutes",
        "handler",
        "is_sealed",
        "order",
        "is_active",
    ]
    list_display_links = ["label"]
    list_filter = ["group", "is_sealed", "is_active"]
    search_fields = ["label__alike", "synonyms", "code"]
    search_help_text = _("The label or everyday words.")
    ordering = ["order", "pk"]
    fieldsets = [
        (None, {"fields": ["label", "code", "group", "crime_class", "synonyms"]}),
        (
            _("Rules"),
            {"fields": ["is_sealed", "is_about_police", "allows_mediation", "target_minutes"]},
        ),
        (_("Help"), {"fields": ["handler", "hotline", "hotline_name", "hint"]}),
        (_("Tile"), {"fields": ["icon", "order", "is_active"]}),
    ]

    # Not the label and the everyday words: a sealed category under another name leaves its own to
    # one that is open. Nor whether it is offered: what nobody can choose seals nothing.
    open_to_change = (
        "target_minutes",
        "handler",
        "hotline",
        "hotline_name",
        "hint",
        "icon",
        "order",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Category | None = None) -> list[Any]:
        """The code stays, because load_seeds finds the row by it."""
        if obj is None:
            return []
        if not obj.is_sealed:
            return ["code"]
        names = [name for __, part in self.fieldsets for name in part["fields"]]
        return [name for name in names if name not in self.open_to_change]

    def autocomplete_rows(self, rows: Any) -> Any:
        return rows.filter(is_active=True)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "synonyms":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_sealed" in form.changed_data:
            self.message_user(
                request,
                gettext("This holds for new reports: those stored before stay as they were."),
                messages.WARNING,
            )

    @admin.display(description=_("icon"))
    def drawn(self, row: Category) -> SafeString | str:
        try:
            return SafeString(lucide(row.icon, size=20, aria_hidden="true"))
        except IconDoesNotExist:
            return row.icon
