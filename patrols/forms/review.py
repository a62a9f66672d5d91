from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReviewForm(forms.Form):
    """The commander's comment on a log. The button pressed is posted as `action`."""

    comment = forms.CharField(
        label=pgettext_lazy("review", "Comment"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed when you return the log: say what is missing."),
    )


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the duty is cancelled.")},
        help_text=_("Those on the roll read it. Example: heavy rain, joined with another duty."),
    )
