"""What a schedule can be made of: people, groups and places; and how schedules stand."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Posting, User
from accounts.selectors.presence import Presence
from partners.models import GroupMember, PartnerGroup
from patrols.models import Duty, GuardPost, Route, Schedule, Team
from patrols.models.schedules import DAYS_AHEAD
from patrols.selectors.holes import Hole, Named, with_named
from patrols.selectors.teams import teams_of, teams_of_one
from patrols.workflow import DutyState
from territory.models import Unit
from territory.scope import rows_below, unscoped

MOST_PEOPLE = 600
OF_THE_UNIT = "what the unit planned for has; the page asks for the right to plan there"
OF_THE_SCHEDULE = "the schedule was reached through its scope"


@dataclass
class Choices:
    """What may be picked for a schedule, by the value of the form: people, groups and places.

    Four statements, with teams one more. People are those posted to the unit now or within the
    nights that duties are made for, at most MOST_PEOPLE. What an existing schedule has already
    stays in the choice, also where there are more, the person has moved on or the route is retired
    since; `presence` says who does not serve. `officers_now` and `groups_now` are the values of
    those the schedule has, `named_now` the same with its leader, as the holes need them.
    """

    people: dict[str, User]
    groups: dict[str, PartnerGroup]
    routes: dict[str, Route]
    posts: dict[str, GuardPost]
    officers_now: list[str]
    groups_now: list[str]
    named_now: Named
    presence: Presence


def choices_for(unit: Unit, schedule: Schedule | None, *, by: User) -> Choices:
    pk = leader_id = route_id = post_id = None
    if schedule is not None:
        pk, leader_id = schedule.pk, schedule.leader_id
        route_id, post_id = schedule.route_id, schedule.post_id
    officers = unscoped(Schedule.officers.through.objects, OF_THE_SCHEDULE).filter(
        schedule=pk, user=OuterRef("pk")
    )
    groups = unscoped(Schedule.groups.through.objects, OF_THE_SCHEDULE).filter(
        schedule=pk, partnergroup=OuterRef("pk")
    )
    teams = teams_of_one(schedule) if schedule is not None else None
    in_teams = teams.officers if teams else set()
    today = unit.today()
    last = today + timedelta(days=DAYS_AHEAD)
    posted = unscoped(User.objects.posted_between(unit, today, last), OF_THE_UNIT).values("pk")
    people: QuerySet[Any] = (
        unscoped(User.objects.with_postings(), OF_THE_UNIT)
        .annotate(
            is_on=Exists(officers), is_named=Q(is_on=True) | Q(pk=leader_id) | Q(pk__in=in_teams)
        )
        .filter(Q(pk__in=posted) | Q(is_named=True))
    )
    # A group of the Polres may join a patrol of the Polsek, as far as the planner sees it.
    reach = rows_below(unit) | Q(unit__in=unit.lineage_ids())
    seen = PartnerGroup.objects.in_scope(by).active().filter(reach).values("pk")
    team_groups = unscoped(Team.groups.through._default_manager, OF_THE_SCHEDULE)
    of_teams = team_groups.filter(team__schedule=pk).values("partnergroup")
    partner_groups: QuerySet[Any] = (
        unscoped(PartnerGroup.objects, "those in scope, and those of the schedule already")
        .annotate(is_on=Exists(groups), members_now=_members_now())
        .filter(Q(pk__in=seen) | Q(is_on=True) | Q(pk__in=of_teams))
    )
    found = _first(people, "is_named")
    found_groups = _first(partner_groups, "is_on")
    officer_ids = [person.pk for person in found if person.is_on]
    groups_now = [group for group in found_groups if group.is_on]
    return Choices(
        people={str(person.pk): person for person in found},
        groups={str(group.pk): group for group in found_groups},
        routes=_places(unscoped(Route.objects, OF_THE_UNIT), unit, route_id),
        posts=_places(unscoped(GuardPost.objects, OF_THE_UNIT), unit, post_id),
        officers_now=[str(pk) for pk in officer_ids],
        groups_now=[str(group.pk) for group in groups_now],
        named_now=Named(
            dict.fromkeys(officer_ids, False) | ({leader_id: True} if leader_id else {}),
            [group.name for group in groups_now if not group.is_active],
            teams,
        ),
        presence=Presence(found),
    )


def people_to_be_away(unit: Unit) -> QuerySet[User]:
    """Who is posted to the unit itself, now or within a year."""
    today = unit.today()
    postings = unscoped(Posting.objects.between(today, today + timedelta(days=366)), OF_THE_UNIT)
    people = unscoped(User.objects, OF_THE_UNIT).filter(is_active=True)
    return people.filter(pk__in=postings.filter(unit=unit).values("user")).order_by("name", "pk")


def _first(rows: QuerySet[Any], chosen: str) -> list[Any]:
    """At most MOST_PEOPLE, the chosen ones among them in any case; by name."""
    first = rows.order_by(f"-{chosen}", "name", "pk")[:MOST_PEOPLE]
    return sorted(first, key=lambda row: (row.name.casefold(), row.pk))


def _members_now() -> Coalesce:
    members = unscoped(GroupMember.objects.serving(), "the members of these groups are counted")
    of_group = members.filter(group=OuterRef("pk")).order_by().values("group")
    return Coalesce(
        Subquery(of_group.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
    )


def _places(rows: QuerySet[Any], unit: Unit, now_id: int | None) -> dict[str, Any]:
    found = rows.filter(Q(unit=unit, retired_on=None) | Q(pk=now_id)).order_by("name", "pk")
    return {str(row.pk): row for row in found}


@dataclass(frozen=True)
class ScheduleRow:
    schedule: Schedule
    next_night: date | None
    officers: int
    members: int
    holes: list[Hole]


def with_people(schedules: QuerySet[Schedule]) -> QuerySet[Schedule]:
    """With `with_named`, and the count of the active members of the groups."""
    members = (
        unscoped(GroupMember.objects.serving(), "the members of these groups are counted")
        .filter(group__schedules=OuterRef("pk"))
        .order_by()
        .values("group__schedules")
    )
    return with_named(schedules).annotate(
        member_count=Coalesce(
            Subquery(members.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
        ),
    )


def schedule_rows(
    schedules: list[Any], tonight: date, holes: dict[int, list[Hole]]
) -> list[ScheduleRow]:
    """With the next night of each, and with everybody of its teams. One statement, with teams one
    more. The schedules come from `with_people`."""
    teams = teams_of(schedules)
    nights = dict(
        unscoped(Duty.objects, OF_THE_SCHEDULE)
        .filter(
            schedule__in=[schedule.pk for schedule in schedules],
            night__gte=tonight,
            state__in=[DutyState.PLANNED, DutyState.RUNNING],
        )
        .order_by()
        .values_list("schedule")
        .annotate(first=Min("night"))
    )
    return [
        ScheduleRow(
            schedule,
            nights.get(schedule.pk),
            len({*schedule.officer_ids, schedule.leader_id, *teams[schedule.pk].officers} - {None}),
            schedule.member_count + len({m for _o, m in teams[schedule.pk].people if m}),
            holes.get(schedule.pk, []),
        )
        for schedule in schedules
    ]


def duties_after(schedule: Schedule, last_night: date) -> tuple[list[Duty], list[Duty]]:
    """Planned duties after the night: those that go, and those that stay for somebody's mark."""
    later = schedule.duties.filter(night__gt=last_night).planned().order_by("night", "pk")
    going = set(later.untouched().values_list("pk", flat=True))
    rows = list(later)
    return [row for row in rows if row.pk in going], [row for row in rows if row.pk not in going]
