from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import SetPasswordMixin

from accounts.models import User
from territory.admin.forms import ScopedForm

if TYPE_CHECKING:
    Passwords = SetPasswordMixin[User]
else:
    Passwords = SetPasswordMixin


class PersonForm(ScopedForm):
    needs_unit = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            # A person without a unit is in no administrator's scope and could not be found again.
            self.fields["unit"].required = self.needs_unit


class NewPersonForm(Passwords, PersonForm):
    password1, password2 = SetPasswordMixin.create_password_fields()

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()
        self.validate_password_for_user(self.instance)

    def save(self, commit: bool = True) -> Any:
        self.instance.set_password(self.cleaned_data["password1"])
        return super().save(commit)


class PasswordForm(Passwords, forms.Form):
    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        return super().clean()
