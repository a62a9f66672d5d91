from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patrols.forms.schedules import LeaveOutField
from patrols.models import Team
from patrols.models.schedules import LONGEST_STEP, MOST_TEAMS
from patrols.selectors.planning import Choices
from patrols.services.teams import TeamDraft
from toolkit.ui.fields import UnseenField

FEWEST_SHOWN = 3


class TeamForm(forms.Form):
    """One team; without a name there is none."""

    name = forms.CharField(label=_("Name of the team"), max_length=40, required=False)
    leader = forms.ChoiceField(label=_("Who leads"), required=False)
    officers = forms.MultipleChoiceField(
        label=_("Officers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    groups = forms.MultipleChoiceField(
        label=_("Partner groups"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.picks = choices
        people = [(key, user.titled_name) for key, user in choices.people.items()]
        groups = [(key, group.name) for key, group in choices.groups.items()]
        self.fields["leader"].choices = [("", _("As the schedule says")), *people]  # type: ignore[attr-defined]
        self.fields["officers"].choices = people  # type: ignore[attr-defined]
        self.fields["groups"].choices = groups  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("name") and any(data.get(key) for key in ("leader", "officers", "groups")):
            self.add_error("name", _("Give the team a name, such as Regu A."))
        return data

    def draft(self) -> TeamDraft | None:
        data, picks = self.cleaned_data, self.picks
        if not data["name"]:
            return None
        return TeamDraft(
            data["name"],
            picks.people.get(data["leader"]),
            [picks.people[key] for key in data["officers"]],
            [picks.groups[key] for key in data["groups"]],
        )


class TurnForm(forms.Form):
    turn_nights = forms.IntegerField(
        label=_("Nights before the next team"),
        min_value=1,
        max_value=LONGEST_STEP,
        help_text=_("1: another team every night. 7: each team has a week."),
    )
    stamp = UnseenField(required=False)
    leave_out = LeaveOutField(required=False, widget=forms.HiddenInput)


def team_forms(data: Any, teams: list[Team], choices: Choices) -> list[TeamForm]:
    """A form for each team, and one more. Of what was sent, as many as were sent."""
    sent = [n for n in range(MOST_TEAMS) if data is not None and f"team{n}-name" in data]
    number = len(sent) or min(MOST_TEAMS, max(FEWEST_SHOWN, len(teams) + 1))
    return [
        TeamForm(data, prefix=f"team{n}", choices=choices, initial=_initial(teams[n : n + 1]))
        for n in range(number)
    ]


def _initial(teams: list[Team]) -> dict[str, Any]:
    return {
        key: value
        for team in teams
        for key, value in {
            "name": team.name,
            "leader": str(team.leader_id or ""),
            "officers": [str(officer.pk) for officer in team.officers.all()],
            "groups": [str(group.pk) for group in team.groups.all()],
        }.items()
    }
