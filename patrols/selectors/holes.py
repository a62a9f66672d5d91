"""Whom schedules name although they do not come: the holes that a planner has to fill."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
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
        """Of a schedule from `with_named`."""
        officers = dict.fromkeys(schedule.officer_ids, False)
        if schedule.leader_id is not None:
            officers[schedule.leader_id] = True
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


def with_named(schedules: QuerySet[Schedule]) -> QuerySet[Schedule]:
    """With `officer_ids`, and `closed_groups` by name."""
    officers: QuerySet[Any] = unscoped(Schedule.officers.through.objects, OF_THESE)
    groups = unscoped(PartnerGroup.objects, OF_THESE).filter(is_active=False)
    return schedules.annotate(
        officer_ids=ArraySubquery(officers.filter(schedule=OuterRef("pk")).values("user")),
        closed_groups=ArraySubquery(groups.filter(schedules=OuterRef("pk")).values("name")),
    )


def holes_of_duties(duties: Iterable[Duty]) -> dict[int, list[Hole]]:
    """By duty, of those that are planned. Two statements at most; needs `unit` loaded."""
    planned = [duty for duty in duties if duty.state == DutyState.PLANNED and duty.schedule_id]
    if not planned:
        return {}
    rows = with_named(unscoped(Schedule.objects, OF_THESE)).in_bulk(
        {duty.schedule_id for duty in planned}
    )
    named = {pk: Named.by(schedule) for pk, schedule in rows.items()}
    presence = presence_of(pk for one in named.values() for pk in one.officers)
    found = {}
    for duty in planned:
        holes = named[duty.schedule_id or 0].holes(presence, duty.unit, first_day(duty)).values()
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
