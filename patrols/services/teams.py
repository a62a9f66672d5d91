"""The teams of a schedule, whose turn goes on night by night."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import PartnerGroup
from patrols.models import Schedule, Team
from patrols.rights import may_plan
from patrols.selectors.clashes import as_seen_by, find_clashes, left_out_before
from patrols.selectors.teams import Person, teams_of_one
from patrols.services.schedules import (
    Outcome,
    ScheduleClash,
    refresh_duties,
    save_schedule,
)
from toolkit.idempotency.answers import body_sha256


@dataclass
class TeamDraft:
    name: str
    leader: User | None = None
    officers: list[User] = field(default_factory=list)
    groups: list[PartnerGroup] = field(default_factory=list)


class TeamsChanged(ValidationError):
    """Somebody has changed the teams since the page was shown."""


def teams_stamp(schedule: Schedule) -> str:
    """Another one whenever the teams or the length of their turns have changed."""
    teams = schedule.teams.prefetch_related("officers", "groups").order_by("place")
    rows = [
        [
            *(team.name, team.leader_id),
            sorted(officer.pk for officer in team.officers.all()),
            sorted(group.pk for group in team.groups.all()),
        ]
        for team in teams
    ]
    return body_sha256({"turn": schedule.turn_nights, "teams": rows})


@transaction.atomic
def save_copy(*, source: Schedule, schedule: Schedule, by: User, **how: Any) -> Outcome:
    """Saves a new schedule with the teams of another one; `how` is what `save_schedule` takes.

    People of the teams who are on another duty then, such as on that of the source, are left out.
    """
    outcome = save_schedule(schedule=schedule, by=by, **how)
    if not source.team_count or schedule.pk is None:  # None where the form was sent again
        return outcome
    drafts = [
        TeamDraft(team.name, team.leader, list(team.officers.all()), list(team.groups.all()))
        for team in source.teams.select_related("leader").order_by("place")
    ]
    filled = save_teams(
        schedule=schedule,
        teams=drafts,
        turn_nights=source.turn_nights,
        by=by,
        leave_out=teams_of_one(source).people,
    )
    outcome.left_out = filled.left_out
    return outcome


@transaction.atomic
def save_teams(
    *,
    schedule: Schedule,
    teams: Iterable[TeamDraft],
    turn_nights: int,
    by: User,
    stamp: str = "",
    leave_out: Collection[Person] = (),
) -> Outcome:
    """Gives the schedule these teams, in this order, and brings its nights up to date.

    Raises TeamsChanged where they are no longer those of the `stamp`, ScheduleClash as
    `save_schedule` does.
    """
    schedule = (
        Schedule.objects.select_for_update(of=("self",))
        .select_related("unit", "leader")
        .get(pk=schedule.pk)
    )
    if not may_plan(by, schedule):
        raise PermissionDenied
    if stamp and stamp != teams_stamp(schedule):
        raise TeamsChanged(_("Somebody has changed the teams meanwhile. Save again to keep yours."))
    leave_out = {*leave_out, *left_out_before(schedule)}
    teams = list(teams)
    for place, draft in enumerate(teams):
        team, _is_new = Team.objects.update_or_create(
            schedule=schedule, place=place, defaults={"name": draft.name, "leader": draft.leader}
        )
        team.officers.set(draft.officers)
        team.groups.set(draft.groups)
    for team in schedule.teams.filter(place__gte=len(teams)):
        team.delete()
    schedule.team_count, schedule.turn_nights = len(teams), turn_nights
    schedule.full_clean(exclude=["polda", "polres", "polsek"])
    schedule.save(update_fields=["team_count", "turn_nights"])
    officers, groups = schedule.officers.all(), schedule.groups.all()
    clashes = find_clashes(schedule, officers=officers, groups=groups, leave_out=leave_out)
    if clashes:
        raise ScheduleClash(as_seen_by(clashes, by))
    try:
        return refresh_duties(schedule, leave_out=bool(leave_out))
    except ScheduleClash as clash:
        raise ScheduleClash(as_seen_by(clash.clashes, by)) from clash
