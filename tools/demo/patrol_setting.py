"""The rows that the demo's nights need: areas, groups, routes and schedules."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import User
from partners.models import GroupKind, GroupMember, MemberRole, PartnerGroup
from patrols.models import Checkpoint, GuardPost, Route, Schedule
from territory.models import Area, AreaLevel, Unit
from tools.demo.accounts import VOLUNTEER
from tools.demo.patrol_plans import GROUPS, PLANS, Group, Plan
from tools.demo.phones import example_phone

ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
STOP_RADIUS_M = 150
MEMBER_PHONES = 1000  # accounts have the numbers below
JEMBATAN_LIMA = "31.73.04.1008"


@dataclass
class Crew:
    """A schedule with the people and checkpoints of its nights. `officers` begin with the leader;
    `spare` replace who does not come; `stops` are empty for a schedule without a route."""

    plan: Plan
    schedule: Schedule
    leader: User
    reviewer: User
    officers: list[User]
    members: list[GroupMember]
    spare: list[User]
    stops: list[Checkpoint]


def example_order(until: date) -> str:
    """The number of a Sprin that cannot be taken for a real one."""
    return f"Sprin/CONTOH/{ROMAN[until.month]}/{until.year}"


def create_neighbourhoods() -> None:
    """RW 01 to 05 of Jembatan Lima and the RT of RW 05, as examples of the smallest areas."""
    village = Area.objects.get(code=JEMBATAN_LIMA)
    rws = Area.objects.bulk_create(
        Area(
            code=f"{village.code}-{number:03}",
            parent=village,
            level=AreaLevel.RW,
            name=f"RW {number:02} (contoh)",
        )
        for number in range(1, 6)
    )
    Area.objects.bulk_create(
        Area(
            code=f"{rws[-1].code}-{number:03}",
            parent=rws[-1],
            level=AreaLevel.RT,
            name=f"RT {number:03}/RW 05 (contoh)",
        )
        for number in range(1, 13)
    )


def create_groups(until: date, users: dict[str, User]) -> dict[str, list[GroupMember]]:
    """The members of each group, by the group's name."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    kinds = {kind.code: kind for kind in GroupKind.objects.all()}
    areas = {area.code: area for area in Area.objects.filter(code__in=[g.area for g in GROUPS])}
    members = []
    for number, row in enumerate(GROUPS, start=1):
        group, _ = PartnerGroup.objects.update_or_create(
            unit=units[row.unit],
            name=row.name,
            defaults={
                "kind": kinds[row.kind],
                "area": areas[row.area],
                **_confirmation(row, number, until),
            },
        )
        members += [_member(row, group, place, until) for place in range(row.members)]
    for number, member in enumerate(members, start=MEMBER_PHONES):
        member.phone = example_phone(number)
        if member.name == VOLUNTEER.name:
            member.user = users[VOLUNTEER.username]
    by_group: dict[str, list[GroupMember]] = {}
    for member in GroupMember.objects.bulk_create(members):
        by_group.setdefault(member.group.name, []).append(member)
    return by_group


def _confirmation(row: Group, number: int, until: date) -> dict[str, object]:
    if row.confirmed is None:
        return {}
    confirmed = until + timedelta(days=row.confirmed)
    return {
        "confirmation_number": f"CONTOH/{number:02}/{ROMAN[confirmed.month]}/{confirmed.year}",
        "confirmed_on": confirmed,
        "confirmation_expires_on": until + timedelta(days=row.expires or 0),
    }


def _member(row: Group, group: PartnerGroup, place: int, until: date) -> GroupMember:
    roles = [MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.COORDINATOR]
    return GroupMember(
        group=group,
        name=f"{row.member_name} {row.first + place:02}",
        role=roles[place] if place < len(roles) and row.first == 1 else MemberRole.MEMBER,
        agency=row.agencies[place % len(row.agencies)],
        # Some run out soon or have run out, so that the list of members shows both.
        vetted_until=until + timedelta(days=[200, 320, 25, 410, -12][place % 5]),
    )


def create_crews(
    until: date, users: dict[str, User], members: dict[str, list[GroupMember]]
) -> list[Crew]:
    """Routes and schedules with their people. Those of the seeds are found and filled in."""
    villages = {area.code: area for area in Area.objects.filter(level=AreaLevel.VILLAGE)}
    place = villages[JEMBATAN_LIMA]
    GuardPost.objects.filter(unit__code="polsek-tambora", lat=None).update(
        lat=place.lat, lon=place.lon
    )
    crews = []
    for plan in PLANS:
        unit = Unit.objects.get(code=plan.unit)
        route = _route(plan, unit, villages)
        schedule = _schedule(plan, unit, route)
        schedule.leader = users[plan.leader]
        schedule.order_number = example_order(until)
        schedule.valid_from = until - timedelta(days=plan.nights)
        schedule.save()
        schedule.officers.set([users[name] for name in plan.officers])
        schedule.groups.set({member.group for name in plan.groups for member in members[name]})
        crews.append(
            Crew(
                plan=plan,
                schedule=schedule,
                leader=users[plan.leader],
                reviewer=users[plan.reviewer],
                officers=[users[name] for name in (plan.leader, *plan.officers)],
                members=[member for name in plan.groups for member in members[name]],
                spare=[users[name] for name in plan.spare],
                stops=list(route.checkpoints.order_by("order", "pk")) if route else [],
            )
        )
    return crews


def _route(plan: Plan, unit: Unit, villages: dict[str, Area]) -> Route | None:
    if not plan.route:
        return None
    route, _ = Route.objects.get_or_create(unit=unit, name=plan.route, retired_on=None)
    before = route.checkpoints.count()
    if before and plan.stops:
        first = villages[plan.stops[0]]
        route.checkpoints.filter(lat=None).update(lat=first.lat, lon=first.lon)
    Checkpoint.objects.bulk_create(
        Checkpoint(
            route=route,
            order=before + order,
            name=villages[code].name,
            lat=villages[code].lat,
            lon=villages[code].lon,
            radius_m=STOP_RADIUS_M,
        )
        for order, code in enumerate(plan.stops, start=1)
    )
    return route


def _schedule(plan: Plan, unit: Unit, route: Route | None) -> Schedule:
    if plan.is_of_seeds:
        return Schedule.objects.select_related("unit").get(unit=unit, name=plan.name)
    return Schedule(
        unit=unit,
        name=plan.name,
        kind=plan.kind,
        weekdays=list(plan.weekdays),
        apel=plan.apel,
        start=plan.start,
        end=plan.end,
        route=route,
    )
