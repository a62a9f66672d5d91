"""Renders selects in Python, because one template for each of a hundred options is slow.

Measured on the list of reports, these and its icons took a quarter of the page's time.
"""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape as escape
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


class FormRenderer(DjangoTemplates):
    """Django's own widgets; a select is written as Django's templates would write it."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        if template_name == "django/forms/widgets/select.html":
            return _select(context["widget"])
        return SafeString(super().render(template_name, context, request))


def _select(widget: dict[str, Any]) -> SafeString:
    return format_html(
        '<select name="{}"{}>{}</select>',
        widget["name"],
        _attrs(widget["attrs"]),
        _options(widget["optgroups"]),
    )


def _options(groups: list[tuple[Any, list[dict[str, Any]], int]]) -> SafeString:
    written = []
    for label, options, _index in groups:
        # Hundreds on a page: format_html would take three times as long.
        inner = "".join(
            f'<option value="{escape(option["value"])}"{_attrs(option["attrs"])}>'
            f"{escape(option['label'])}</option>"
            for option in options
        )
        written.append(f'<optgroup label="{escape(label)}">{inner}</optgroup>' if label else inner)
    return mark_safe("".join(written))  # noqa: S308 each part is escaped


def _attrs(attrs: dict[str, Any]) -> SafeString:
    if not attrs:
        return SafeString()
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in attrs.items()
            if value is not False and value is not None
        ),
    )
