from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from patrols.forms.handovers import CountFields, count_in
from patrols.forms.schedules import weekday_choices
from patrols.models import ItemKind, PostHours, PostItem
from patrols.services.post_items import EDITED
from patrols.services.posts import HOURS_EDITED
from toolkit.editing import SEEN, EditForm
from toolkit.idempotency.fields import ClientUUIDField, SentForm
from toolkit.labels import capitalized_choices
from toolkit.ui.fields import DATES, TIMES, DateInput, TimeInput


class PostItemForm(EditForm, forms.ModelForm):  # type: ignore[type-arg]
    """A thing of a post. Whether it is there is said at the handover, not here."""

    kind = forms.ChoiceField(label=_("Kind"), choices=lambda: capitalized_choices(ItemKind))
    client_uuid = ClientUUIDField()

    class Meta:
        model = PostItem
        fields = EDITED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["client_uuid"]
            self.watch(self.instance, EDITED)
        else:
            del self.fields[SEEN]


class PostHoursForm(EditForm, forms.ModelForm):  # type: ignore[type-arg]
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Nights of the week"),
        choices=weekday_choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one night of the week.")},
    )
    opens = forms.TimeField(label=_("From"), widget=TimeInput, input_formats=TIMES)
    closes = forms.TimeField(
        label=_("Until"),
        widget=TimeInput,
        input_formats=TIMES,
        help_text=_(
            "May be after midnight. A time before 06.00 belongs to the evening before; the same "
            "time twice is a whole day."
        ),
    )
    client_uuid = ClientUUIDField()

    class Meta:
        model = PostHours
        fields = HOURS_EDITED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["client_uuid"]
            self.watch(self.instance, HOURS_EDITED)
        else:
            del self.fields[SEEN]


class PostFaultForm(forms.Form):
    text = forms.CharField(
        label=_("What is broken"),
        max_length=300,
        help_text=_("Such as the lamp over the door. Equipment is marked broken at its handover."),
    )
    since = forms.DateField(label=_("Broken since"), widget=DateInput, input_formats=DATES)
    client_uuid = ClientUUIDField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("since", today)

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since > self.today:
            raise ValidationError(_("This day is still to come."))
        if since.year < 2000:
            raise ValidationError(_("This day is too long ago."))
        return since


class MendForm(forms.Form):
    note = forms.CharField(
        label=_("How it was mended"),
        max_length=200,
        required=False,
        help_text=_("Such as by whom, and who paid."),
    )


class ItemCheckForm(SentForm):
    """How an item is now, outside a handover: found, mended, lost."""

    def __init__(self, *args: Any, item: PostItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        CountFields(item).add_to(self)

    def count(self) -> tuple[int, str, str]:
        return count_in(self.cleaned_data)
