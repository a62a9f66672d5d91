"""Which fields say that they may be left empty."""

from django import template
from django.forms import BaseForm, BoundField

register = template.Library()


def is_mostly_required(form: BaseForm) -> bool:
    """Whether a person has to fill in more of the form's fields than they may leave empty."""
    fields = [bound.field.required for bound in form if not bound.is_hidden]
    return 2 * sum(fields) > len(fields)


@register.filter
def says_optional(bound: BoundField) -> bool:
    """Where most fields may be left empty, the words stand at every other field and are noise."""
    return not bound.field.required and is_mostly_required(bound.form)
