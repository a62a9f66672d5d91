"""The forms of every change page of the admin."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Field, Model
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _

from territory.scope import unscoped
from toolkit.editing import EditConflict, EditForm

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
    AnyInlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    AnyModelForm = forms.ModelForm
    AnyInlineFormSet = BaseInlineFormSet


def change_words(form: forms.BaseForm, formsets: Any, add: bool) -> list[dict[str, Any]]:
    """What the admin keeps of a saved page, in Django's format but in the person's language.

    Django keeps English words and translates them when it shows them. That misses a label that
    starts with a capital, and what is inside the name of a row.
    """
    told: list[dict[str, Any]] = []
    if add:
        told.append({"added": {}})
    elif form.changed_data:
        told.append({"changed": {"fields": _labels(form, form.changed_data)}})
    for formset in formsets or ():
        kind = str(formset.model._meta.verbose_name)
        told += [{"added": {"name": kind, "object": str(row)}} for row in formset.new_objects]
        for row, names in formset.changed_objects:
            fields = _labels(formset.forms[0], names)
            told.append({"changed": {"name": kind, "object": str(row), "fields": fields}})
        told += [{"deleted": {"name": kind, "object": str(row)}} for row in formset.deleted_objects]
    return told


def _labels(form: forms.BaseForm, names: Iterable[str]) -> list[str]:
    return [str(form.fields[name].label or name) if name in form.fields else name for name in names]


def row_name(row: Model) -> str:
    """Also of a row whose form names nothing that its name is made of, such as a unit."""
    try:
        return str(row)
    except ObjectDoesNotExist:
        return str(row._meta.verbose_name)


class ScopedForm(EditForm, AnyModelForm):
    """Overwrites nothing that somebody else has changed since the page was opened.

    Also offers what the row already points to, even outside the person's scope.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            return
        links = {column.name for column in self.instance._meta.many_to_many}
        columns = links | {column.name for column in self.instance._meta.concrete_fields}
        self.stored = self.watch(
            self.instance,
            [name for name in self.fields if name in columns],
            known={name: self.initial[name] for name in links if name in self.initial},
        )
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

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        seen = self.read_seen()
        if self.errors or seen is None:
            return
        try:
            # The admin has locked the row; `stored` was read before the typed values were set.
            seen.compare(self.instance, self.stored, self.wanted_values())
        except EditConflict as conflict:
            self.take_conflict(conflict)

    def take_conflict(self, conflict: EditConflict) -> None:
        self.show_conflict(conflict)


class RowForm(ScopedForm):
    """A row among others on the page of its parent."""

    def take_conflict(self, conflict: EditConflict) -> None:
        """Leaves a row as it is stored that this person has not touched."""
        if conflict.before == self.wanted_values():
            self.changed_data: list[str] = []
            self.show_stored(conflict)
        else:
            self.show_conflict(conflict)


class RowsFormSet(AnyInlineFormSet):
    """Django skips a row that is no longer in the list; what was typed there must not be lost."""

    def clean(self) -> None:
        super().clean()
        for form in self.initial_forms:
            if form.instance._state.adding and form.has_changed():
                raise ValidationError(
                    _("Somebody has moved or removed “%(row)s” meanwhile. Open the page again.")
                    % {"row": row_name(form.instance)}
                )
