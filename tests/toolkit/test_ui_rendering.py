import re
from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from lucide.templatetags.lucide import lucide as package_icon

from toolkit.ui.fields import LongSelect
from toolkit.ui.rendering import FormRenderer, fill_html

CHOICES = [
    ("", "Semua <b>"),
    ("a", "A & B"),
    ("Kelompok", [("1", "Satu"), (2, 'Dua "dua"')]),
]
WIDGETS = {
    "select": (forms.Select(choices=CHOICES), "2"),
    "nothing chosen": (forms.Select(choices=CHOICES), None),
    "attributes": (
        forms.Select(choices=CHOICES, attrs={"required": True, "hidden": False, "class": "x<y"}),
        "a",
    ),
    "several": (forms.SelectMultiple(choices=CHOICES), ["1", "a"]),
    "yes or no": (forms.NullBooleanSelect(), True),
    "text": (forms.TextInput(attrs={"required": True, "hidden": False}), 'a "b" <c>'),
    "empty text": (forms.TextInput(), None),
    "zero": (forms.NumberInput(attrs={"min": 0}), 0),
    "search": (forms.TextInput(attrs={"type": "search"}), "x & y"),
    "day": (forms.DateInput(), date(2026, 11, 28)),
    "hidden": (forms.HiddenInput(), "x"),
    "box": (forms.CheckboxInput(), True),
}


def plain(html):
    return re.sub(r">\s+<", "><", html).strip()


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_is_as_django_writes_it(name):
    widget, value = WIDGETS[name]
    ours, djangos = (
        widget.render("field", value, {"id": "id_field"}, renderer=renderer)
        for renderer in (FormRenderer(), DjangoTemplates())
    )
    assert plain(ours) == plain(djangos)


@pytest.mark.parametrize("chosen", ["2", "a", "", None])
def test_a_long_select_is_as_any_other(chosen):
    ours, djangos = (
        widget(choices=CHOICES).render("field", chosen, {"id": "id_field"}, FormRenderer())
        for widget in (LongSelect, forms.Select)
    )
    assert ours == djangos


def test_an_icon_is_as_the_package_draws_it():
    page = Template('{% load lucide %}{% lucide "moon" aria_hidden="true" %}')
    assert page.render(Context()) == package_icon("moon", aria_hidden="true")
    assert page.render(Context()) == page.render(Context())


def test_html_is_filled_as_django_fills_it():
    parts = {"a": "<\"&'>", "b": mark_safe("<b>"), "c": 3, "d": gettext_lazy("<i>"), "e": None}
    template = "<p>{a}{b}{c}{d}{e}{{}}</p>"
    assert fill_html(template, **parts) == format_html(template, **parts)
