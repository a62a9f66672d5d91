"""The labels of choices where they stand alone. They begin small, because most stand in a
sentence."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Choices, Field, Model
from django.utils.encoding import force_str
from django.utils.text import capfirst


class Labelled(Model):
    """Finds a `get_state_display()` without translating the labels of all other states, as Django's
    does at each call."""

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: "Field[Any, Any]") -> Any:  # noqa: N802  # Django's name
        value = getattr(self, field.attname)
        found = next((label for key, label in field.flatchoices if key == value), value)
        return force_str(found, strings_only=True)


def capitalized(label: object) -> str:
    """The words of a label, also of a translated one, with a capital first letter."""
    return capfirst(str(label))


def capitalized_choices(members: Iterable[Choices]) -> list[tuple[Any, str]]:
    """(value, label) of each, for the choices of a field."""
    return [(one.value, capitalized(one.label)) for one in members]
