"""Forms for notes, category and priority, handover, and opening a contact."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reports.forms.accused import Accused, accused_field
from reports.forms.changes import ChangeForm, words_field
from reports.forms.desk import category_choices
from reports.models import Category, Priority, Report
from reports.selectors.candidates import units_for, units_named, units_near, units_of_accused
from territory.models import Unit
from toolkit.labels import capitalized_choices
from toolkit.photos.fields import PhotosForm, many_photos

SHORTEST_SEARCH = 2


class NoteForm(PhotosForm, ChangeForm):
    step = "note"

    text = words_field(label=_("Note"), required=False)
    is_public = forms.BooleanField(
        label=_("The reporter reads it too"),
        required=False,
        help_text=_("Without the tick it stays among the officers."),
    )
    photos = many_photos()

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("text", "is_public", "photos")}


class ClassifyForm(ChangeForm):
    step = "classify"

    category: "forms.ModelChoiceField[Category]" = forms.ModelChoiceField(
        label=_("Category"), queryset=None, empty_label=None
    )
    priority = forms.ChoiceField(label=_("Priority"), widget=forms.RadioSelect, required=False)
    is_sealed = forms.BooleanField(
        label=_("Seal this report"),
        required=False,
        help_text=_("Then only the assigned and commanders with the permission see it."),
    )
    about_unit = accused_field(
        help_text=_("The report goes to the unit above it. Nobody of that unit can find it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Category.objects.visible_to(self.by)
        self.fields["category"].queryset = rows  # type: ignore[attr-defined]
        self.offer("category", self.categories())
        usual = ("", str(_("As usual for the category")))
        self.offer("priority", [usual, *capitalized_choices(Priority)])
        now: dict[str, Any] = {
            "category": self.report.category_id,
            "priority": self.priority_now(),
            "is_sealed": self.report.is_sealed,
        }
        for name, value in now.items():
            self.initial.setdefault(name, value)
        self.accused: dict[str, Unit] = {}
        if self.asks_accused():
            self._offer_accused()
        else:
            del self.fields["about_unit"]

    @staticmethod
    def stamp_of(report: Report) -> str:
        return report.class_stamp

    def add_news(self, error: ValidationError) -> None:
        super().add_news(error)
        now = f"{self.report.category} · {self.report.get_priority_display()}"
        self.add_error(None, _("Somebody has set it to %(now)s meanwhile.") % {"now": now})

    def asks_accused(self) -> bool:
        """Whether a category about police was chosen. The page is then shown again and asks which
        unit."""
        chosen = self.typed("category")
        return chosen in self.about_police and chosen != str(self.report.category_id)

    def _offer_accused(self) -> None:
        # No Subsektor: its people see everything of their Polsek, which is offered instead.
        by_kind = units_of_accused(self.report)
        self.accused = {kind: by_kind[kind] for kind in Accused.values if kind in by_kind}
        named = [(kind, unit.name) for kind, unit in self.accused.items()]
        unknown = (Accused.UNKNOWN.value, str(_("Another unit, or not known")))
        self.offer("about_unit", [*named, unknown])
        self.fields["about_unit"].required = True

    def priority_now(self) -> str:
        """Empty if the report has its category's priority: a new category then sets a new one."""
        usual = self.report.category.usual_priority
        return "" if self.report.priority == usual else self.report.priority

    def categories(self) -> Any:
        """Grouped choices; the report's own category too, even if it is not offered any more."""
        offered = list(Category.objects.visible_to(self.by).offered())
        if self.report.category not in offered:
            offered.append(self.report.category)
        self.about_police = {str(one.pk) for one in offered if one.is_about_police}
        return category_choices(offered)

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        priority = data["priority"] or data["category"].usual_priority
        named = {name: data[name] for name in ("category", "is_sealed", "seen")}
        accused = self.accused.get(data.get("about_unit", ""))
        return {**named, "priority": priority, "about_unit": accused}


class HandoverForm(ChangeForm):
    step = "handover"

    q = forms.CharField(label=_("Search another unit"), max_length=60, required=False)
    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a unit.")},
    )
    reason = words_field(
        label=_("Why is it handed over?"),
        help_text=_("The other unit and the reporter read this."),
        error_messages={
            "required": _("Say why: the other unit and the reporter read it."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_for(self.report)  # type: ignore[attr-defined]
        text = self.typed("q")
        self.is_search = len(text) >= SHORTEST_SEARCH
        found = units_named(self.report, text) if self.is_search else units_near(self.report)
        self.is_empty = not found
        self.offer("unit", [(str(unit.pk), unit_label(unit)) for unit in found])

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("unit", "reason", "seen")}


def unit_label(unit: Unit) -> str:
    """With the unit above it, because several Polsek share a name."""
    return f"{unit.name} · {unit.parent.name}" if unit.parent else unit.name


PURPOSES = {
    "ask": _("To ask the reporter for details"),
    "protect": _("To protect the reporter or a victim"),
    "order": _("By order of the commander"),
    "other": _("For something else"),
}


class ContactForm(ChangeForm):
    step = "contact"

    purpose = forms.ChoiceField(
        label=_("What do you need it for?"),
        choices=PURPOSES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what you need it for. The unit's head reads it.")},
    )
    details = forms.CharField(label=_("In a few words"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("purpose") == "other" and not data.get("details"):
            self.add_error("details", _("Say what you need it for. The unit's head reads it."))
        return data

    def values(self) -> dict[str, Any]:
        purpose = str(PURPOSES[self.cleaned_data["purpose"]])
        details = self.cleaned_data["details"]
        return {"reason": f"{purpose}: {details}" if details else purpose}
