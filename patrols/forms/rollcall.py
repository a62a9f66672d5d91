from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners.models import GroupMember
from patrols.selectors.roll import Candidates


class GuestForm(forms.Form):
    guest_name = forms.CharField(label=_("Guest's name"), max_length=100)
    guest_agency = forms.CharField(label=_("Agency"), max_length=60, required=False)


class PersonForm(forms.Form):
    """An officer or a member who was not expected, found by typing the name."""

    person = forms.CharField(label=_("Name"), max_length=200)
    replaces = forms.BooleanField(label=_("In place of somebody"), required=False)

    def __init__(self, *args: Any, search: Callable[[str], Candidates], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.search = search
        self.fields["person"].widget.attrs["list"] = "people"
        self.fields["person"].widget.attrs["autocomplete"] = "off"

    def clean_person(self) -> User | GroupMember:
        typed = self.cleaned_data["person"]
        found = self.search(typed).find(typed)
        if found is None:
            raise ValidationError(
                _("Choose a name from the list. Somebody from elsewhere is added as a guest."),
                code="unknown",
            )
        return found
