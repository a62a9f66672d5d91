from typing import TYPE_CHECKING, Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.forms import SetPasswordMixin
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField
from phonenumber_field.widgets import RegionalPhoneNumberWidget

from accounts.models import User

if TYPE_CHECKING:
    Passwords = SetPasswordMixin[User]
else:
    Passwords = SetPasswordMixin

PASSWORD_RULES = _(
    "At least 8 characters, not digits only, nothing easy to guess from your name or NRP."
)


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
        self.fields["password1"].help_text = PASSWORD_RULES


class PhoneForm(forms.Form):
    phone = PhoneNumberField(
        label=_("Telephone or WhatsApp number"),
        required=False,
        help_text=_(
            "Such as 0812 3456 7890. Colleagues and heads of your unit can call you with it. Empty"
            " takes it away."
        ),
        error_messages={"invalid": _("This is no telephone number. Write it as you dial it.")},
        widget=RegionalPhoneNumberWidget(
            attrs={"autocomplete": "tel", "inputmode": "tel", "maxlength": 30}
        ),
    )


class LinkForm(Passwords, forms.Form):
    """The password that a person sets with a link."""

    password1, password2 = SetPasswordMixin.create_password_fields(
        _("New password"), _("New password once more")
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_RULES
        self.fields["password2"].help_text = ""

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        return super().clean()
