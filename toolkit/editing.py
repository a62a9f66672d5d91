"""Two people edit the same row: the second is told before anything is overwritten.

A form that changes a stored row carries the hidden field `seen`: a signed stamp of the values that
its page showed. On save the stamp is compared with the row, under the row's lock. Where another
person has changed it meanwhile, `EditConflict` is raised and the form comes back (409): fields that
this person has changed keep their words, the others show what is stored now, and the new stamp
lets the person save all the same.

A form without the field is saved as it is: only a client that never saw the page sends that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Field, Model, QuerySet
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from toolkit.ui.fields import UnseenField

SEEN = "seen"
# The values of a row by the names of its fields, as JSON keeps them.
Values = dict[str, Any]

if TYPE_CHECKING:
    AnyField = Field[Any, Any]
else:
    AnyField = Field


def plain(value: Any) -> Any:
    """The value as JSON keeps it, the same for what is stored and for what a form cleaned.

    A row is its key, rows are their sorted keys. Empty is None, and a line ends with one character.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Model):
        return plain(value.pk)
    if isinstance(value, QuerySet | list | tuple | set):
        return sorted((plain(part) for part in value), key=lambda part: (str(type(part)), part))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").strip() or None


def values_of(row: Model, names: Iterable[str], known: Mapping[str, Any] | None = None) -> Values:
    """The values of these fields. Many-to-many fields take one statement each unless `known`."""
    found = {}
    for name in names:
        column = cast(AnyField, row._meta.get_field(name))
        if known is not None and name in known:
            found[name] = plain(known[name])
        elif column.many_to_many:
            found[name] = plain(list(getattr(row, name).values_list("pk", flat=True)))
        else:
            found[name] = plain(getattr(row, column.attname))
    return found


def python_value(column: AnyField, value: Any) -> Any:
    """What `plain` made of a field's value, as the field gives it to a form again."""
    if value is None or column.is_relation or isinstance(value, list):
        return value
    return column.to_python(value)


def _salt(row: Model) -> str:
    return f"editing.{row._meta.label_lower}.{row.pk}"


def stamp_of(row: Model, values: Values) -> str:
    return signing.dumps(values, salt=_salt(row), compress=True)


class EditConflict(ValidationError):
    """Somebody else has changed the row since the page was shown.

    `changed` are the names of the fields. `before` is what the page showed, {} where that cannot
    be known, and `now` what is stored.
    """

    def __init__(self, row: Model, changed: list[str], before: Values, now: Values) -> None:
        super().__init__(_("This was changed after you opened the page"))
        self.model, self.pk = type(row), row.pk
        self.changed, self.before, self.now = changed, before, now


@dataclass(frozen=True)
class Seen:
    """What a page showed of a row. `values` is {} where its stamp cannot be read.

    A stamp cannot be read where it belongs to another row, or to another key of the site.
    """

    names: Sequence[str]
    values: Values = field(default_factory=dict)

    @classmethod
    def read(cls, row: Model, text: str, names: Sequence[str]) -> "Seen":
        try:
            values = signing.loads(text, salt=_salt(row))
        except signing.BadSignature:
            values = {}
        # A field that the form has got only since then was not shown.
        return cls([name for name in names if not values or name in values], values)

    def check(self, row: Model, wanted: Values | None = None) -> None:
        """Raises EditConflict where the row, which the caller has locked, is not as seen.

        A field that already has its `wanted` value is no conflict: both people want the same.
        """
        self.compare(row, values_of(row, self.names), wanted)

    def compare(self, row: Model, now: Values, wanted: Values | None = None) -> None:
        """As `check`, for a caller that has read the values before it changed the row object."""
        wanted = wanted or {}
        changed = [
            name
            for name in self.names
            if now[name] != self.values.get(name, ...)
            and (name not in wanted or wanted[name] != now[name])
        ]
        if changed:
            raise EditConflict(row, changed, self.values, now)


class SeenField(UnseenField):
    """The stamp. It never counts as a change of the form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class KeptField(BoundField):
    """Shows what `EditForm.show_conflict` put there instead of what was sent."""

    def value(self) -> Any:
        shown = cast(EditForm, self.form).shown_instead
        if self.name in shown:
            return self.field.prepare_value(shown[self.name])
        return super().value()


class EditForm(forms.Form):
    """A form that changes a stored row. Call `watch` once the fields are there."""

    seen = SeenField()
    bound_field_class = KeptField

    watched: Model | None = None
    watched_names: Sequence[str] = ()
    conflict: EditConflict | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.shown_instead: dict[str, Any] = {}
        super().__init__(*args, **kwargs)

    def watch(
        self, row: Model, names: Sequence[str], known: Mapping[str, Any] | None = None
    ) -> Values:
        """Stamps the row's fields as the page shows them. `known` are values read already."""
        self.watched, self.watched_names = row, names
        values = values_of(row, names, known)
        self.initial[SEEN] = stamp_of(row, values)
        return values

    def read_seen(self) -> Seen | None:
        """What the page showed; None for a new row, and for a client that sent no stamp."""
        text = self.data.get(self.add_prefix(SEEN))
        if self.watched is None or text is None:
            return None
        return Seen.read(self.watched, text, self.watched_names)

    def wanted_values(self) -> Values:
        """The values of the row's fields as typed. Override where fields have other names."""
        return {
            name: plain(self.cleaned_data[name])
            for name in self.watched_names
            if name in self.cleaned_data
        }

    def shown_for(self, values: Values) -> dict[str, Any]:
        """What the form's fields show for these stored values. Override as `wanted_values`."""
        assert self.watched is not None  # noqa: S101
        columns = {name: self.watched._meta.get_field(name) for name in values}
        return {
            name: python_value(cast(AnyField, columns[name]), value)
            for name, value in values.items()
            if name in self.fields
        }

    def show_conflict(self, conflict: EditConflict) -> None:
        """Makes this valid form the one to send back, with the newest stamp.

        What the person has not changed shows what is stored now, so that saving all the same
        undoes nothing of it by accident.
        """
        self.conflict = conflict
        self.show_stored(conflict)
        self.add_error(None, ValidationError(conflict.message, code="conflict"))

    def show_stored(self, conflict: EditConflict) -> None:
        assert self.watched is not None  # noqa: S101
        before, wanted = conflict.before, self.wanted_values()
        untouched = {
            name: value
            for name, value in conflict.now.items()
            if name in before and wanted.get(name, before[name]) == before[name]
        }
        stamp = stamp_of(self.watched, conflict.now)
        self.shown_instead = {**self.shown_for(untouched), SEEN: stamp}
