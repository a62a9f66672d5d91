from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Absence, AbsenceKind
from accounts.services.absences import EDITED
from patrols.selectors.planning import people_to_be_away
from territory.models import Unit
from toolkit.editing import SEEN, EditForm
from toolkit.idempotency.fields import ClientUUIDField
from toolkit.labels import capitalized_choices
from toolkit.ui.fields import DATES, DateInput


class AbsenceForm(EditForm, forms.ModelForm):  # type: ignore[type-arg]
    """When somebody of a unit is away. Whose an absence is never changes."""

    kind = forms.ChoiceField(
        label=_("Why"), choices=lambda: [("", _("Choose")), *capitalized_choices(AbsenceKind)]
    )
    starts_on = forms.DateField(label=_("First day"), widget=DateInput, input_formats=DATES)
    ends_on = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        input_formats=DATES,
        help_text=_("The person serves again on the day after it."),
    )
    client_uuid = ClientUUIDField()

    class Meta:
        model = Absence
        fields = EDITED

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["user"]
        people.empty_label = _("Choose")  # type: ignore[attr-defined]
        people.label_from_instance = lambda user: user.titled_name  # type: ignore[attr-defined]
        self.fields["note"].help_text = _("Only planners read it.")
        if self.instance.pk:
            del self.fields["client_uuid"], self.fields["user"]
            self.watch(self.instance, [name for name in EDITED if name != "user"])
        else:
            people.queryset = people_to_be_away(unit)  # type: ignore[attr-defined]
            del self.fields[SEEN]
