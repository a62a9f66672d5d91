from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import Any, TypedDict

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from partners.models import PartnerGroup
from patrols.forms.duties import kind_choices
from patrols.models import HolidayRule, PatrolKind, Schedule, Weekday
from patrols.models.schedules import DAYS_AHEAD, LONGEST_STEP
from patrols.selectors.clashes import ClashLine
from patrols.selectors.holes import Named
from patrols.selectors.planning import Choices
from patrols.selectors.teams import Person
from patrols.services.schedules import EDITED, wanted_values
from territory.models import Unit
from toolkit.editing import SEEN, EditForm, Values
from toolkit.idempotency.fields import ClientUUIDField
from toolkit.labels import capitalized_choices
from toolkit.ui.fields import DATES, TIMES, DateInput, DatesField, TimeInput

EVERY, SOME, STEP = "every", "some", "step"
SAME_IN_FORM = (
    *("name", "kind", "order_number", "apel", "start", "end", "after_midnight"),
    *("valid_from", "valid_until", "on_holidays", "dates_added", "dates_skipped"),
)
CLOCK = (
    *("apel", "start", "end", "after_midnight", "valid_from", "valid_until"),
    *("nights", "weekdays", "every", "on_holidays", "dates_added", "dates_skipped"),
)
NAME_TAKEN = _("This unit has a schedule of that name already.")


def weekday_choices() -> list[tuple[int, str]]:
    return capitalized_choices(Weekday)


def holiday_choices() -> list[tuple[str, str]]:
    return capitalized_choices(HolidayRule)


class UnitForm(forms.Form):
    """The first step for planners of several units: people and places depend on the unit."""

    unit = forms.ChoiceField(label=_("For which unit?"))

    def __init__(self, *args: Any, units: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(str(unit.pk), unit.name) for unit in units]  # type: ignore[attr-defined]


class Picked(TypedDict):
    officers: list[User]
    groups: list[PartnerGroup]


class LeaveOutField(forms.Field):
    """The people whom the button “save without them” names: “o7 m12”, an officer and a member."""

    def clean(self, value: Any) -> set[Person]:
        found: set[Person] = set()
        for word in str(value or "").split():
            kind, number = word[0], word[1:]
            if kind in "om" and number.isascii() and number.isdigit() and len(number) < 19:
                found.add((int(number), None) if kind == "o" else (None, int(number)))
        return found


class ScheduleForm(EditForm):
    """A schedule of one unit. Only people, groups and places of `choices` can be picked."""

    name = forms.CharField(
        label=_("Name of the schedule"),
        max_length=100,
        help_text=_("As it stands in the roster, such as the place of the patrol."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)
    order_number = forms.CharField(label=_("Number of the Sprin"), max_length=80, required=False)
    nights = forms.ChoiceField(
        label=_("Nights"),
        choices=[
            (EVERY, _("Every night")),
            (SOME, _("Certain nights")),
            (STEP, _("Every few days")),
        ],
        widget=forms.RadioSelect,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Which nights"),
        choices=weekday_choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one night of the week.")},
        help_text=_("A night counts by the day on which its evening begins."),
    )
    every = forms.IntegerField(
        label=_("Every how many days"),
        required=False,
        min_value=2,
        max_value=LONGEST_STEP,
        error_messages={"required": _("After how many days is the next night?")},
        help_text=_("Counted from the first night: 2 is every second, 3 every third."),
    )
    on_holidays = forms.ChoiceField(
        label=_("On public holidays"), choices=holiday_choices, required=False
    )
    dates_added = DatesField(label=_("Nights added"), required=False)
    dates_skipped = DatesField(
        label=_("Nights skipped"),
        required=False,
        help_text=_("Dates with commas between: 31/12/2026, 1/1/2027."),
    )
    apel = forms.TimeField(label=_("Apel"), required=False, widget=TimeInput, input_formats=TIMES)
    start = forms.TimeField(label=_("Starts"), widget=TimeInput, input_formats=TIMES)
    end = forms.TimeField(
        label=_("Ends"),
        widget=TimeInput,
        input_formats=TIMES,
    )
    after_midnight = forms.BooleanField(
        label=_("Begins after midnight"),
        required=False,
        help_text=_("Such as a post from 01.00: the night of 11 Nov begins early on 12 Nov."),
    )
    valid_from = forms.DateField(label=_("First night"), widget=DateInput, input_formats=DATES)
    valid_until = forms.DateField(
        label=_("Final night"),
        required=False,
        widget=DateInput,
        input_formats=DATES,
        help_text=_("Empty: until you end it."),
    )
    route = forms.ChoiceField(label=_("Route"), required=False)
    post = forms.ChoiceField(label=_("Guard post"), required=False)
    leader = forms.ChoiceField(label=_("Who leads"), required=False)
    officers = forms.MultipleChoiceField(
        label=_("Officers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    groups = forms.MultipleChoiceField(
        label=_("Partner groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Every active member is then expected at the roll call."),
    )
    client_uuid = ClientUUIDField()
    leave_out = LeaveOutField(required=False, widget=forms.HiddenInput)

    # Who is expected elsewhere, once saving has been refused for it.
    clashes: Sequence[ClashLine] = ()
    clashing_people = ""  # as LeaveOutField reads them

    def __init__(self, *args: Any, unit: Unit, choices: Choices, **kwargs: Any) -> None:
        self.unit, self.picks = unit, choices
        self.instance: Schedule | None = kwargs.pop("instance", None)
        self.copied: Schedule | None = kwargs.pop("copied", None)
        kwargs["initial"] = self._initial()
        super().__init__(*args, **kwargs)
        people = [(key, self._person(user)) for key, user in choices.people.items()]
        groups = [(key, self._group(group)) for key, group in choices.groups.items()]
        nights = self.data.get("nights") if self.is_bound else self.initial["nights"]
        self.fields["weekdays"].required = nights == SOME
        self.fields["every"].required = nights == STEP
        self._choose("leader", [("", _("Not decided yet")), *people])
        self._choose("officers", people)
        self._choose("groups", groups)
        self._choose("route", [("", _("No route")), *self._named(choices.routes)])
        self._choose("post", [("", _("No post")), *self._named(choices.posts)])
        if self.instance is None:
            del self.fields[SEEN]
        else:
            del self.fields["client_uuid"]
            now = {"officers": choices.officers_now, "groups": choices.groups_now}
            self.watch(self.instance, EDITED, {k: [int(pk) for pk in v] for k, v in now.items()})

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def _named(rows: dict[str, Any]) -> list[tuple[str, str]]:
        return [(key, row.name) for key, row in rows.items()]

    def _person(self, user: User) -> str:
        """With the days, where the person does not serve on all the nights to come."""
        today, presence = self.unit.today(), self.picks.presence
        last = today + timedelta(days=DAYS_AHEAD)
        for day in (today, last):
            if absence := presence.absence(user.pk, self.unit, day):
                return f"{user.titled_name} ({absence})"
        if away := presence.away_between(user.pk, self.unit, today, last):
            return f"{user.titled_name} ({away.span})"
        return user.titled_name

    @staticmethod
    def _group(group: PartnerGroup) -> str:
        if not group.is_active:
            return f"{group.name} ({_('the group is closed')})"
        count: int = getattr(group, "members_now", 0)
        words = ngettext("%(n)d member", "%(n)d members", count) % {"n": count}
        return f"{group.name} ({words})"

    def _initial(self) -> dict[str, Any]:
        row = self.instance or self.copied
        tonight = Schedule(unit=self.unit).tonight()
        if row is None:
            return {"nights": EVERY, "kind": PatrolKind.JOINT, "valid_from": tonight}
        shown = {name: getattr(row, name) for name in SAME_IN_FORM} | {
            **self._nights(row.weekdays, row.every),
            "route": str(row.route_id or ""),
            "post": str(row.post_id or ""),
            "leader": str(row.leader_id or ""),
            "officers": self.picks.officers_now,
            "groups": self.picks.groups_now,
        }
        if self.instance is None:  # a copy: what belongs to the old days stays behind
            name = _("%(name)s (copy)") % {"name": row.name}
            shown |= {"name": name[:100], "valid_from": tonight, "valid_until": None}
            shown |= {"dates_added": [], "dates_skipped": []}
        return shown

    @staticmethod
    def _nights(weekdays: list[int], step: int) -> dict[str, Any]:
        if step > 1:
            return {"nights": STEP, "weekdays": [], "every": step}
        every = len(set(weekdays)) == len(Weekday)
        shown = {"nights": EVERY if every else SOME, "weekdays": [] if every else weekdays}
        return shown | {"every": None}

    def wanted_values(self) -> Values:
        return wanted_values(self.schedule(), **self.people())

    def shown_for(self, values: Values) -> dict[str, Any]:
        shown = super().shown_for(values)
        if "weekdays" in shown or "every" in shown:
            # One rule in two columns: who has typed another one keeps it.
            weekdays, step = shown.pop("weekdays", None), shown.pop("every", None)
            if weekdays and step:
                shown |= self._nights(weekdays, step)
        return shown

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("nights") == EVERY and 0 < len(data.get("weekdays") or []) < len(Weekday):
            self.add_error("nights", _("You ticked single nights: choose “certain nights”."))
        if data.get("route") and data.get("post"):
            self.add_error("post", _("A route or a post, not both."))
        self._clean_times(data)
        self._clean_dates(data)
        self._clean_nights(data)
        return data

    def _clean_times(self, data: dict[str, Any]) -> None:
        apel: time | None = data.get("apel")
        start: time | None = data.get("start")
        if start and start == data.get("end"):
            self.add_error("end", _("The duty must end later than it starts."))
        if apel and start and apel > start and not data.get("after_midnight"):
            self.add_error("apel", _("The apel comes before the start."))

    def _clean_dates(self, data: dict[str, Any]) -> None:
        first: date | None = data.get("valid_from")
        last: date | None = data.get("valid_until")
        if first and not 2000 <= first.year <= 2100:
            self.add_error("valid_from", _("Please check the year."))
        if first and last and last < first:
            self.add_error("valid_until", _("The last night is before the first."))
        elif last and last.year > 2100:
            self.add_error("valid_until", _("Please check the year."))

    @property
    def has_exceptions(self) -> bool:
        """Whether holidays or single nights are to be seen at once."""
        names = ("on_holidays", "dates_added", "dates_skipped")
        return any(self[name].value() or self[name].errors for name in names)

    def _clean_nights(self, data: dict[str, Any]) -> None:
        first, last = data.get("valid_from"), data.get("valid_until")
        added, skipped = data.get("dates_added") or [], data.get("dates_skipped") or []
        outside = [d for d in added if (first and d < first) or (last and d > last)]
        if outside:
            words = {"night": date_format(outside[0], "j M Y")}
            error = _("%(night)s is before the first night or after the final one.") % words
            self.add_error("dates_added", error)
        if both := sorted({*added} & {*skipped}):
            words = {"night": date_format(both[0], "j M Y")}
            self.add_error("dates_skipped", _("%(night)s is added already.") % words)

    @property
    def has_times(self) -> bool:
        """Whether the fields that decide the nights have no errors."""
        return self.is_bound and not any(name in self.errors for name in CLOCK)

    def schedule(self) -> Schedule:
        """The schedule as typed, unsaved. A field with an error keeps its old value, or none."""
        row = Schedule(unit=self.unit) if self.instance is None else self.instance
        data = self.cleaned_data
        for name in SAME_IN_FORM:
            if name in data:
                setattr(row, name, data[name])
        if "nights" in data:
            some = data["nights"] == SOME
            row.weekdays = sorted(data.get("weekdays") or []) if some else list(Weekday.values)
            row.every = (data.get("every") or 1) if data["nights"] == STEP else 1
        row.route = self.picks.routes.get(data.get("route", ""))
        row.post = self.picks.posts.get(data.get("post", ""))
        row.leader = self.picks.people.get(data.get("leader", ""))
        return row

    def people(self) -> Picked:
        """The `officers` and `groups` that were picked, as `save_schedule` wants them."""
        data = self.cleaned_data
        return {
            "officers": [self.picks.people[key] for key in data.get("officers", [])],
            "groups": [self.picks.groups[key] for key in data.get("groups", [])],
        }

    def named(self) -> Named:
        """Whom the schedule as typed names, for the holes of its nights."""
        people, leader = self.people(), self.cleaned_data.get("leader")
        officers = dict.fromkeys([user.pk for user in people["officers"]], False)
        if leader:
            officers[int(leader)] = True
        closed = [group.name for group in people["groups"] if not group.is_active]
        teams = self.picks.named_now.teams if self.instance else None
        return Named(officers, closed, teams)

    def add_clashes(self, clashes: list[ClashLine]) -> None:
        """Shows each clash beside the field where its people were picked."""
        self.clashes = clashes
        busy: set[Person] = set().union(*(line.people for line in clashes))
        self.clashing_people = " ".join(
            sorted(f"o{officer}" if officer else f"m{member}" for officer, member in busy)
        )
        officers: set[Person] = {(user.pk, None) for user in self.people()["officers"]}
        leader = self.cleaned_data.get("leader")
        leads: set[Person] = set()
        if leader and (int(leader), None) not in officers:
            leads = {(int(leader), None)}
        picked = {"leader": leads, "officers": officers, "groups": busy - officers - leads}
        for field, people in picked.items():
            for line in filter(None, (line.only(people) for line in clashes)):
                self.add_error(field, ValidationError(str(line), code="clash"))

    def add_refusal(self, error: ValidationError) -> None:
        """Shows errors of the model's constraints beside their fields, where the form has them."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            field = name if name in self.fields else None
            for problem in errors:
                name_taken = str(NAME_TAKEN) in problem.messages
                self.add_error("name" if name_taken else field, problem)


class ScheduleEndForm(forms.Form):
    last_night = forms.DateField(
        label=_("Last night of the schedule"),
        widget=DateInput,
        input_formats=DATES,
        help_text=_("Duties of later nights go. What has been written stays."),
    )

    def __init__(self, *args: Any, schedule: Schedule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schedule = schedule

    def clean_last_night(self) -> date:
        night: date = self.cleaned_data["last_night"]
        if night < self.schedule.valid_from:
            raise ValidationError(_("That is before the first night of this schedule."))
        if self.schedule.valid_until and night > self.schedule.valid_until:
            raise ValidationError(_("This schedule ends earlier already."))
        if night.year > 2100:
            raise ValidationError(_("Please check the year."))
        return night
