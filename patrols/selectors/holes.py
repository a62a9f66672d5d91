"""Whom schedules name although they do not come: the holes that a planner has to fill."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.selectors.presence import Presence, presence_of
from partners.models import PartnerGroup
from patrols.models import Duty, Schedule
from patrols.models.schedules import DAYS_AHEAD
from patrols.selectors.absences import first_day
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
    """Whom a schedule names: officers by id, with whether they lead, and closed groups by name."""

    officers: dict[int, bool]
    closed_groups: list[str]

    @classmethod
    def by(cls, schedule: Any) -> "Named":
        """Of a schedule from `with_named`, or a duty from `with_named_to`."""
        officers = dict.fromkeys(schedule.officer_ids, False)
        if schedule.named_leader is not None:
            officers[schedule.named_leader] = True
        return cls(officers, schedule.closed_groups)

    def holes(self, presence: Presence, unit: Unit, day: date) -> dict[int | str, Hole]:
        """By officer, or by the name of the group."""
        found: dict[int | str, Hole] = {}
        for pk, leads in self.officers.items():
            if absence := presence.absence(pk, unit, day):
                found[pk] = Hole(presence.people[pk].titled_name, str(absence), leads)
        for name in self.closed_groups:
            found[name] = Hole(name, _("the group is closed"))
        return found


def _named(schedule: str, leader: str) -> dict[str, Any]:
    """Expressions by name; `schedule` and `leader` are the columns of the rows to annotate."""
    officers: QuerySet[Any] = unscoped(Schedule.officers.through.objects, OF_THESE)
    groups = unscoped(PartnerGroup.objects, OF_THESE).filter(is_active=False)
    return {
        "named_leader": F(leader),
        "officer_ids": ArraySubquery(officers.filter(schedule=OuterRef(schedule)).values("user")),
        "closed_groups": ArraySubquery(groups.filter(schedules=OuterRef(schedule)).values("name")),
    }


def with_named(schedules: QuerySet[Schedule]) -> QuerySet[Schedule]:
    """With `named_leader`, `officer_ids`, and `closed_groups` by name."""
    return schedules.annotate(**_named("pk", "leader"))


def with_named_to(duties: QuerySet[Duty]) -> QuerySet[Duty]:
    """With whom the schedule of each names, as `with_named`."""
    return duties.annotate(**_named("schedule", "schedule__leader"))


def holes_of_duties(duties: Iterable[Duty]) -> dict[int, list[Hole]]:
    """By duty, of those that are planned, from `with_named_to` with `unit` loaded. One statement,
    none where there are none."""
    planned = [duty for duty in duties if duty.state == DutyState.PLANNED and duty.schedule_id]
    if not planned:
        return {}
    named = {duty.pk: Named.by(duty) for duty in planned}
    presence = presence_of(pk for one in named.values() for pk in one.officers)
    found = {}
    for duty in planned:
        holes = named[duty.pk].holes(presence, duty.unit, first_day(duty)).values()
        if holes:
            found[duty.pk] = [
                replace(hole, leads=hole.leads and duty.leader_id is None) for hole in holes
            ]
    return found


def holes_of_schedules(schedules: Iterable[Schedule], *, now: datetime) -> dict[int, list[Hole]]:
    """By schedule, of `with_named` with `unit` loaded. One statement."""
    named = {schedule: Named.by(schedule) for schedule in schedules}
    presence = presence_of(pk for one in named.values() for pk in one.officers)
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
        for key, hole in named.holes(presence, schedule.unit, day).items():
            nights_of.setdefault(key, []).append(night)
            found[key] = hole
    return [replace(hole, nights=tuple(nights_of[key])) for key, hole in found.items()]
