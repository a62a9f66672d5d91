"""The duties of the demo with their rolls and logs, night by night.

Everything random of a schedule comes from one `Random`, in a fixed order: a seed gives the same
rows. What a service decides about an entry (its marks, its distance) is asked of the service.
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
from patrols.services.entries import EntryDraft, marks_of, place_marks
from patrols.services.schedules import duty_on, make_duties
from patrols.workflow import ATTENDED, DutyState, ReviewState
from toolkit.idempotency.sent import LATE_AFTER, believed_time
from tools.demo.patrol_roster import create_roster, create_swaps
from tools.demo.patrol_setting import (
    Crew,
    create_crews,
    create_groups,
    create_neighbourhoods,
)
from tools.demo.phrases import texts

BATCH = 2000
SILENCE = timedelta(minutes=75)
METRES_PER_DEGREE = 111_000
KINDS = [EntryKind.OBSERVATION, EntryKind.CONTACT, EntryKind.WARNING, EntryKind.FINDING]
KIND_WEIGHTS = (8, 6, 3, 2)
RESTLESS = (4, 5)  # Friday and Saturday nights: more young people outside


@dataclass
class Nights:
    """Rows that are not saved yet."""

    duties: list[Duty] = field(default_factory=list)
    attendances: list[Attendance] = field(default_factory=list)
    entries: list[LogEntry] = field(default_factory=list)


def load_nights(*, users: dict[str, User], until: date, now: datetime, seed: int) -> Nights:
    """Groups and schedules of these accounts, their nights up to `now`, and the duties planned
    after `until`. Returns what was written of the nights up to `now`."""
    create_neighbourhoods()
    crews = create_crews(until, users, create_groups(until, users))
    nights = Nights()
    for crew in crews:
        # One source of chance a schedule: a change in one leaves the others as they were.
        random = Random(f"{seed} {crew.schedule.name}")  # noqa: S311
        for night in crew.schedule.nights(until - timedelta(days=crew.plan.nights), until):
            make_night(crew, night, now, random, nights)
    Duty.objects.bulk_create(nights.duties, BATCH)
    Attendance.objects.bulk_create(nights.attendances, BATCH)
    LogEntry.objects.bulk_create(nights.entries, BATCH)
    create_roster(until, users)
    make_duties(now=now)
    create_swaps(until, users, now)
    return nights


def minutes(random: Random, low: float, high: float) -> timedelta:
    """A span between `low` and `high` minutes, in whole seconds."""
    return timedelta(seconds=round(random.uniform(low, high) * 60))


def make_night(crew: Crew, night: date, now: datetime, random: Random, nights: Nights) -> None:
    """Adds the duty of one night as it is at `now`; nothing if it has not begun."""
    schedule, plan = crew.schedule, crew.plan
    duty = duty_on(schedule, night)
    if (duty.apel_at or duty.starts_at) > now:
        return
    duty.post = schedule.post  # read once, not for each night
    nights.duties.append(duty)
    chance = random.random()
    is_over = duty.ends_at < now
    started_at = duty.starts_at + (
        minutes(random, 12, 25) if random.random() < 0.06 else minutes(random, -2, 7)
    )
    # The last nights went well: they are what somebody who looks around for the first time sees.
    may_fail = is_over and now - duty.ends_at > timedelta(days=4)
    if may_fail and chance < 0.03:
        duty.state = DutyState.CANCELLED
        duty.cancel_reason = random.choice(texts("cancelled"))
        duty.is_edited = True
    elif (may_fail and chance < 0.06) or (not is_over and plan.tonight == "overdue"):
        duty.state = DutyState.MISSED if is_over else DutyState.PLANNED
    elif started_at > now:
        nights.attendances += _called_roll(crew, duty, now, random)
        return
    else:
        duty.state = DutyState.RUNNING
        duty.started_at = started_at
        roll = _called_roll(crew, duty, now, random)
        nights.attendances += roll
        nights.entries += _written_log(crew, duty, started_at, _writers(crew, roll), now, random)
        return
    nights.attendances += _expected_roll(crew, duty)


def _expected_roll(crew: Crew, duty: Duty) -> list[Attendance]:
    return [Attendance(duty=duty, officer=officer) for officer in crew.officers] + [
        Attendance(duty=duty, member=member) for member in crew.members
    ]


def _called_roll(crew: Crew, duty: Duty, now: datetime, random: Random) -> list[Attendance]:
    """Most come, a few are late, excused or absent; some are replaced, some nights have guests."""
    called_at = duty.apel_at or duty.starts_at
    roll = _expected_roll(crew, duty)
    spare = list(crew.spare)
    for row in list(roll):
        chance = random.random()
        if row.officer == crew.leader or chance < 0.83:
            row.status, row.at = AttendanceStatus.PRESENT, called_at + minutes(random, -9, 4)
        elif chance < 0.90:
            row.status, row.at = AttendanceStatus.LATE, called_at + minutes(random, 6, 40)
            row.note = random.choice(("", *texts("late")))
        elif chance < 0.96:
            row.status, row.at = AttendanceStatus.EXCUSED, called_at + minutes(random, 0, 5)
            row.note = random.choice(texts("excused"))
        else:
            row.status, row.at = AttendanceStatus.ABSENT, called_at + minutes(random, 10, 20)
        is_away = row.status in (AttendanceStatus.EXCUSED, AttendanceStatus.ABSENT)
        if is_away and spare and random.random() < 0.5:
            roll.append(
                Attendance(
                    duty=duty,
                    officer=spare.pop(),
                    expected=False,
                    status=AttendanceStatus.REPLACEMENT,
                    at=called_at + minutes(random, 5, 15),
                )
            )
    for name, agency in crew.plan.guests:
        if random.random() < 0.35:
            roll += [
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
    for row in roll:
        if row.at and row.at > now:
            # Not called yet: the expected have no status, the others are not in the roll.
            row.status, row.at, row.note = "", None, ""
        account = row.member.user if row.member else None
        row.marked_by = (account or crew.leader) if row.status else None
    return [row for row in roll if row.expected or row.status]


def _writers(crew: Crew, roll: list[Attendance]) -> list[User]:
    """Who writes in the log: the leader mostly, and whoever came and has an account."""
    came = [row for row in roll if row.status in ATTENDED]
    people = [row.officer or (row.member.user if row.member else None) for row in came]
    return [crew.leader] * 3 + [person for person in people if person]


def _written_log(
    crew: Crew,
    duty: Duty,
    started_at: datetime,
    writers: list[User],
    now: datetime,
    random: Random,
) -> list[LogEntry]:
    """The entries up to `now`; ends the duty where its time is over, and counts them on it."""
    plan = crew.plan
    ends_at = max(duty.ends_at + minutes(random, -8, 12), started_at + timedelta(minutes=30))
    has_ended = ends_at <= now
    is_silent = not has_ended and plan.tonight == "silent"
    last_heard = max(now - SILENCE, started_at) if is_silent else now
    lines = _planned_lines(crew, duty, random)
    entries = [_new_entry(duty, EntryKind.START, crew.leader, started_at, random)]
    step = (ends_at - started_at) / (len(lines) + 1)
    used: set[str] = set()
    for number, (kind, place) in enumerate(lines, start=1):
        at = started_at + number * step + step * random.uniform(-0.35, 0.35)
        entry = _new_entry(duty, kind, random.choice(writers), at.replace(microsecond=0), random)
        _write_text(entry, place, crew, random, used)
        _set_position(entry, place, plan.kind == "cyber", random)
        _send(entry, ends_at, random)
        entries.append(entry)
    if has_ended:
        entries.append(_new_entry(duty, EntryKind.END, crew.leader, ends_at, random))
        _end_duty(crew, duty, ends_at, entries, now, random)
    entries = [entry for entry in entries if entry.at <= last_heard and entry.received_at <= now]
    _end_visits(entries, ends_at if has_ended else None)
    duty.entry_count = len(entries)
    duty.last_entry_at = max((entry.at for entry in entries), default=None)
    return entries


def _planned_lines(
    crew: Crew, duty: Duty, random: Random
) -> list[tuple[EntryKind, Checkpoint | GuardPost | None]]:
    """Kind and place of each entry between start and end, in order: check-ins and what is between
    them, mostly at the place of the check-in before."""
    count = random.randint(*crew.plan.visits)
    places: list[Checkpoint | GuardPost | None] = []
    if duty.post_id:
        places = [duty.post] * count
    elif crew.stops:
        first = random.randrange(len(crew.stops))
        places += [crew.stops[(first + number) % len(crew.stops)] for number in range(count)]
    is_restless = duty.night.weekday() in RESTLESS
    others = random.randint(*crew.plan.busy) + (random.randint(0, 2) if is_restless else 0)
    lines = [(EntryKind.CHECK_IN, place) for place in places]
    for _ in range(others):
        after = random.randint(min(1, len(lines)), len(lines))
        kind = random.choices(KINDS, KIND_WEIGHTS)[0] if random.random() < 0.88 else EntryKind.NOTE
        lines.insert(after, (kind, lines[after - 1][1] if after else None))
    return lines


def _new_entry(duty: Duty, kind: str, author: User, at: datetime, random: Random) -> LogEntry:
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


def _write_text(
    entry: LogEntry,
    place: Checkpoint | GuardPost | None,
    crew: Crew,
    random: Random,
    used: set[str],
) -> None:
    """A text of the kind, one that this log has not `used` where there is one."""
    choices = texts(entry.kind, crew.plan.scene)
    text = random.choice([text for text in choices if text not in used] or choices)
    if entry.kind != EntryKind.CHECK_IN:
        used.add(text)
    people = random.randint(3, 14)
    named = place or (random.choice(crew.stops) if crew.stops else None)
    entry.text = text.format(
        place=named.name if named else "sekitar pos",
        rt=f"{random.randint(1, 12):03}",
        rw=f"{random.randint(1, 9):02}",
        n=people,
        clock=f"{entry.at.astimezone(crew.schedule.unit.zone):%H.%M}",
    )
    if entry.kind == EntryKind.CONTACT:
        entry.people_count = people


def _set_position(
    entry: LogEntry, place: Checkpoint | GuardPost | None, is_indoors: bool, random: Random
) -> None:
    """A position near the place; none from a phone in a pocket, one far off for a wrong tap."""
    if isinstance(place, Checkpoint) and entry.kind == EntryKind.CHECK_IN:
        entry.checkpoint = place
    if is_indoors or place is None or place.lat is None or place.lon is None:
        return
    chance = random.random()
    if chance >= 0.06:
        spread = 320 if chance < 0.10 else 28
        entry.lat = round(place.lat + random.gauss(0, spread) / METRES_PER_DEGREE, 6)
        entry.lon = round(place.lon + random.gauss(0, spread) / METRES_PER_DEGREE, 6)
        entry.accuracy_m = random.randint(6, 45)
    draft = EntryDraft(kind=entry.kind, lat=entry.lat, lon=entry.lon, accuracy_m=entry.accuracy_m)
    entry.distance_m, marks = place_marks(draft, entry.duty, entry.checkpoint)
    entry.marks = sorted(marks)


def _send(entry: LogEntry, ends_at: datetime, random: Random) -> None:
    """Most arrive at once; some when the signal is back, a few from a phone with a wrong clock."""
    chance = random.random()
    wait, clock_error = timedelta(), timedelta()
    if chance < 0.03:
        wait = LATE_AFTER + minutes(random, 5, 60)
    elif chance < 0.04:
        clock_error = timedelta(hours=random.choice((1, 7, 24)))
    else:
        wait = timedelta(seconds=random.randint(1, 40))
    entry.received_at = entry.at + wait
    entry.device_at = entry.at - clock_error
    marks = marks_of(believed_time(entry.device_at, entry.device_at + wait, entry.received_at))
    if entry.received_at > ends_at:
        marks.add(Mark.AFTER_END)
    entry.marks = sorted({*entry.marks, *marks})


def _end_visits(entries: list[LogEntry], ended_at: datetime | None) -> None:
    """Each stay at a checkpoint ends with the next check-in, the last one with the duty."""
    check_ins = sorted(
        (entry for entry in entries if entry.kind == EntryKind.CHECK_IN), key=lambda entry: entry.at
    )
    ends = [entry.at for entry in check_ins[1:]] + [ended_at]
    for entry, left_at in zip(check_ins, ends, strict=False):
        entry.left_at = left_at and max(left_at, entry.at)


def _end_duty(
    crew: Crew, duty: Duty, at: datetime, entries: list[LogEntry], now: datetime, random: Random
) -> None:
    """The summary, and the review on the next morning unless the duty is of the last two days."""
    unit = crew.schedule.unit
    duty.state = DutyState.ENDED
    duty.ended_at = at
    duty.summary = random.choice(texts("summary", crew.plan.scene)).format(
        points=sum(entry.kind == EntryKind.CHECK_IN for entry in entries),
        entries=len(entries),
        clock=f"{at.astimezone(unit.zone):%H.%M}",
        zone=unit.zone_label,
    )
    duty.review = ReviewState.WAITING
    morning = at + minutes(random, 6 * 60, 11 * 60)
    chance, chosen = random.random(), random.random()
    if morning > now or now - at < timedelta(days=2):
        return
    duty.reviewed_by, duty.reviewed_at = crew.reviewer, morning
    if chance < 0.2 and now - at < timedelta(days=10):
        duty.review = ReviewState.RETURNED
        comments = texts("returned")
    else:
        duty.review = ReviewState.APPROVED
        comments = texts("approved")
    duty.review_comment = comments[int(chosen * len(comments))]
