from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from patrols.models import GuardPost, PatrolKind, Route
from patrols.selectors.nights import posts_run_by, routes_run_by, units_run_by
from territory.models import Unit
from toolkit.idempotency.fields import SentForm
from toolkit.labels import capitalized_choices
from toolkit.ui.fields import LinesField


def kind_choices() -> list[tuple[str, str]]:
    return capitalized_choices(PatrolKind)


class DutyBeginForm(SentForm):
    """A patrol without a schedule. Each field has a default, so that one tap is enough."""

    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(
        label=_("Unit"), queryset=None, empty_label=None
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=kind_choices, initial=PatrolKind.PATROL, required=False
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        help_text=_(
            "Such as the street or the event. Left empty, the route, the post or the kind names it."
        ),
    )
    route: "forms.ModelChoiceField[Route]" = forms.ModelChoiceField(
        label=_("Route"), queryset=None, required=False, empty_label=_("No route")
    )
    post: "forms.ModelChoiceField[GuardPost]" = forms.ModelChoiceField(
        label=_("Post"), queryset=None, required=False, empty_label=_("No post")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = list(units_run_by(by))
        self.fields["unit"].queryset = units_run_by(by)  # type: ignore[attr-defined]
        self.fields["route"].queryset = routes_run_by(by)  # type: ignore[attr-defined]
        self.fields["post"].queryset = posts_run_by(by)  # type: ignore[attr-defined]
        own = next((unit for unit in units if unit.pk == by.unit_id), units[0] if units else None)
        self.initial.setdefault("unit", own)
        if len(units) == 1:
            # Disabled: whatever is sent in its place, it is this unit.
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].disabled = True

    def place(self) -> dict[str, Any]:
        """What and where: without the fields of `sent`."""
        return {name: self.cleaned_data[name] for name in ("unit", "kind", "name", "route", "post")}

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or PatrolKind.PATROL)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("route") and data.get("post"):
            self.add_error("post", ValidationError(_("A route or a post, not both.")))
        for name in ("route", "post"):
            place = data.get(name)
            if place and data.get("unit") and place.unit_id != data["unit"].pk:
                self.add_error(name, ValidationError(_("This belongs to another unit.")))
        return data


class DutyEndForm(SentForm):
    summary = LinesField(
        label=_("Summary of the duty"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
