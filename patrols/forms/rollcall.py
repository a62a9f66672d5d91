from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners.models import GroupMember
from patrols.models import Attendance, Duty
from territory.times import hours
from toolkit.idempotency.fields import SentForm


class GuestForm(SentForm):
    guest_name = forms.CharField(label=_("Guest's name"), max_length=100)
    guest_agency = forms.CharField(label=_("Agency"), max_length=60, required=False)


class PersonForm(SentForm):
    """An officer or a member who was not expected. `find` gives the person of a key."""

    person = forms.CharField(label=_("Name"), widget=forms.Select, max_length=30)
    replaces = forms.BooleanField(label=_("In place of somebody"), required=False)

    def __init__(
        self,
        *args: Any,
        find: Callable[[str], User | GroupMember | None],
        may_replace: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.find = find
        if not may_replace:
            del self.fields["replaces"]

    def offer(self, choices: list[tuple[str, list[tuple[str, str]]]]) -> None:
        """Shows these people by key. Somebody else whom `find` knows may be sent all the same."""
        groups = [(group, people) for group, people in choices if people]
        self.fields["person"].widget.choices = [("", _("Choose a person")), *groups]

    def clean_person(self) -> User | GroupMember:
        found = self.find(self.cleaned_data["person"])
        if found is None:
            raise ValidationError(
                _("Choose a name from the list. Somebody from elsewhere is added as a guest."),
                code="unknown",
            )
        return found


def _label(duty: Duty) -> str:
    return f"{duty.name} · {duty.night_name}, {hours(duty.starts_at, duty.ends_at, duty.unit)}"


class MoveForm(forms.Form):
    """Where a person goes, and who leads the first duty then, if the person has led it."""

    to = forms.ChoiceField(label=_("To which duty?"), widget=forms.RadioSelect)
    leader = forms.ChoiceField(label=_("Who leads the duty then?"), required=False)

    def __init__(
        self, *args: Any, duties: list[Duty], leaders: list[Attendance] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.duties = {str(duty.pk): duty for duty in duties}
        self.leaders = {str(row.officer_id): row.officer for row in leaders or []}
        self.fields["to"].choices = [(key, _label(duty)) for key, duty in self.duties.items()]  # type: ignore[attr-defined]
        if leaders is None:
            del self.fields["leader"]
        else:
            self.fields["leader"].choices = [  # type: ignore[attr-defined]
                ("", _("Nobody yet")),
                *((str(row.officer_id), row.person_name) for row in leaders),
            ]

    def moved(self) -> dict[str, Any]:
        """The arguments `to` and `leader` of `move_attendance`."""
        data = self.cleaned_data
        return {"to": self.duties[data["to"]], "leader": self.leaders.get(data.get("leader", ""))}
