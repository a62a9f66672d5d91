from typing import Any

from allauth.account import forms as allauth_forms
from django.utils.translation import gettext_lazy as _


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("NRP or username")
        self.fields["password"].label = _("Password")


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Current password"),
            "password1": _("New password"),
            "password2": _("New password once more"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
            # Allauth's placeholder repeats the label and disappears while the person types.
            del self.fields[name].widget.attrs["placeholder"]
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = _(
            "At least 8 characters, not digits only, nothing easy to guess from your name or NRP."
        )
