"""Patrols of a whole country for the benchmarks: about 200 units of three Polda, written by COPY.

Every Polsek has two duties a night. Older nights are written before newer ones, so that the order
on disk is that of a database grown over the years.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.models import Posting, User
from partners.models import GroupKind, GroupMember, PartnerGroup
from patrols.models import (
    Attendance,
    AttendanceStatus,
    Checkpoint,
    Duty,
    EntryKind,
    LogEntry,
    PatrolKind,
    Route,
    Schedule,
)
from patrols.workflow import DutyState, ReviewState
from territory.models import Area, Unit
from tools.bench.copying import Table
from tools.bench.scale_units import create_units
from tools.demo.accounts import PASSWORD
from tools.demo.patrol_setting import STOP_RADIUS_M, example_order
from tools.demo.phrases import texts

OFFICERS, MEMBERS, STOPS = 4, 3, 4
NIGHTS_AT_ONCE = 20
STEP = timedelta(minutes=17)


@dataclass(frozen=True)
class Beat:
    """A schedule of one Polsek with its checkpoints and the ids of its people. The first officer
    leads. `commander` reviews."""

    schedule: Schedule
    officers: tuple[int, ...]
    members: tuple[int, ...]
    commander: int
    stops: tuple[Checkpoint, ...]


def create_beats(places: Sequence[tuple[Unit, Area]], until: date, first: date) -> list[Beat]:
    """Officers, a group, a route and two schedules for every Polsek."""
    units = [unit for unit, _ in places]
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(
            username=f"petugas{number}.{unit.code}",
            name=f"Petugas {number} {unit.name}",
            unit=unit,
            password=password,
            is_demo=True,
        )
        for unit in units
        for number in range(OFFICERS)
    )
    Posting.objects.bulk_create(
        Posting(
            user=user,
            unit=user.unit,
            role="commander" if number % OFFICERS == 0 else "officer",
            starts_on=first,
        )
        for number, user in enumerate(users)
    )
    kind = GroupKind.objects.get(code="pokdarkamtibmas")
    groups = PartnerGroup.objects.bulk_create(
        PartnerGroup(unit=unit, name=f"Pokdarkamtibmas {unit.name}", kind=kind, area=unit.area)
        for unit in units
    )
    members = GroupMember.objects.bulk_create(
        GroupMember(group=group, name=f"Anggota {number:02}")
        for group in groups
        for number in range(1, MEMBERS + 1)
    )
    routes = Route.objects.bulk_create(Route(unit=unit, name=f"Rute {unit.name}") for unit in units)
    stops = Checkpoint.objects.bulk_create(
        Checkpoint(
            route=route,
            order=order,
            name=f"Titik {order}",
            lat=(area.lat or -2.0) + order / 500,
            lon=(area.lon or 104.0) + order / 500,
            radius_m=STOP_RADIUS_M,
        )
        for route, (_, area) in zip(routes, places, strict=True)
        for order in range(1, STOPS + 1)
    )
    beats = []
    for place, (unit, route) in enumerate(zip(units, routes, strict=True)):
        own = [user.pk for user in users[place * OFFICERS : (place + 1) * OFFICERS]]
        team = [member.pk for member in members[place * MEMBERS : (place + 1) * MEMBERS]]
        common = {"unit": unit, "valid_from": first, "order_number": example_order(until)}
        evening = Schedule(
            **common, name="Patroli malam (contoh)", apel=time(19, 45), start=time(20),
            end=time(23), route=route, leader_id=own[1],
        )  # fmt: skip
        late = Schedule(
            **common, name="Penjagaan dini hari (contoh)", kind=PatrolKind.GUARDING,
            start=time(0, 30), end=time(4), after_midnight=True, leader_id=own[3],
        )  # fmt: skip
        points = tuple(stops[place * STOPS : (place + 1) * STOPS])
        beats += [
            Beat(evening, (own[1], own[2]), tuple(team), own[0], points),
            Beat(late, (own[3],), tuple(team), own[0], ()),
        ]
    Schedule.objects.bulk_create(beat.schedule for beat in beats)
    Schedule.officers.through.objects.bulk_create(
        Schedule.officers.through(schedule_id=beat.schedule.pk, user_id=pk)
        for beat in beats
        for pk in beat.officers
    )
    Schedule.groups.through.objects.bulk_create(
        Schedule.groups.through(schedule_id=beat.schedule.pk, partnergroup_id=group.pk)
        for beat, group in zip(beats, (g for g in groups for _ in range(2)), strict=True)
    )
    return beats


def plan_counts(
    beats: Sequence[Beat], until: date, now: datetime, entries: int, random: Random
) -> list[tuple[date, list[int]]]:
    """How many entries each beat has on each night, oldest night first, `entries` in all.

    -1 stands for a duty that nobody kept. The busiest beats write three times as much as the
    quietest.
    """
    busy = [random.uniform(0.6, 1.8) for _ in beats]
    nights: list[tuple[date, list[int]]] = []
    left, night = entries, until
    while left > 0:
        counts = []
        for place, beat in enumerate(beats):
            _, starts_at, _ = beat.schedule.times(night)
            room = max(0, (now - starts_at) // STEP)
            count = -1 if random.random() < 0.04 else round(busy[place] * random.randint(5, 11))
            count = min(count, room, left)
            left -= max(count, 0)
            counts.append(count)
        nights.append((night, counts))
        night -= timedelta(days=1)
    return nights[::-1]


def load_patrols(
    *, entries: int, until: date, now: datetime, seed: int, say: Callable[[str], object]
) -> int:
    """Writes `entries` log entries with the duties and rolls they need. Returns the duties made."""
    random = Random(f"{seed} scale")  # noqa: S311
    with connection.cursor() as cursor:
        # PostgreSQL keeps the plan that a trigger or foreign key made for its first row. On a small
        # table that is a scan, repeated for every row while the table grows.
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")
        # Checks after each COPY: millions of pending ones would fill the memory.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    beats = create_beats(create_units(), until, until - timedelta(days=3650))
    nights = plan_counts(beats, until, now, entries, random)
    Schedule.objects.filter(pk__in=[beat.schedule.pk for beat in beats]).update(
        valid_from=nights[0][0]
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('patrols_duty', 'id'))")
        next_id = int(cursor.fetchone()[0])
    first_id = next_id
    duties, rolls, logs = Table(Duty, numbered=True), Table(Attendance), Table(LogEntry)
    for number, (night, counts) in enumerate(nights, start=1):
        for beat, count in zip(beats, counts, strict=True):
            times = beat.schedule.times(night)
            if times[1] > now:
                continue
            _add_duty(next_id, beat, night, times, count, now, duties, rolls)
            _add_entries(next_id, beat, times[1], count, random, logs)
            next_id += 1
        if number % NIGHTS_AT_ONCE == 0 or number == len(nights):
            for table in (duties, rolls, logs):
                table.send()
            say(f"night {number} of {len(nights)}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('patrols_duty', 'id'), %s)", [next_id])
        cursor.execute("ANALYZE")
    return next_id - first_id


def _add_duty(
    pk: int,
    beat: Beat,
    night: date,
    times: tuple[datetime | None, datetime, datetime],
    count: int,
    now: datetime,
    duties: Table,
    rolls: Table,
) -> None:
    schedule, leader = beat.schedule, beat.officers[0]
    apel_at = times[0] and times[0].astimezone(UTC)
    starts_at, ends_at = times[1].astimezone(UTC), times[2].astimezone(UTC)
    is_over = ends_at <= now
    state = DutyState.ENDED if is_over else DutyState.RUNNING
    if count < 0:
        state = DutyState.MISSED if is_over else DutyState.PLANNED
    has_ended = state == DutyState.ENDED
    is_reviewed = has_ended and now - ends_at > timedelta(days=2)
    review = ReviewState.NONE
    if has_ended:
        review = ReviewState.APPROVED if is_reviewed else ReviewState.WAITING
    duties.add(
        id=pk,
        unit=schedule.unit_id,
        schedule=schedule.pk,
        name=schedule.name,
        kind=schedule.kind,
        order_number=schedule.order_number,
        night=night,
        apel_at=apel_at,
        starts_at=starts_at,
        ends_at=ends_at,
        route=schedule.route_id,
        leader=leader,
        state=state,
        started_at=starts_at if count >= 0 else None,
        ended_at=ends_at if has_ended else None,
        summary="Situasi aman." if has_ended else "",
        review=review,
        reviewed_by=beat.commander if is_reviewed else None,
        reviewed_at=ends_at + timedelta(hours=8) if is_reviewed else None,
        entry_count=max(count, 0),
        last_entry_at=starts_at + (count - 1) * STEP if count > 0 else None,
    )
    for place, (officer, member) in enumerate(
        [(pk, None) for pk in beat.officers] + [(None, pk) for pk in beat.members]
    ):
        status, at, marked_by = "", None, None
        if count >= 0:
            # Every seventh is away, and never the leader.
            is_away = place and (pk + place) % 7 == 0
            status = AttendanceStatus.EXCUSED if is_away else AttendanceStatus.PRESENT
            at, marked_by = apel_at or starts_at, leader
        rolls.add(
            duty=pk, officer=officer, member=member, status=status, at=at, marked_by=marked_by
        )


def _add_entries(
    pk: int, beat: Beat, starts_at: datetime, count: int, random: Random, logs: Table
) -> None:
    at = starts_at.astimezone(UTC)
    contacts = texts(EntryKind.CONTACT, "village")
    for number in range(count):
        kind, text, people, stop = EntryKind.START, "", None, None
        if number:
            if beat.stops and number % 2:
                kind, stop = EntryKind.CHECK_IN, beat.stops[number // 2 % STOPS]
            elif number % 4 == 0:
                kind, people = EntryKind.CONTACT, random.randint(1, 12)
                text = contacts[number // 4 % len(contacts)].format(
                    place=f"RW {number:02}", rt="003", rw="05", n=people, clock="21.15"
                )
            else:
                kind, text = EntryKind.OBSERVATION, "Situasi aman, penerangan cukup."
        client_uuid = f"{random.getrandbits(128):032x}"
        lat = stop and round((stop.lat or 0) + random.uniform(-4e-4, 4e-4), 6)
        lon = stop and round((stop.lon or 0) + random.uniform(-4e-4, 4e-4), 6)
        logs.add(
            duty=pk,
            unit=beat.schedule.unit_id,
            author=beat.officers[number % len(beat.officers)],
            kind=kind,
            text=text,
            people_count=people,
            checkpoint=stop and stop.pk,
            at=at,
            device_at=at,
            received_at=at + timedelta(seconds=9),
            lat=lat,
            lon=lon,
            accuracy_m=15 if stop else None,
            distance_m=40 if stop else None,
            client_uuid=client_uuid,
            body_sha256=hashlib.sha256(client_uuid.encode()).hexdigest(),
        )
        at += STEP
