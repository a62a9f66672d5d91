"""Which schedules have coming nights that are not as they should be."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet

from accounts.selectors.presence import Presence, presence_of
from partners.models import GroupMember
from patrols.models import Duty, Schedule
from patrols.models.holidays import read_holidays
from patrols.models.schedules import DAYS_AHEAD, TAKEN_OVER
from patrols.selectors.teams import Person, teams_of
from territory.scope import unscoped

THE_CLOCK = "the job brings the nights of all units up to date"
TIMES = ("apel_at", "starts_at", "ends_at")


class Night(NamedTuple):
    """What a duty takes from its schedule, and whom its roll expects."""

    columns: tuple[object, ...]
    officers: frozenset[int]
    members: frozenset[int]


def stale_schedules(schedules: Iterable[Schedule], now: datetime) -> list[Schedule]:
    """Those of which `refresh_duties` would change a night, or leave somebody out of one.

    Seven statements, however many schedules there are: asking each one takes as many for it alone;
    one more where one has teams, and where one minds holidays. Needs `unit` loaded.
    """
    schedules = list(schedules)
    read_holidays(schedules)
    first = {schedule.pk: schedule.tonight(now) for schedule in schedules}
    if not schedules:
        return []
    coming = Q(schedule__in=schedules, night__gte=min(first.values()))
    existing: dict[int, set[date]] = {pk: set() for pk in first}
    rows = unscoped(Duty.objects, THE_CLOCK).filter(coming)
    for pk, night in rows.values_list("schedule", "night"):
        existing[pk].add(night)
    changeable = unscoped(Duty.objects.untouched(), THE_CLOCK)
    untouched = _untouched(changeable.filter(coming, starts_at__gt=now), first)
    people = _People(schedules)
    return [
        schedule
        for schedule in schedules
        if _is_stale(
            _wanted(schedule, people, first[schedule.pk], now),
            {night for night in existing[schedule.pk] if night >= first[schedule.pk]},
            untouched[schedule.pk],
        )
    ]


def _is_stale(wanted: dict[date, Night], existing: set[date], untouched: dict[date, Night]) -> bool:
    """A duty that somebody has worked on stays as it is, whatever the schedule wants."""
    return not wanted.keys() <= existing or any(
        wanted.get(night) != found for night, found in untouched.items()
    )


def _untouched(rows: QuerySet[Duty], first: dict[int, date]) -> dict[int, dict[date, Night]]:
    found: dict[int, dict[date, Night]] = {pk: {} for pk in first}
    duties = rows.values_list("pk", "schedule", "night", *TAKEN_OVER, *TIMES)
    rolls = duties.annotate(
        officers=ArrayAgg("attendances__officer", filter=Q(attendances__officer__isnull=False)),
        members=ArrayAgg("attendances__member", filter=Q(attendances__member__isnull=False)),
    )
    for _pk, schedule, night, *columns, officers, members in rolls.order_by():
        if night >= first[schedule]:
            roll = frozenset(officers or ()), frozenset(members or ())
            found[schedule][night] = Night(tuple(columns), *roll)
    return found


def _wanted(schedule: Schedule, people: "_People", first: date, now: datetime) -> dict[date, Night]:
    nights = schedule.nights(first, first + timedelta(days=DAYS_AHEAD))
    times = {night: schedule.times(night) for night in nights}
    times = {night: hours for night, hours in times.items() if hours[2] > now}
    teams = people.teams[schedule.pk]
    always = people.always[schedule.pk]
    taken = {name: getattr(schedule, name) for name in TAKEN_OVER}
    days = {night: schedule.unit.today(hours[1]) for night, hours in times.items()}
    serving = people.serving(schedule, set(days.values()))
    wanted = {}
    for night, hours in times.items():
        off = teams.off(night, always)
        officers = serving[days[night]] - {officer for officer, _member in off if officer}
        members = people.members[schedule.pk] - {member for _officer, member in off if member}
        leader = teams.leader(night)
        leader = leader if leader in officers else None
        columns = (taken | {"leader_id": leader}).values()
        wanted[night] = Night((*columns, *hours), officers, members)
    return wanted


class _People:
    """Officers and members of many schedules."""

    def __init__(self, schedules: list[Schedule]) -> None:
        self.officers: dict[int, set[int]] = {
            s.pk: {s.leader_id} if s.leader_id else set() for s in schedules
        }
        links = unscoped(Schedule.officers.through._default_manager, THE_CLOCK)
        links = links.filter(schedule__in=schedules)
        for schedule, officer in links.values_list("schedule", "user"):
            self.officers[schedule].add(officer)
        self.teams = teams_of(schedules)
        serving = unscoped(GroupMember.objects.serving(), THE_CLOCK)
        members: dict[int, set[int]] = {s.pk: set() for s in schedules}
        for schedule, member in serving.filter(group__schedules__in=schedules).values_list(
            "group__schedules", "pk"
        ):
            if schedule in members:
                members[schedule].add(member)
        self.always: dict[int, set[Person]] = {
            pk: {(officer, None) for officer in self.officers[pk]}
            | {(None, member) for member in members[pk]}
            for pk in members
        }
        self.members = {
            pk: frozenset(found.union(*(team.members for team in self.teams[pk].teams)))
            for pk, found in members.items()
        }
        for pk, teams in self.teams.items():
            self.officers[pk] |= teams.officers
        everybody = set().union(*self.officers.values())
        self.presence: Presence = presence_of(everybody)

    def serving(self, schedule: Schedule, days: set[date]) -> dict[date, frozenset[int]]:
        """The officers who serve at the unit, day by day."""
        officers = {pk for pk in self.officers[schedule.pk] if self.presence.people[pk].is_active}
        found: dict[date, frozenset[int]] = {}
        if not days:
            return found
        steady = {
            pk
            for pk in officers
            if self.presence.serves_throughout(pk, schedule.unit, min(days), max(days))
        }
        for day in days:
            found[day] = frozenset(
                pk
                for pk in officers
                if pk in steady or not self.presence.absence(pk, schedule.unit, day)
            )
        return found
