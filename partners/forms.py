from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import GroupMember, PartnerGroup
from partners.services.groups import CONFIRMATION
from partners.services.members import EDITED
from toolkit.editing import SEEN, EditForm
from toolkit.idempotency.fields import ClientUUIDField
from toolkit.ui.fields import DateInput


class ConfirmationForm(EditForm):
    """A pengukuhan, the first or a renewal. With `group`, the page shows the one before."""

    confirmation_number = forms.CharField(label=_("number of the pengukuhan"), max_length=80)
    confirmed_on = forms.DateField(label=_("date of the pengukuhan"), widget=DateInput)
    confirmation_expires_on = forms.DateField(
        label=_("pengukuhan valid until"),
        widget=DateInput,
        required=False,
        help_text=_("Empty where the letter names no end."),
    )

    def __init__(self, *args: Any, group: PartnerGroup | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if group is not None:
            self.watch(group, CONFIRMATION)

    def clean_confirmed_on(self) -> date:
        day: date = self.cleaned_data["confirmed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The date of the pengukuhan is in the future."))
        return day

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        first, last = data.get("confirmed_on"), data.get("confirmation_expires_on")
        if first and last and last <= first:
            self.add_error(
                "confirmation_expires_on", _("The pengukuhan must expire after its date.")
            )
        return data

    def confirmation(self) -> dict[str, Any]:
        """The arguments of `partners.services.groups.confirm_group`."""
        return {
            "number": self.cleaned_data["confirmation_number"],
            "confirmed_on": self.cleaned_data["confirmed_on"],
            "expires_on": self.cleaned_data["confirmation_expires_on"],
        }


class MemberForm(EditForm, forms.ModelForm):  # type: ignore[type-arg]
    client_uuid = ClientUUIDField()

    class Meta:
        model = GroupMember
        fields = EDITED
        widgets = {"vetted_until": DateInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["client_uuid"]
            self.watch(self.instance, EDITED)
        else:
            del self.fields[SEEN]
