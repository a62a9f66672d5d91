"""The labels of choices where they stand alone. They begin small, because most stand in a
sentence."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Choices
from django.utils.text import capfirst


def capitalized(label: object) -> str:
    """The words of a label, also of a translated one, with a capital first letter."""
    return capfirst(str(label))


def capitalized_choices(members: Iterable[Choices]) -> list[tuple[Any, str]]:
    """(value, label) of each, for the choices of a field."""
    return [(one.value, capitalized(one.label)) for one in members]
