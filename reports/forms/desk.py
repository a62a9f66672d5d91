"""The form for a report that an officer takes down for somebody."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import User
from reports.forms.accused import accused_field
from reports.forms.place import TEXT_LENGTH, IncidentForm
from reports.models import Category, CategoryGroup, Privacy, Source
from reports.selectors.areas import villages_of
from reports.selectors.routing import unit_above
from reports.services.intake import ReportDraft
from toolkit.clock import CLOCK_SLACK, StillToCome, moment_of
from toolkit.idempotency.sent import Believed, believed_time
from toolkit.labels import capitalized, capitalized_choices
from toolkit.photos.fields import PhotosForm, many_photos
from toolkit.ui.fields import (
    DATES,
    TIMES,
    DateInput,
    LinesField,
    TimeInput,
    UnseenField,
    read_moment,
)

# Web and patrol are missing: their own pages set them.
TAKEN_DOWN = (Source.PHONE, Source.WALK_IN, Source.WHATSAPP, Source.CYBER, Source.PARTNER)
FARTHEST_BACK = timedelta(days=366)


def source_choices() -> list[tuple[str, str]]:
    return capitalized_choices(Source)


def category_choices(
    categories: Iterable[Any], key: str = "pk"
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices grouped under the group labels, of categories or of named tuples of what is read
    here. `key` is the attribute used as the value."""
    groups: dict[str, list[tuple[str, str]]] = {group: [] for group in CategoryGroup.values}
    for category in categories:
        groups[category.group].append((str(getattr(category, key)), category.label))
    return [
        (capitalized(CategoryGroup(group).label), rows) for group, rows in groups.items() if rows
    ]


class SourceSelect(forms.RadioSelect):
    """The first field of the page has the focus: whoever rings waits."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if option["selected"]:
            option["attrs"]["autofocus"] = True
        return option


class ReportNewForm(PhotosForm, IncidentForm):
    """A report taken down at the desk or in the street. Without a place it goes to the officer's
    own unit."""

    place_required = False

    source = forms.ChoiceField(
        label=_("How did it come in?"),
        choices=lambda: capitalized_choices(TAKEN_DOWN),
        initial=Source.PHONE,
        widget=SourceSelect,
    )
    category = forms.ChoiceField(label=_("Category"))
    about_unit = accused_field(
        help_text=_("The report goes to the unit above it. Nobody of that unit can find it.")
    )
    text = LinesField(
        label=_("What happened?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("As it was told. The reporter's name and number belong in their own fields."),
    )
    photos = many_photos()
    privacy = forms.ChoiceField(
        label=_("Who may know the reporter?"),
        choices=Privacy.choices,
        initial=Privacy.ANONYMOUS,
        widget=forms.RadioSelect,
    )
    contact_name = forms.CharField(label=_("Name of the reporter"), max_length=100, required=False)
    contact_phone = PhoneNumberField(
        label=_("Telephone of the reporter"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    # When it was taken down, by the clock of a phone that sends it later.
    device_at = UnseenField(required=False)
    reported_on = forms.DateField(
        label=_("Date"), required=False, widget=DateInput, input_formats=DATES
    )
    reported_time = forms.TimeField(
        label=_("Time"), required=False, widget=TimeInput, input_formats=TIMES
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.home = by.unit
        self.fields["village_name"].widget.attrs |= {
            "list": "areas",
            "data-area-names": reverse("reports:area_search"),
        }
        self.fields["when"].required = True
        offered = Category.objects.visible_to(by).offered()
        self.categories = {str(category.pk): category for category in offered}
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose …")),
            *category_choices(self.categories.values()),
        ]

        # Asked after a category about police was chosen; the page then comes back and asks.
        chosen = self.categories.get(str(self["category"].value()))
        if chosen is not None and chosen.is_about_police:
            self.fields["about_unit"].required = True
        else:
            del self.fields["about_unit"]

    def own_villages(self) -> list[str]:
        """For the page to offer; a form that is stored has no use for them."""
        return villages_of(self.home)

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["reported_at"] = self._reported_at()
        data = super().clean()
        named = data.get("contact_name") or data.get("contact_phone")
        readable = not {"contact_name", "contact_phone", "privacy"} & set(self.errors)
        if readable and named and data["privacy"] == Privacy.ANONYMOUS:
            self.add_error(
                "privacy", _("Choose who may know the name, or leave name and number empty.")
            )
        elif readable and not named and data["privacy"] != Privacy.ANONYMOUS:
            self.add_error("contact_name", _("Give a name or a telephone number."))
        reported_at, began = data["reported_at"], data["occurred_from"]
        if reported_at and began and began > reported_at + CLOCK_SLACK:
            self.add_error("reported_time", _("It was reported before it happened."))
        return data

    def _taken(self) -> Believed:
        """When it was taken down, which a phone may have sent hours later."""
        taken_at, sent_at = (
            read_moment(self.cleaned_data.get(name, "")) for name in ("device_at", "sent_at")
        )
        return believed_time(taken_at, sent_at, timezone.now())

    def written_at(self) -> datetime:
        return self._taken().at

    def _reported_at(self) -> datetime | None:
        """None means now."""
        data = self.cleaned_data
        taken = self._taken()
        if not (data.get("reported_on") or data.get("reported_time")):
            return taken.at if taken.is_late else None
        zone = self.home.zone if self.home else timezone.get_current_timezone()
        if data.get("reported_time") is None:
            if "reported_time" not in self.errors:
                self.add_error("reported_time", _("Give the time too."))
            return None
        found = moment_of(data.get("reported_on"), data["reported_time"], taken.at, zone)
        if isinstance(found, StillToCome):
            self.add_error("reported_on", _("This time is still to come."))
            return None
        if found.at < taken.at - FARTHEST_BACK:
            self.add_error("reported_on", _("This is over a year ago."))
            return None
        return found.at

    def moment_shown(self) -> datetime:
        """ "Just now" means the time of the report, which may be earlier than the form."""
        reported_at: datetime | None = self.cleaned_data["reported_at"]
        return reported_at or super().moment_shown()

    def typed_time(self) -> str:
        """With the time of the report, which "just now" means."""
        data = self.cleaned_data
        return f"{super().typed_time()} {data.get('reported_on')} {data.get('reported_time')}"

    def draft(self) -> ReportDraft:
        data = self.cleaned_data
        phone = data["contact_phone"]
        about = data.get("about_unit", "")
        return ReportDraft(
            category=self.categories[data["category"]],
            text=data["text"],
            source=data["source"],
            privacy=data["privacy"],
            contact_name=data["contact_name"],
            contact_phone=phone.as_e164 if phone else "",
            reported_at=data["reported_at"],
            about_unit=unit_above(data["found_area"], about, self.home) if about else None,
            home=self.home,
            photos=data["photos"],
            client_uuid=data["client_uuid"],
            **self.place_words(),
            **self.when_words(),
        )
