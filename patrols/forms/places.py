"""Adding and changing the places of a unit."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patrols.models import Checkpoint, GuardPost, Route
from reports.models import Category, Hotspot
from territory.forms.coordinates import WithCoordinates
from territory.models import Area, Unit
from territory.scope import unscoped
from toolkit.editing import SEEN, EditForm
from toolkit.idempotency.fields import ClientUUIDField
from toolkit.idempotency.sent import Sent
from toolkit.ui.fields import TIMES, LinesField, TimeInput

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm
MOST_AREAS = 300
MOST_ORDER = 500


class PlaceForm(EditForm, AnyModelForm):
    """A place of a unit, which never changes."""

    client_uuid = ClientUUIDField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "area" in self.fields:
            self._offer_areas(self.instance.unit)
        if self.instance.pk:
            del self.fields["client_uuid"]
            columns = {column.name for column in self.instance._meta.get_fields()}
            self.watch(self.instance, [name for name in self.fields if name in columns])
        else:
            del self.fields[SEEN]

    def _offer_areas(self, unit: Unit) -> None:
        """Those the unit answers for, and what they consist of; none where that is a province."""
        links = unit.area_links.values("area")
        own = Q(pk__in=links) | Q(parent__in=links) | Q(pk=self.instance.area_id)
        rows = unscoped(Area.objects, "areas are public").filter(own).order_by("code")
        field = self.fields["area"]
        if rows.count() > MOST_AREAS:
            rows = rows.filter(Q(pk__in=links) | Q(pk=self.instance.area_id))
        field.queryset = rows  # type: ignore[attr-defined]
        field.empty_label = _("Not chosen")  # type: ignore[attr-defined]

    def sent(self) -> Sent | None:
        key = self.cleaned_data.get("client_uuid")
        return Sent(key) if key else None

    def add_refusal(self, error: ValidationError) -> None:
        """Beside its field; a name that the unit has already belongs to the name."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            for problem in errors:
                field = name if name in self.fields else None
                is_taken = problem.code == "unique_together" or problem.code is None
                self.add_error("name" if field is None and is_taken else field, problem)


class HotspotForm(WithCoordinates, PlaceForm):
    risky_from = forms.TimeField(
        label=_("Risky from"), required=False, widget=TimeInput, input_formats=TIMES
    )
    risky_until = forms.TimeField(
        label=_("Risky until"),
        required=False,
        widget=TimeInput,
        input_formats=TIMES,
        help_text=_("22.00 until 03.00 goes past midnight. Both empty: at any time."),
    )
    categories = forms.ModelMultipleChoiceField(
        label=_("Kinds of risk"),
        queryset=Category.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    field_order = [
        *["name", "coordinates", "radius_m", "area", "risky_from", "risky_until"],
        *["categories", "advice", "source"],
    ]

    class Meta:
        model = Hotspot
        fields = ["name", "radius_m", "area", "risky_from", "risky_until"]
        fields += ["categories", "advice", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.instance.categories.values("pk") if self.instance.pk else []
        kinds = unscoped(Category.objects, "reference data")
        offered = kinds.filter(Q(is_active=True, is_sealed=False) | Q(pk__in=now))
        self.fields["categories"].queryset = offered.order_by("order", "pk")  # type: ignore[attr-defined]

    def unit_of_map(self) -> Unit | None:
        unit: Unit = self.instance.unit
        return unit

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        start, end = self.cleaned_data.get("risky_from"), self.cleaned_data.get("risky_until")
        if "risky_from" in self.errors or "risky_until" in self.errors:
            return data
        if (start is None) != (end is None):
            empty = "risky_until" if end is None else "risky_from"
            self.add_error(empty, _("Give both hours, or neither."))
        elif start is not None and start == end:
            self.add_error("risky_until", _("The risky time ends later than it begins."))
        return data


class RouteForm(PlaceForm):
    note = LinesField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = Route
        fields = ["name", "is_order_fixed", "note"]


class GuardPostForm(WithCoordinates, PlaceForm):
    field_order = ["name", "coordinates", "radius_m", "area", "address"]

    class Meta:
        model = GuardPost
        fields = ["name", "radius_m", "area", "address"]

    def unit_of_map(self) -> Unit | None:
        unit: Unit = self.instance.unit
        return unit


class CheckpointForm(WithCoordinates, PlaceForm):
    """A checkpoint of a route, which never changes. `order` is its place, from 1."""

    order = forms.IntegerField(
        label=_("Place on the route"),
        min_value=1,
        max_value=MOST_ORDER,
        help_text=_("The others move, so that the numbers run from 1 without a gap."),
    )

    field_order = ["name", "coordinates", "radius_m", "dwell_minutes", "order"]

    class Meta:
        model = Checkpoint
        fields = ["name", "radius_m", "dwell_minutes", "order"]

    def __init__(self, *args: Any, place_on_route: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.retired_on:
            del self.fields["order"]
        else:
            self.initial["order"] = place_on_route

    def unit_of_map(self) -> Unit | None:
        unit: Unit = self.instance.route.unit
        return unit


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is this no hotspot?"),
        max_length=200,
        error_messages={"required": _("Say why this is no hotspot.")},
        help_text=_("Such as: one quarrel told by many. It is not proposed again for 90 days."),
    )
