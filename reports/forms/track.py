"""Forms of the reporter: the code, a note, a dispute, a rating."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reports.codes import read_code
from toolkit.photos.fields import PhotosForm, many_photos
from toolkit.ui.fields import LinesField

NOTE_LENGTH = 2000


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of your report"),
        # Long enough for a whole message with the code in it.
        max_length=2000,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "placeholder": "LW-",
            }
        ),
        error_messages={"required": _("Type the code from your receipt.")},
        help_text=_("On your receipt. It begins with LW-. Small letters and spaces do no harm."),
    )

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise no_such_code()
        return code


def no_such_code() -> ValidationError:
    """One error for a malformed code and for an unknown one, so that nobody learns which it is."""
    return ValidationError(
        _("No report has this code. Check each letter and number, then try again.")
    )


class NoteForm(PhotosForm):
    text = LinesField(
        label=_("Add something"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    photos = many_photos()


class DisputeForm(forms.Form):
    reason = LinesField(
        label=_("What is not right?"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": _("Write what is not right.")},
        help_text=_("The report is opened again, and the unit reads this."),
    )


class RateForm(forms.Form):
    prefix = "rate"

    rating = forms.TypedChoiceField(
        label=_("How well were you served?"),
        coerce=int,
        choices=[
            (5, _("5 – very good")),
            (4, _("4 – good")),
            (3, _("3 – fair")),
            (2, _("2 – poor")),
            (1, _("1 – very poor")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose from 1 to 5."),
            "invalid_choice": _("Choose from 1 to 5."),
        },
    )
    text = LinesField(
        label=_("A word to the unit"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
