"""Forms of the changes of state. Services check the values; their errors are shown at the
fields."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reports.codes import read_number_of
from reports.forms.place import TEXT_LENGTH
from reports.models import Report
from reports.presenters.officer_words import reasons_for
from reports.selectors.candidates import (
    MOST_OFFICERS,
    SimilarReport,
    filter_by_name,
    officers_for,
    similar_reports,
)
from reports.selectors.officers import Likely, likeliest
from reports.services.changes import OVERRIDABLE
from reports.workflow import Outcome, ReportState
from toolkit.labels import capitalized_choices
from toolkit.ui.fields import LinesField, UnseenField

Choices = list[tuple[str, str]]


def words_field(rows: int = 4, **options: Any) -> LinesField:
    options.setdefault("max_length", 2000)
    return LinesField(widget=forms.Textarea(attrs={"rows": rows}), **options)


class ChangeForm(forms.Form):
    """`seen` is the stamp of the report that the page showed. `step` names the step in
    presenters/report_steps.py. With `has_words`, the typed words are shown again where somebody
    else was faster."""

    step: ClassVar[str]
    has_words: ClassVar[bool] = True

    seen = UnseenField(required=False)

    def __init__(self, *args: Any, report: Report, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report, self.by = report, by
        self.initial.setdefault("seen", self.stamp_of(report))

    @staticmethod
    def stamp_of(report: Report) -> str:
        """The part of the report that must not have changed since the page was shown."""
        return report.stamp

    def add_news(self, error: ValidationError) -> None:
        """Says above the typed words what somebody else did meanwhile."""
        self.add_error(None, error.messages)

    def values(self) -> dict[str, Any]:
        """The arguments for the service."""
        return self.cleaned_data

    def typed(self, name: str) -> str:
        """What was typed into a field that only narrows the choices, by a search or with the
        form."""
        return str(self.data.get(name, "") or self.initial.get(name, "")).replace("\0", "").strip()

    def offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class DispatchForm(ChangeForm):
    step = "dispatch"
    has_words = False

    q = forms.CharField(label=_("Search by name or NRP"), max_length=60, required=False)
    assignee: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("Officer"),
        queryset=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose an officer."),
            "invalid_choice": _(
                "This person may not be assigned: not an officer here, or of the unit that the"
                " report is about."
            ),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = officers_for(self.report, self.by)
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]
        named = filter_by_name(people, self.typed("q"))
        found = likeliest(named, self.report, self.by, limit=MOST_OFFICERS + 1)
        self.has_more = len(found) > MOST_OFFICERS
        self.is_long = self.has_more or bool(self.typed("q"))
        self.offer(
            "assignee",
            [(str(one.officer.pk), self.label_of(one)) for one in found[:MOST_OFFICERS]],
        )

    def label_of(self, one: Likely) -> str:
        name = self.name_of(one.officer)
        return format_html("<span>{}<br><small>{}</small></span>", name, reasons_for(one))

    def name_of(self, officer: User) -> str:
        if officer.pk == self.by.pk:
            return str(_("%(name)s (you)") % {"name": officer.titled_name})
        if officer.pk == self.report.assignee_id:
            return str(_("%(name)s (assigned now)") % {"name": officer.titled_name})
        return officer.titled_name

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("assignee", "seen")}


class ResolveForm(ChangeForm):
    step = "resolve"

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    lp_number = forms.CharField(
        label=_("Number of the Laporan Polisi"),
        max_length=80,
        required=False,
        help_text=_("Where a Laporan Polisi was made, such as LP/B/123/XI/2026/SPKT."),
    )
    reason = words_field(
        label=_("What was done?"),
        help_text=_("The reporter reads this. No names of people, please."),
        error_messages={"required": _("Say in a sentence what was done: the reporter reads it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        forbidden = [] if self.report.category.allows_mediation else [Outcome.MEDIATED]
        self.offer(
            "outcome",
            capitalized_choices(one for one in Outcome if one not in forbidden),
        )
        if forbidden:
            self.fields["outcome"].help_text = _(
                "Settling together is not offered: the law forbids mediation for this category."
            )


class RejectForm(ChangeForm):
    step = "reject"

    reason = words_field(
        label=_("Why can it not be followed up yet?"),
        help_text=_("The reporter reads this and may add what is missing."),
        error_messages={"required": _("Say why: the reporter reads it.")},
    )


class MergeForm(ChangeForm):
    step = "merge"
    has_words = False

    into = forms.CharField(
        label=_("Number of the other report"),
        max_length=TEXT_LENGTH,  # a whole message is pasted with the number inside
        widget=forms.TextInput(attrs={"placeholder": "LK-000123", "autocomplete": "off"}),
        error_messages={"required": _("Give the number of the other report, such as LK-000123.")},
    )

    def candidates(self) -> list[SimilarReport]:
        return similar_reports(self.report, self.by)

    def clean_into(self) -> Report:
        number = read_number_of(self.cleaned_data["into"])
        if number is None:
            raise ValidationError(_("A number such as LK-000123."))
        found = Report.objects.in_scope(self.by).filter(pk=number).first()
        if found is None:
            raise ValidationError(_("There is no report of this number in your units."))
        return found


class ReferForm(ChangeForm):
    step = "refer"

    agency = forms.CharField(
        label=_("Who is it passed on to?"),
        max_length=80,
        help_text=_("Such as PLN, Damkar, Dinas PU. Another police unit: hand it over instead."),
        error_messages={"required": _("Say who it is passed on to.")},
    )
    text = words_field(
        label=_("What should the reporter know?"),
        max_length=1800,
        required=False,
        help_text=_("Such as the number of the other agency's own report."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("agency", self.report.category.handler)


class ReopenForm(ChangeForm):
    step = "reopen"

    reason = words_field(
        label=_("Why is it reopened?"),
        help_text=_("The reporter reads this."),
        error_messages={"required": _("Say why it is reopened.")},
    )


class OverrideForm(ChangeForm):
    step = "override"

    state = forms.ChoiceField(
        label=_("Which state?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose another state.")},
    )
    reason = words_field(
        label=_("Why will the usual way not do?"),
        help_text=_("The reporter reads this too; it stays in the timeline with your name."),
        error_messages={"required": _("Say why the usual way will not do.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = (ReportState(state) for state in OVERRIDABLE if state != self.report.state)
        self.offer("state", capitalized_choices(others))
