"""Asks which unit the officer is from, in a report about police."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from territory.models import UnitKind


class Accused(TextChoices):
    POLSEK = UnitKind.POLSEK.value, _("The Polsek of that place (kecamatan)")
    POLRES = UnitKind.POLRES.value, _("The Polres of that place (city or kabupaten)")
    POLDA = UnitKind.POLDA.value, _("The Polda of that place (province)")
    UNKNOWN = "unknown", _("Another unit, or I do not know: we send it to the Polda")


def accused_field(**options: Any) -> forms.ChoiceField:
    """Not required; a form requires it once a category about police is chosen."""
    return forms.ChoiceField(
        label=_("Which unit is the officer from?"),
        choices=Accused.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the unit, or that you do not know.")},
        **options,
    )
