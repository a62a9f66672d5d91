"""The citizen's form: one report, without an account."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from reports.forms.accused import accused_field
from reports.forms.place import TEXT_LENGTH, IncidentForm
from reports.models import Category, CategoryGroup, Privacy
from reports.selectors.areas import nearest_area
from reports.selectors.routing import unit_above
from reports.services.intake import ReportDraft
from toolkit.photos.fields import PhotosForm, many_photos
from toolkit.ui.fields import LinesField, UnseenField

NAME_LENGTH = 100


class SearchForm(forms.Form):
    """Everyday words for what happened."""

    words = forms.CharField(
        label=_("Type what happened"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "search"}),
    )


class ReportForm(PhotosForm, IncidentForm):
    """Where, when, what, and whether the reporter gives a name."""

    text = LinesField(
        label=_("What happened?"),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("In your own words: who, what, how many, how they look."),
    )
    photos = many_photos()
    about_unit = accused_field(
        help_text=_("Your report goes to the unit above it. Nobody of that unit can find it.")
    )
    privacy = forms.ChoiceField(
        label=_("Who may know it was you?"),
        choices=Privacy.choices,
        initial=Privacy.ANONYMOUS,
        required=False,
        widget=forms.RadioSelect,
    )
    contact_name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_phone = PhoneNumberField(
        label=_("Mobile number"),
        max_length=30,
        required=False,
        error_messages={"invalid": _("This is no phone number. Example: 0812 3456 7890.")},
    )
    # A trap for programs that fill in every field. People do not see it.
    subject = UnseenField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    # Fields that are kept when the person chooses another category.
    KEPT = (
        *("client_uuid", "shown_at", "text", "village_name", "area", "around_name", "place"),
        *("lat", "lon", "accuracy_m", "when", "occurred_on", "occurred_at", "occurred_until"),
        *("about_unit", "privacy", "contact_name", "contact_phone"),
    )

    def __init__(self, *args: Any, category: Category, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category = category
        self.fields["village_name"].widget.attrs |= {
            "list": "areas",
            "data-area-names": reverse("reports:area_search"),
        }
        self.fields["about_unit"].required = category.is_about_police
        self.fields["text"].required = needs_words(category)
        self.fields["text"].error_messages["required"] = _("Write in a few words what happened.")
        if category.is_sealed:
            # A shared phone must not offer the name to the next person.
            self.fields["contact_name"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("subject"):
            self.data = {**self.data.dict(), "subject": ""}  # type: ignore[attr-defined]
            self.add_error(None, _("A hidden field was filled in by itself. Please send again."))
        self._place_by_phone(data)
        self._check_reporter(data)
        return data

    def _place_by_phone(self, data: dict[str, Any]) -> None:
        where = self.position()
        lat, lon = where["lat"], where["lon"]
        if data["found_area"] or data.get("village_name") or lat is None or lon is None:
            return
        data["found_area"] = nearest_area(lat, lon)
        if data["found_area"] is None:
            self.add_error(
                "village_name",
                _("The phone's position is far from every place we know. Type the village."),
            )

    def _check_reporter(self, data: dict[str, Any]) -> None:
        data["privacy"] = data.get("privacy") or Privacy.ANONYMOUS
        if data["privacy"] == Privacy.ANONYMOUS:
            # Errors in name and phone do not matter for an anonymous report.
            for name in ("contact_name", "contact_phone"):
                self.errors.pop(name, None)
            return
        if {"contact_name", "contact_phone"} & set(self.errors):
            return
        if not data.get("contact_name") and not data.get("contact_phone"):
            self.add_error(
                "contact_phone",
                _("Give a name or a number, or choose “Without a name”."),
            )

    def draft(self) -> ReportDraft:
        data = self.cleaned_data
        named = data["privacy"] != Privacy.ANONYMOUS
        about = data["about_unit"] if self.category.is_about_police else ""
        phone = data.get("contact_phone") if named else None
        return ReportDraft(
            category=self.category,
            text=data["text"],
            photos=data["photos"],
            privacy=data["privacy"],
            contact_name=data["contact_name"] if named else "",
            contact_phone=phone.as_e164 if phone else "",
            about_unit=unit_above(data["found_area"], about) if about else None,
            client_uuid=data["client_uuid"],
            **self.place_words(),
            **self.when_words(),
        )


def needs_words(category: Category) -> bool:
    """Whether the category alone says too little to work with."""
    return category.is_about_police or category.group == CategoryGroup.OTHER


def kept_words(sent: Any) -> dict[str, str]:
    """The typed words, for the next form. Photos have to be chosen again."""
    return {name: sent[name] for name in ReportForm.KEPT if sent.get(name)}
