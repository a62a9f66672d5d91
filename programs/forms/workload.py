from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from programs.selectors.workload import OfficerLoad, ServedArea, Workload
from reports.models import Report

NOBODY = "none"


class AreaMoveForm(forms.Form):
    """Which area goes to whom. The value of an area also says which posting served it when the
    page was shown. With `takes_stale` what has been moved since is taken too: the service answers
    who sends the same once more, and who was slower."""

    area = forms.ChoiceField(
        label=_("Which kelurahan, desa, or RW?"),
        error_messages={
            "required": _("Choose what is to be moved."),
            "invalid_choice": _("It has been moved meanwhile. Choose again."),
        },
    )
    taker = forms.ChoiceField(
        label=_("Who serves it from now on?"),
        error_messages={"required": _("Choose who serves it.")},
    )

    def __init__(
        self, *args: Any, workload: Workload, takes_stale: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.loads = {str(load.posting.pk): load for load in workload.officers}
        held: list[tuple[ServedArea, OfficerLoad | None]] = []
        held += [(area, load) for load in workload.officers for area in load.areas]
        held += [(area, None) for area in workload.vacant]
        self.areas = {str(area.pk): area for area, _load in held}
        offered = [(_key(area, load), _held_words(area, load)) for area, load in held]
        stale = str(self.data.get("area", "")) if takes_stale else ""
        if stale.partition(":")[0] in self.areas and stale not in dict(offered):
            giver = self.loads.get(stale.partition(":")[2])
            offered.append((stale, _held_words(self.areas[stale.partition(":")[0]], giver)))
        asked = [key for key, _words in offered if key.startswith(f"{self.initial.get('area')}:")]
        self.initial["area"] = asked[0] if asked else ""
        self.fields["area"].choices = [("", _("Choose")), *offered]  # type: ignore[attr-defined]
        self.fields["taker"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose an officer")),
            *[(key, load_words(load)) for key, load in self.loads.items()],
            (NOBODY, _("Nobody: it falls to the unit")),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "area" in data and "taker" in data and self.from_whom is self.to_whom:
            self.add_error("taker", _("It is served so already."))
        return data

    @property
    def moved(self) -> ServedArea:
        return self.areas[self.cleaned_data["area"].partition(":")[0]]

    @property
    def from_whom(self) -> OfficerLoad | None:
        return self.loads.get(self.cleaned_data["area"].partition(":")[2])

    @property
    def to_whom(self) -> OfficerLoad | None:
        return self.loads.get(self.cleaned_data["taker"])


class ReportsShareForm(forms.Form):
    """Which of an officer's open reports go to whom. Each value carries the stamp of its report."""

    reports = forms.MultipleChoiceField(
        label=_("Which reports?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one report."),
            "invalid_choice": _("One of these reports has changed meanwhile. Choose again."),
        },
    )
    taker = forms.ChoiceField(
        label=_("To whom?"), error_messages={"required": _("Choose an officer.")}
    )

    def __init__(
        self, *args: Any, reports: list[Report], officers: list[OfficerLoad], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = {f"{row.pk}:{row.stamp}": row for row in reports}
        self.takers = {str(load.person.pk): load for load in officers}
        self.fields["reports"].choices = [  # type: ignore[attr-defined]
            (key, _report_words(row)) for key, row in self.waiting.items()
        ]
        self.fields["taker"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose an officer")),
            *[(key, load_words(load)) for key, load in self.takers.items()],
        ]

    def chosen(self) -> list[Report]:
        return [self.waiting[key] for key in self.cleaned_data["reports"]]

    def chosen_taker(self) -> User:
        return self.takers[self.cleaned_data["taker"]].person


def load_words(load: OfficerLoad) -> str:
    """An officer with what decides whether more may be given."""
    words = ngettext(
        "%(name)s · %(n)d report assigned", "%(name)s · %(n)d reports assigned", load.open_reports
    )
    found = words % {"name": load.person.titled_name, "n": load.open_reports}
    return f"{found} · {load.away.span}" if load.away else found


def _key(area: ServedArea, load: OfficerLoad | None) -> str:
    return f"{area.pk}:{load.posting.pk if load else ''}"


def _held_words(area: ServedArea, load: OfficerLoad | None) -> str:
    return f"{area.name} · {load.person.titled_name if load else _('without an officer')}"


def _report_words(report: Report) -> str:
    parts = (report.number, report.category.label, report.place, report.village)
    return " · ".join(str(part) for part in parts if part)
