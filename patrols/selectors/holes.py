"""Whom schedules name although they do not come: the holes that a planner has to fill."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from accounts.selectors.presence import Presence, presence_of
from patrols.models import Duty, Schedule
from patrols.models.holidays import read_holidays
from patrols.models.schedules import DAYS_AHEAD
from patrols.selectors.absences import first_day
from patrols.selectors.teams import Teams, teams_of
from patrols.workflow import DutyState
from territory.models import Unit
from territory.scope import unscoped

OF_THESE = "the schedules and duties were reached through their scope"


@dataclass(frozen=True)
class Hole:
    """Who does not come, and why. `leads` says that nobody leads in the person's place.

    Of a schedule, `nights` are those of the coming four weeks; of a duty there are none.
    """

    name: str
    why: str
    leads: bool = False
    nights: tuple[date, ...] = ()

    def __str__(self) -> str:
        words = {"name": self.name, "why": self.why}
        if self.leads:
            return _("Without %(name)s, who was to lead: %(why)s") % words
        return _("Without %(name)s: %(why)s") % words


@dataclass(frozen=True)
class Named:
    """Whom a schedule names: officers by id, with whether they lead, and closed groups by name.

    Of its teams only the one whose turn it is counts: `on` the night.
    """

    officers: dict[int, bool]
    closed_groups: list[str]
    teams: Teams | None = None

    @classmethod
    def by(cls, schedule: Any, teams: Teams | None = None) -> "Named":
        """Of a schedule from `with_named`, or a duty from `with_named_to`."""
        officers = dict.fromkeys(schedule.officer_ids, False)
        if schedule.named_leader is not None:
            officers[schedule.named_leader] = True
        return cls(officers, schedule.closed_groups, teams)

    @property
    def everybody(self) -> set[int]:
        return {*self.officers, *(self.teams.officers if self.teams else ())}

    def on(self, night: date) -> "Named":
        """With the team whose turn it is; its leader leads in the place of the schedule's."""
        team = self.teams.on(night) if self.teams else None
        if team is None:
            return Named(self.officers, self.closed_groups)
        officers = dict.fromkeys(team.officers, False) | self.officers
        if team.leader is not None:
            officers = dict.fromkeys(officers, False) | {team.leader: True}
        closed = dict.fromkeys([*self.closed_groups, *team.closed_groups])
        return Named(officers, list(closed))

    def after_swaps(self, swaps: list[list[int]]) -> "Named":
        """With who stands in, in the place of who was to come; pairs of who goes and who comes."""
        officers = dict(self.officers)
        for goes, comes in swaps:
            officers[comes] = officers.pop(goes, False)
        return Named(officers, self.closed_groups)

    def holes(self, presence: Presence, unit: Unit, day: date) -> dict[int | str, Hole]:
        """By officer, or by the name of the group."""
        found: dict[int | str, Hole] = {}
        for pk, leads in self.officers.items():
            if absence := presence.absence(pk, unit, day):
                found[pk] = Hole(presence.people[pk].titled_name, str(absence), leads)
        for name in self.closed_groups:
            found[name] = Hole(name, _("the group is closed"))
        return found


# Written in SQL (docs/adr/0029): what a board looks up for each duty.
OFFICERS = "SELECT user_id FROM patrols_schedule_officers WHERE schedule_id = {schedule}"
CLOSED_GROUPS = """
    SELECT name FROM partners_partnergroup WHERE NOT is_active AND id IN (
        SELECT partnergroup_id FROM patrols_schedule_groups WHERE schedule_id = {schedule}
    )
"""
# In their order: whoever stood in may have swapped again. The volunteers' own change no hole.
SWAPS = """
    SELECT CASE WHEN duty_id = patrols_duty.id
        THEN ARRAY[asker_id, other_id] ELSE ARRAY[other_id, asker_id] END
    FROM patrols_swap
    WHERE state = 'confirmed' AND group_id IS NULL
        AND (duty_id = patrols_duty.id OR in_return_id = patrols_duty.id)
    ORDER BY id
"""


OF_SCHEDULE = "(SELECT {column} FROM patrols_schedule WHERE id = patrols_duty.schedule_id)"


def _array(statement: str, **columns: str) -> RawSQL:
    return RawSQL(f"ARRAY({statement.format(**columns)})", [])  # noqa: S611 from this module


def _named(schedule: str) -> dict[str, RawSQL]:
    """Arrays by name; `schedule` is the column with the id of the schedule."""
    return {
        "officer_ids": _array(OFFICERS, schedule=schedule),
        "closed_groups": _array(CLOSED_GROUPS, schedule=schedule),
    }


def with_named(schedules: QuerySet[Schedule]) -> QuerySet[Schedule]:
    """With `named_leader`, `officer_ids`, and `closed_groups` by name."""
    return schedules.annotate(named_leader=F("leader"), **_named("patrols_schedule.id"))


def with_named_to(duties: QuerySet[Duty]) -> QuerySet[Duty]:
    """With whom the schedule of each names, as `with_named`, its `team_count`, and the confirmed
    swaps, in their order: pairs of who goes and who comes."""
    leader, count = (OF_SCHEDULE.format(column=name) for name in ("leader_id", "team_count"))
    return duties.annotate(
        **_named("patrols_duty.schedule_id"),
        named_leader=RawSQL(leader, []),  # noqa: S611 from this module
        team_count=RawSQL(count, []),  # noqa: S611 from this module
        swapped=_array(SWAPS),
    )


def holes_of_duties(duties: Iterable[Duty]) -> dict[int, list[Hole]]:
    """By duty, of those that are planned, from `with_named_to` with `unit` loaded. One statement,
    with teams two more, none where there are none."""
    planned: list[Any] = [
        duty for duty in duties if duty.state == DutyState.PLANNED and duty.schedule_id
    ]
    if not planned:
        return {}
    with_teams = {duty.schedule_id for duty in planned if duty.team_count}
    schedules = unscoped(Schedule.objects, OF_THESE).filter(pk__in=with_teams)
    teams = teams_of(schedules if with_teams else [])
    named = {duty.pk: Named.by(duty, teams.get(duty.schedule_id or 0)) for duty in planned}
    stand_ins = {comes for duty in planned for _goes, comes in duty.swapped}
    presence = presence_of(stand_ins.union(*(one.everybody for one in named.values())))
    found = {}
    for duty in planned:
        on_turn = named[duty.pk].on(duty.night).after_swaps(duty.swapped)
        holes = on_turn.holes(presence, duty.unit, first_day(duty)).values()
        if holes:
            found[duty.pk] = [
                replace(hole, leads=hole.leads and duty.leader_id is None) for hole in holes
            ]
    return found


def holes_of_schedules(schedules: Iterable[Schedule], *, now: datetime) -> dict[int, list[Hole]]:
    """By schedule, of `with_named` with `unit` loaded. One statement, one more where one has
    teams, and where one minds holidays."""
    schedules = list(schedules)
    read_holidays(schedules)
    teams = teams_of(schedules)
    named = {schedule: Named.by(schedule, teams[schedule.pk]) for schedule in schedules}
    presence = presence_of(pk for one in named.values() for pk in one.everybody)
    return {
        schedule.pk: coming_holes(schedule, one, presence, now=now)
        for schedule, one in named.items()
    }


def coming_holes(
    schedule: Schedule, named: Named, presence: Presence, *, now: datetime
) -> list[Hole]:
    """The holes of one schedule in the nights that duties are made for, each with its nights.

    No statement.
    """
    first = schedule.tonight(now)
    nights_of: dict[int | str, list[date]] = {}
    found: dict[int | str, Hole] = {}
    for night in schedule.nights(first, first + timedelta(days=DAYS_AHEAD)):
        day = schedule.unit.today(schedule.times(night)[1])
        for key, hole in named.on(night).holes(presence, schedule.unit, day).items():
            nights_of.setdefault(key, []).append(night)
            found[key] = hole
    return [replace(hole, nights=tuple(nights_of[key])) for key, hole in found.items()]
