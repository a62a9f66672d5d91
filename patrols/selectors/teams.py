"""Whom the teams of schedules add to a night, in turn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from partners.models import GroupMember, PartnerGroup
from patrols.models import Schedule, Team
from territory.scope import unscoped

# A person of a roll: an officer's id, or a member's id.
Person = tuple[int | None, int | None]
OF_THE_SCHEDULES = "the schedules were reached through their scope"


@dataclass(frozen=True)
class TeamPeople:
    """One team: its officers with the leader, the serving members of its groups, by id."""

    name: str
    leader: int | None
    officers: frozenset[int]
    members: frozenset[int]
    closed_groups: tuple[str, ...]

    @property
    def people(self) -> set[Person]:
        officers: set[Person] = {(pk, None) for pk in self.officers}
        return officers | {(None, pk) for pk in self.members}


@dataclass(frozen=True)
class Teams:
    """The teams of one schedule, in their order."""

    schedule: Schedule
    teams: tuple[TeamPeople, ...] = ()

    def on(self, night: date) -> TeamPeople | None:
        turn = self.schedule.turn(night)
        return self.teams[turn] if turn is not None and turn < len(self.teams) else None

    def leader(self, night: date) -> int | None:
        """Who is to lead the night: the team's leader, else the schedule's."""
        team = self.on(night)
        return (team and team.leader) or self.schedule.leader_id

    @property
    def people(self) -> set[Person]:
        return set[Person]().union(*(team.people for team in self.teams))

    @property
    def officers(self) -> set[int]:
        return {pk for team in self.teams for pk in team.officers}

    def off(self, night: date, always: Iterable[Person] = ()) -> set[Person]:
        """Whose turn it is not, but for those who are expected `always`."""
        team = self.on(night)
        return self.people - (team.people if team else set()) - set(always)


def teams_of(schedules: Iterable[Schedule]) -> dict[int, Teams]:
    """By schedule. One statement, none where no schedule has teams."""
    schedules = [schedule for schedule in schedules if schedule.pk]
    found: dict[int, list[TeamPeople]] = {schedule.pk: [] for schedule in schedules}
    with_teams = [schedule.pk for schedule in schedules if schedule.team_count]
    if with_teams:
        for team in _with_people().filter(schedule__in=with_teams).order_by("schedule", "place"):
            found[team.schedule_id].append(
                TeamPeople(
                    team.name,
                    team.leader_id,
                    frozenset({*team.officer_ids, team.leader_id} - {None}),
                    frozenset(team.member_ids),
                    tuple(team.closed_groups),
                )
            )
    return {s.pk: Teams(s, tuple(found[s.pk])) for s in schedules}


def teams_of_one(schedule: Schedule) -> Teams:
    return teams_of([schedule]).get(schedule.pk) or Teams(schedule)


def _with_people() -> QuerySet[Any]:
    officers = unscoped(Team.officers.through._default_manager, OF_THE_SCHEDULES)
    members = unscoped(GroupMember.objects.serving(), OF_THE_SCHEDULES)
    closed = unscoped(PartnerGroup.objects, OF_THE_SCHEDULES).filter(is_active=False)
    team = OuterRef("pk")
    return unscoped(Team.objects, OF_THE_SCHEDULES).annotate(
        officer_ids=ArraySubquery(officers.filter(team=team).values("user")),
        member_ids=ArraySubquery(members.filter(group__teams=team).order_by().values("pk")),
        closed_groups=ArraySubquery(closed.filter(teams=team).values("name")),
    )
