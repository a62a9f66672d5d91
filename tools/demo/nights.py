"""What happened in the demo: duties with their rolls and logs, night by night.

Everything random comes from one `Random`, in a fixed order, so that a seed gives the same rows.
"""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from accounts.models import User
from patrols.models import (
    Attendance,
    AttendanceStatus,
    Checkpoint,
    Duty,
    EntryKind,
    GuardPost,
    LogEntry,
    Mark,
)
from patrols.services.entries import LATE_AFTER
from patrols.workflow import ATTENDED, DutyState, ReviewState
from toolkit.geo.points import distance_m
from tools.demo.phrases import texts
from tools.demo.setting import Roll

SILENCE = timedelta(minutes=75)
METRES_PER_DEGREE = 111_000
KINDS = [EntryKind.OBSERVATION, EntryKind.CONTACT, EntryKind.WARNING, EntryKind.FINDING]
KIND_WEIGHTS = (8, 6, 3, 2)
RESTLESS = (4, 5)  # Friday and Saturday nights: more young people outside


@dataclass
class Made:
    duties: list[Duty] = field(default_factory=list)
    attendances: list[Attendance] = field(default_factory=list)
    entries: list[LogEntry] = field(default_factory=list)


def minutes(random: Random, low: float, high: float) -> timedelta:
    """A span between `low` and `high` minutes, in whole seconds."""
    return timedelta(seconds=round(random.uniform(low, high) * 60))


def make_night(roll: Roll, night: date, now: datetime, random: Random, made: Made) -> None:
    """Adds the duty of one night, as far as it has come by `now`; nothing if it is yet to begin."""
    schedule, plan = roll.schedule, roll.plan
    apel_at, starts_at, ends_at = schedule.times(night)
    if (apel_at or starts_at) > now:
        return
    duty = Duty(
        unit=schedule.unit,
        schedule=schedule,
        name=schedule.name,
        kind=schedule.kind,
        order_number=schedule.order_number,
        night=night,
        apel_at=apel_at,
        starts_at=starts_at,
        ends_at=ends_at,
        route_id=schedule.route_id,
        post_id=schedule.post_id,
        leader=roll.leader,
    )
    made.duties.append(duty)
    fate = random.random()
    over = ends_at < now
    started_at = starts_at + (
        minutes(random, 12, 25) if random.random() < 0.06 else minutes(random, -2, 7)
    )
    # The last nights went well: they are what somebody who looks around for the first time sees.
    went_wrong = over and now - ends_at > timedelta(days=4)
    if went_wrong and fate < 0.03:
        duty.state = DutyState.CANCELLED
        duty.cancel_reason = random.choice(texts("any", "cancelled"))
        duty.is_edited = True
    elif (went_wrong and fate < 0.06) or (not over and plan.tonight == "overdue"):
        duty.state = DutyState.MISSED if over else DutyState.PLANNED
    elif started_at > now:
        _call_roll(roll, duty, now, random, made)
        return
    else:
        duty.state = DutyState.RUNNING
        duty.started_at = started_at
        rows = _call_roll(roll, duty, now, random, made)
        _write_log(roll, duty, started_at, _writers(roll, rows), now, random, made)
        return
    made.attendances += _expected(roll, duty)


def _expected(roll: Roll, duty: Duty) -> list[Attendance]:
    return [Attendance(duty=duty, officer=officer) for officer in roll.officers] + [
        Attendance(duty=duty, member=member) for member in roll.members
    ]


def _call_roll(
    roll: Roll, duty: Duty, now: datetime, random: Random, made: Made
) -> list[Attendance]:
    """Most come, a few are late, excused or absent; some are replaced, some nights have guests."""
    called_at = duty.apel_at or duty.starts_at
    rows = _expected(roll, duty)
    spare = list(roll.spare)
    for row in list(rows):
        lot = random.random()
        if row.officer == roll.leader or lot < 0.83:
            row.status, row.at = AttendanceStatus.PRESENT, called_at + minutes(random, -9, 4)
        elif lot < 0.90:
            row.status, row.at = AttendanceStatus.LATE, called_at + minutes(random, 6, 40)
            row.note = random.choice(("", *texts("any", "late")))
        elif lot < 0.96:
            row.status, row.at = AttendanceStatus.EXCUSED, called_at + minutes(random, 0, 5)
            row.note = random.choice(texts("any", "excused"))
        else:
            row.status, row.at = AttendanceStatus.ABSENT, called_at + minutes(random, 10, 20)
        gone = row.status in (AttendanceStatus.EXCUSED, AttendanceStatus.ABSENT)
        if gone and spare and random.random() < 0.5:
            rows.append(
                Attendance(
                    duty=duty,
                    officer=spare.pop(),
                    expected=False,
                    status=AttendanceStatus.REPLACEMENT,
                    at=called_at + minutes(random, 5, 15),
                )
            )
    for name, agency in roll.plan.guests:
        if random.random() < 0.35:
            rows += [
                Attendance(
                    duty=duty,
                    guest_name=f"{name} {number}",
                    guest_agency=agency,
                    expected=False,
                    status=AttendanceStatus.PRESENT,
                    at=called_at + minutes(random, -5, 5),
                )
                for number in range(1, random.randint(1, 2) + 1)
            ]
    for row in rows:
        if row.at and row.at > now:
            # Not yet: it is empty in the roll, or not in it at all.
            row.status, row.at, row.note = "", None, ""
        signs = row.member.user if row.member else None
        row.marked_by = (signs or roll.leader) if row.status else None
    rows = [row for row in rows if row.expected or row.status]
    made.attendances += rows
    return rows


def _writers(roll: Roll, rows: list[Attendance]) -> list[User]:
    """Who writes in the log: the leader mostly, and whoever came and has an account."""
    came = [row for row in rows if row.status in ATTENDED]
    people = [row.officer or (row.member.user if row.member else None) for row in came]
    return [roll.leader] * 3 + [person for person in people if person]


def _write_log(
    roll: Roll,
    duty: Duty,
    begun: datetime,
    writers: list[User],
    now: datetime,
    random: Random,
    made: Made,
) -> None:
    plan = roll.plan
    until = max(duty.ends_at + minutes(random, -8, 12), begun + timedelta(minutes=30))
    ended = until <= now
    silent = not ended and plan.tonight == "silent"
    heard = max(now - SILENCE, begun) if silent else now
    places = _places(roll, duty, random)
    busy = random.randint(*plan.busy) + (night_is_restless(duty.night) and random.randint(0, 2))
    lines: list[tuple[EntryKind, Checkpoint | GuardPost | None]] = [
        (EntryKind.CHECK_IN, place) for place in places
    ]
    for _ in range(busy):
        # Mostly between two check-ins, at the place of the one before.
        after = random.randint(min(1, len(lines)), len(lines))
        kind = random.choices(KINDS, KIND_WEIGHTS)[0] if random.random() < 0.88 else EntryKind.NOTE
        lines.insert(after, (kind, lines[after - 1][1] if after else None))
    entries = [_entry(duty, EntryKind.START, roll.leader, begun, random)]
    step = (until - begun) / (len(lines) + 1)
    used: set[str] = set()
    for number, (kind, place) in enumerate(lines, start=1):
        at = begun + number * step + step * random.uniform(-0.35, 0.35)
        entry = _entry(duty, kind, random.choice(writers), at.replace(microsecond=0), random)
        _say(entry, plan.setting, place, roll, random, used)
        _place(entry, place, plan.kind == "cyber", random)
        _mark_arrival(entry, until, random)
        entries.append(entry)
    if ended:
        entries.append(_entry(duty, EntryKind.END, roll.leader, until, random))
        _end(roll, duty, until, entries, now, random)
    entries = [entry for entry in entries if entry.at <= heard and entry.received_at <= now]
    _leave_stops(entries, until if ended else None)
    duty.entry_count = len(entries)
    duty.last_entry_at = max((entry.at for entry in entries), default=None)
    made.entries += entries


def night_is_restless(night: date) -> bool:
    return night.weekday() in RESTLESS


def _places(roll: Roll, duty: Duty, random: Random) -> list[Checkpoint | GuardPost | None]:
    """Where the duty checks in: its post, or the route from a random start."""
    count = random.randint(*roll.plan.visits)
    if duty.post_id:
        return [duty.post] * count
    if not roll.stops:
        return []
    start = random.randrange(len(roll.stops))
    turned = roll.stops[start:] + roll.stops[:start]
    return [turned[number % len(turned)] for number in range(count)]


def _entry(duty: Duty, kind: str, author: User, at: datetime, random: Random) -> LogEntry:
    client_uuid = uuid.UUID(int=random.getrandbits(128), version=4)
    return LogEntry(
        duty=duty,
        unit_id=duty.unit_id,
        author=author,
        kind=kind,
        at=at,
        received_at=at,
        client_uuid=client_uuid,
        body_sha256=hashlib.sha256(client_uuid.bytes).hexdigest(),
    )


def _say(
    entry: LogEntry,
    setting: str,
    place: Checkpoint | GuardPost | None,
    roll: Roll,
    random: Random,
    used: set[str],
) -> None:
    choices = texts(setting, entry.kind)
    fresh = [text for text in choices if text not in used] or choices
    text = random.choice(fresh)
    if entry.kind != EntryKind.CHECK_IN:
        used.add(text)
    people = random.randint(3, 14)
    spot = place or (random.choice(roll.stops) if roll.stops else None)
    entry.text = text.format(
        place=spot.name if spot else "sekitar pos",
        rt=f"{random.randint(1, 12):03}",
        rw=f"{random.randint(1, 9):02}",
        n=people,
        clock=f"{entry.at.astimezone(roll.schedule.unit.zone):%H.%M}",
    )
    if entry.kind == EntryKind.CONTACT:
        entry.people_count = people


def _place(
    entry: LogEntry, place: Checkpoint | GuardPost | None, indoors: bool, random: Random
) -> None:
    """A position near the place; without one for a phone in a pocket, far off for a wrong tap."""
    if isinstance(place, Checkpoint) and entry.kind == EntryKind.CHECK_IN:
        entry.checkpoint = place
    if indoors or place is None or place.lat is None or place.lon is None:
        return
    lot = random.random()
    if lot < 0.06:
        if entry.kind == EntryKind.CHECK_IN:
            entry.marks = [Mark.NO_POSITION]
        return
    spread = 320 if lot < 0.10 else 28
    entry.lat = round(place.lat + random.gauss(0, spread) / METRES_PER_DEGREE, 6)
    entry.lon = round(place.lon + random.gauss(0, spread) / METRES_PER_DEGREE, 6)
    entry.accuracy_m = random.randint(6, 45)
    if entry.kind == EntryKind.CHECK_IN:
        entry.distance_m = distance_m(entry.lat, entry.lon, place.lat, place.lon)
        if entry.distance_m - entry.accuracy_m > place.radius_m:
            entry.marks = [Mark.OUTSIDE]


def _mark_arrival(entry: LogEntry, until: datetime, random: Random) -> None:
    """Most arrive at once; some when the signal is back, a few from a phone with a wrong clock."""
    lot = random.random()
    entry.device_at = entry.at
    if lot < 0.03:
        entry.received_at = entry.at + LATE_AFTER + minutes(random, 5, 60)
        late = [Mark.LATE, Mark.AFTER_END] if entry.received_at > until else [Mark.LATE]
        entry.marks = sorted([*entry.marks, *late])
    elif lot < 0.04:
        entry.device_at = entry.at - timedelta(hours=random.choice((1, 7, 24)))
        entry.marks = sorted([*entry.marks, Mark.CLOCK_OFF])
    else:
        entry.received_at = entry.at + timedelta(seconds=random.randint(1, 40))


def _leave_stops(entries: list[LogEntry], ended_at: datetime | None) -> None:
    """Each stay at a checkpoint ends with the next check-in, the last one with the duty."""
    check_ins = sorted(
        (entry for entry in entries if entry.kind == EntryKind.CHECK_IN), key=lambda entry: entry.at
    )
    ends = [entry.at for entry in check_ins[1:]] + [ended_at]
    for entry, left_at in zip(check_ins, ends, strict=False):
        entry.left_at = left_at and max(left_at, entry.at)


def _end(
    roll: Roll, duty: Duty, at: datetime, entries: list[LogEntry], now: datetime, random: Random
) -> None:
    zone = roll.schedule.unit
    duty.state = DutyState.ENDED
    duty.ended_at = at
    duty.summary = random.choice(texts(roll.plan.setting, "summary")).format(
        points=sum(entry.kind == EntryKind.CHECK_IN for entry in entries),
        entries=len(entries),
        clock=f"{at.astimezone(zone.zone):%H.%M}",
        zone=zone.zone_label,
    )
    duty.review = ReviewState.WAITING
    morning = at + minutes(random, 6 * 60, 11 * 60)
    lot, comment = random.random(), random.random()
    if morning > now or now - at < timedelta(days=2):
        return
    duty.reviewed_by, duty.reviewed_at = roll.reviewer, morning
    if lot < 0.2 and now - at < timedelta(days=10):
        duty.review = ReviewState.RETURNED
        choices = texts("any", "returned")
    else:
        duty.review = ReviewState.APPROVED
        choices = texts("any", "approved")
    duty.review_comment = choices[int(comment * len(choices))]
