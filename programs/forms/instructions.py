"""The forms of an instruction: sent, passed down, reported, returned, withdrawn."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from programs.models import InstructionKind, InstructionReceipt, Secrecy
from programs.models.instructions import MOST_POINTS, POINT_LENGTH
from programs.selectors.addressees import bhabin_of, officers_of, units_under
from programs.services.instructions import InstructionDraft
from territory.models import Unit, UnitKind
from toolkit.idempotency.fields import SentForm
from toolkit.labels import capitalized_choices
from toolkit.ui.fields import DATES, TIMES, DateInput, LinesField, TimeInput

END_OF_DAY = time(23, 59)
ALL_POLSEK, ALL_POLRES, ALL_OFFICERS = "all_polsek", "all_polres", "all_officers"


class AddresseeForm(forms.Form):
    """Who receives it: units below and officers of the own unit, each by a tick, or all by one."""

    all_polres = forms.BooleanField(label=_("All Polres"), required=False)
    all_polsek = forms.BooleanField(label=_("All Polsek"), required=False)
    units = forms.MultipleChoiceField(
        label=_("Units below"), required=False, widget=forms.CheckboxSelectMultiple
    )
    all_officers = forms.BooleanField(label=_("All Bhabinkamtibmas"), required=False)
    people = forms.MultipleChoiceField(
        label=_("Officers of the own unit"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def offer(self, unit: Unit, user: User) -> None:
        """Fills in the choices; at the end of `__init__`. Two statements, three with officers."""
        rows = units_under(unit).select_related("polres").order_by("name", "pk")
        self.units_by_key = {str(one.pk): one for one in rows}
        officers = officers_of(unit).exclude(pk=user.pk).order_by("name", "pk")
        self.people_by_key = {str(one.pk): one for one in officers}
        self.bhabin = bhabin_of(unit) if self.people_by_key else set()
        self.fields["units"].choices = self._by_polres(unit)  # type: ignore[attr-defined]
        self.fields["people"].choices = [  # type: ignore[attr-defined]
            (pk, one.titled_name) for pk, one in self.people_by_key.items()
        ]
        kinds = {one.kind for one in self.units_by_key.values()}
        offered = {
            "units": bool(self.units_by_key),
            "people": bool(self.people_by_key),
            ALL_POLSEK: UnitKind.POLSEK in kinds,
            ALL_POLRES: UnitKind.POLRES in kinds,
            ALL_OFFICERS: any(int(pk) in self.bhabin for pk in self.people_by_key),
        }
        for name, is_offered in offered.items():
            if not is_offered:
                del self.fields[name]

    @property
    def offers_anybody(self) -> bool:
        return bool(self.units_by_key or self.people_by_key)

    def _by_polres(self, unit: Unit) -> list[Any]:
        """Those of each Polres in a group of their own, where there are several."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for pk, one in self.units_by_key.items():
            name = one.polres.name if one.polres else ""
            groups.setdefault(name, []).append((pk, one.name))
        if len(groups) < 2:
            return [(pk, one.name) for pk, one in self.units_by_key.items()]
        return sorted(groups.items())

    def chosen_units(self) -> tuple[Unit, ...]:
        data = self.cleaned_data
        kinds = {UnitKind.POLSEK: data.get(ALL_POLSEK), UnitKind.POLRES: data.get(ALL_POLRES)}
        ticked = set(data.get("units") or ())
        return tuple(
            one
            for pk, one in self.units_by_key.items()
            if pk in ticked or kinds.get(UnitKind(one.kind))
        )

    def chosen_people(self) -> tuple[User, ...]:
        data = self.cleaned_data
        ticked = set(data.get("people") or ())
        all_of_them = self.bhabin if data.get(ALL_OFFICERS) else set()
        return tuple(
            one for pk, one in self.people_by_key.items() if pk in ticked or one.pk in all_of_them
        )

    def check_chosen(self) -> None:
        if self.errors.keys() & {"units", "people"}:
            return
        if not self.chosen_units() and not self.chosen_people():
            name = next((name for name in ("units", "people") if name in self.fields), None)
            self.add_error(name, _("Choose who receives it."))


class InstructionAddForm(SentForm, AddresseeForm):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=lambda: capitalized_choices(InstructionKind), initial="attention"
    )
    number = forms.CharField(
        label=_("Number"), max_length=60, help_text=_("Such as ST/114/XI/2026.")
    )
    dated = forms.DateField(label=_("Date of the letter"), widget=DateInput, input_formats=DATES)
    secrecy = forms.ChoiceField(
        label=_("Class"),
        choices=lambda: capitalized_choices(Secrecy),
        initial=Secrecy.ORDINARY,
        help_text=_("Of a classified one write the number and a summary only, no points."),
    )
    subject = forms.CharField(label=_("What it is about"), max_length=150, required=False)
    points = LinesField(
        label=_("Points"),
        required=False,
        max_length=MOST_POINTS * (POINT_LENGTH + 1),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One on each line, without numbers: the page numbers them. At most 20."),
    )
    summary = LinesField(
        label=_("Summary in your own words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = forms.DateField(
        label=_("Due on"), required=False, widget=DateInput, input_formats=DATES
    )
    due_time = forms.TimeField(
        label=_("At"),
        required=False,
        widget=TimeInput,
        input_formats=TIMES,
        help_text=_("Empty: until the end of that day."),
    )
    report_wanted = forms.BooleanField(
        label=_("A report is wanted; nihil is allowed"), required=False
    )

    field_order = [
        *("kind", "number", "dated", "secrecy", "subject", "points", "summary", "due_on"),
        *("due_time", "report_wanted", ALL_POLRES, ALL_POLSEK, "units", ALL_OFFICERS, "people"),
    ]

    def __init__(self, *args: Any, unit: Unit, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.initial.setdefault("dated", unit.today())
        self.offer(unit, user)

    def clean_points(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.cleaned_data["points"].split("\n"))
        points = tuple(line for line in lines if line)
        if len(points) > MOST_POINTS:
            raise ValidationError(_("At most %(n)d points.") % {"n": MOST_POINTS})
        if any(len(point) > POINT_LENGTH for point in points):
            words = _("A point has at most %(n)d letters. Make two of it.")
            raise ValidationError(words % {"n": POINT_LENGTH})
        return points

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["due_at"] = self._due_at()
        self.check_chosen()
        return data

    def _due_at(self) -> datetime | None:
        day, clock = self.cleaned_data.get("due_on"), self.cleaned_data.get("due_time")
        if day is None:
            if clock is not None and "due_on" not in self.errors:
                self.add_error("due_on", _("Give the day too."))
            return None
        return datetime.combine(day, clock or END_OF_DAY, self.unit.zone)

    def draft(self) -> InstructionDraft:
        data = self.cleaned_data
        same = ("kind", "number", "dated", "secrecy", "subject", "points", "summary", "due_at")
        return InstructionDraft(
            **{name: data[name] for name in same},
            report_wanted=data["report_wanted"],
            units=self.chosen_units(),
            people=self.chosen_people(),
            sent=self.sent(),
        )


class InstructionPassForm(AddresseeForm):
    note = forms.CharField(
        label=_("Own line"),
        required=False,
        max_length=300,
        help_text=_("Such as: start with RW 05, report to the Kanit Binmas."),
    )

    field_order = [ALL_POLRES, ALL_POLSEK, "units", ALL_OFFICERS, "people", "note"]

    def __init__(self, *args: Any, receipt: InstructionReceipt, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(receipt.unit, user)
        if receipt.instruction.is_classified:
            del self.fields["note"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_chosen()
        return data


class InstructionDoneForm(SentForm):
    report = LinesField(
        label=_("What was done?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    nihil = forms.BooleanField(label=_("Nihil: nothing to report"), required=False)

    def __init__(self, *args: Any, receipt: InstructionReceipt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if receipt.instruction.is_classified:
            del self.fields["report"], self.fields["nihil"]
        elif not receipt.instruction.report_wanted:
            del self.fields["nihil"]

    def finished(self) -> dict[str, Any]:
        """What `finish_receipt` takes."""
        data = self.cleaned_data
        return {"report": data.get("report", "").strip(), "is_nihil": data.get("nihil", False)}


class InstructionReturnForm(forms.Form):
    comment = forms.CharField(
        label=_("What is missing?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what is missing.")},
    )

    def __init__(self, *args: Any, receipt: InstructionReceipt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if receipt.instruction.is_classified:
            del self.fields["comment"]


class InstructionWithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it withdrawn?"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why it is withdrawn.")},
        help_text=_("All who received it read this."),
    )
