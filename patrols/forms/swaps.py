from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from patrols.models import Duty
from territory.times import hours
from toolkit.idempotency.fields import ClientUUIDField


class SwapPersonForm(forms.Form):
    """The first step: which nights can be offered depends on the person."""

    other = forms.ChoiceField(label=_("Who could stand in?"))

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(person.pk), person.titled_name) for person in people]
        self.fields["other"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]


class SwapForm(forms.Form):
    in_return = forms.ChoiceField(
        label=_("Which night do you take in return?"),
        required=False,
        error_messages={"invalid_choice": _("That night can no longer be swapped.")},
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    client_uuid = ClientUUIDField()

    def __init__(self, *args: Any, duties: list[Duty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duties = {str(duty.pk): duty for duty in duties}
        choices = [(key, self._words(duty)) for key, duty in self.duties.items()]
        self.fields["in_return"].choices = [("", _("None, the other only stands in")), *choices]  # type: ignore[attr-defined]

    @staticmethod
    def _words(duty: Duty) -> str:
        times = hours(duty.starts_at, duty.ends_at, duty.unit)
        return f"{duty.night_name} · {duty.name} · {times}"

    def asked(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "in_return": self.duties.get(data["in_return"]),
            "reason": data["reason"],
            "client_uuid": data["client_uuid"],
        }
