"""Schedules and the duties they make, 28 days ahead."""

import logging
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import GroupMember, PartnerGroup
from patrols.models import Attendance, Duty, Schedule
from patrols.models.schedules import DAYS_AHEAD, TAKEN_OVER
from patrols.rights import may_plan
from patrols.selectors.absences import absences_of
from patrols.selectors.clashes import (
    Clash,
    Span,
    as_seen_by,
    clash_of,
    find_clashes,
    left_out_before,
    overlaps,
)
from patrols.selectors.stale import stale_schedules
from patrols.selectors.teams import Person, Teams, teams_of_one
from patrols.workflow import DutyState
from toolkit.editing import Seen, Values, values_of
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer

logger = logging.getLogger(__name__)

# What the form of a schedule changes.
EDITED = (
    *("name", "kind", "order_number", "apel", "start", "end", "after_midnight"),
    *("weekdays", "every", "on_holidays", "dates_added", "dates_skipped"),
    *("valid_from", "valid_until", "route", "post", "leader", "officers", "groups"),
)


@dataclass
class Outcome:
    """What saving or ending a schedule did to its nights.

    `dropped` are nights whose duty was deleted, `kept` those whose planned duty was left alone
    because somebody has worked on it. `left_out` are people who are expected elsewhere.
    """

    made: list[date] = field(default_factory=list)
    changed: list[date] = field(default_factory=list)
    dropped: list[date] = field(default_factory=list)
    kept: list[date] = field(default_factory=list)
    left_out: list[Clash] = field(default_factory=list)


@dataclass
class People:
    """Whom the duties of a schedule expect: its people but for those who are away on the night.

    Away are officers who do not serve at the unit then, people who are expected elsewhere, and
    teams whose turn it is not.
    """

    everybody: set[Person]
    away: dict[date, set[Person]]

    def expected(self, night: date) -> set[Person]:
        return self.everybody - self.away.get(night, set())

    def ids(self) -> tuple[set[int], set[int]]:
        """Those of all officers and of all members."""
        officers = {officer for officer, _member in self.everybody if officer}
        return officers, {member for _officer, member in self.everybody if member}


class ScheduleClash(ValidationError):
    """Somebody of the schedule is expected elsewhere. `clashes` says who, when and where."""

    def __init__(self, clashes: list[Clash]) -> None:
        super().__init__([str(clash) for clash in clashes])
        self.clashes = clashes


class ScheduleConflict(Conflict):
    stored: Schedule


def preview_nights(schedule: Schedule, *, count: int = 14, first: date | None = None) -> list[Duty]:
    """The duties the schedule would make in the next `count` calendar nights, as unsaved rows."""
    now = timezone.now()
    first = first or schedule.tonight(now)
    nights = schedule.nights(first, first + timedelta(days=count - 1))
    planned = [duty_on(schedule, night) for night in nights]
    return [duty for duty in planned if duty.ends_at > now]


def duty_on(schedule: Schedule, night: date) -> Duty:
    """The duty of the schedule on the night, as an unsaved row."""
    apel_at, starts_at, ends_at = schedule.times(night)
    duty = Duty(night=night, apel_at=apel_at, starts_at=starts_at, ends_at=ends_at)
    if schedule.pk:
        duty.schedule = schedule
    for name in TAKEN_OVER:
        setattr(duty, name, getattr(schedule, name))
    return duty


@transaction.atomic
def save_schedule(
    *,
    schedule: Schedule,
    officers: Iterable[User],
    groups: Iterable[PartnerGroup],
    by: User,
    seen: Seen | None = None,
    leave_out: Collection[Person] = (),
    client_uuid: uuid.UUID | None = None,
) -> Outcome:
    """Saves a schedule with its people and brings its nights up to date.

    `leave_out` are people who are not put into the rolls of nights on which they are expected
    elsewhere; those whom coming nights do without already need not be named again. Raises
    ScheduleClash where anybody else is. Raises EditConflict where somebody has
    changed the schedule since the page was `seen`.

    A new schedule sent again under the same `client_uuid` changes nothing. Raises ScheduleConflict
    where the form has made another one.
    """
    if not may_plan(by, schedule.unit):
        raise PermissionDenied
    officers, groups = list(officers), list(groups)
    wanted = wanted_values(schedule, officers, groups)
    leave_out = set(leave_out)
    if schedule.pk:
        before = Schedule.objects.select_for_update().get(pk=schedule.pk)
        if not may_plan(by, before):
            raise PermissionDenied
        if seen is not None:
            seen.check(before, wanted)
        leave_out |= left_out_before(before)
    elif client_uuid is not None:
        sha256 = body_sha256({"by": by.pk, "unit": schedule.unit_id, **wanted})
        rows = Schedule.objects.all()
        if stored_answer(rows, client_uuid, sha256, conflict=ScheduleConflict):
            return Outcome()
        schedule.client_uuid, schedule.body_sha256 = client_uuid, sha256
    schedule.full_clean(exclude=["polda", "polres", "polsek"])
    if clashes := find_clashes(schedule, officers=officers, groups=groups, leave_out=leave_out):
        raise ScheduleClash(as_seen_by(clashes, by))
    schedule.save()
    schedule.officers.set(officers)
    schedule.groups.set(groups)
    try:
        return refresh_duties(schedule, leave_out=bool(leave_out))
    except ScheduleClash as clash:
        raise ScheduleClash(as_seen_by(clash.clashes, by)) from clash


def wanted_values(
    schedule: Schedule, officers: Iterable[User], groups: Iterable[PartnerGroup]
) -> Values:
    """What an unsaved schedule will hold, as `toolkit.editing` compares it."""
    return values_of(schedule, EDITED, {"officers": officers, "groups": groups})


@transaction.atomic
def end_schedule(*, schedule: Schedule, last_night: date, by: User) -> Outcome:
    """Ends the schedule with `last_night`, and deletes its untouched duties of later nights."""
    schedule = (
        Schedule.objects.select_for_update(of=("self",)).select_related("unit").get(pk=schedule.pk)
    )
    if not may_plan(by, schedule):
        raise PermissionDenied
    if schedule.valid_until and last_night > schedule.valid_until:
        # Somebody has ended it since the page was shown, which an old page does not undo.
        raise ValidationError(_("This schedule ends earlier already."))
    schedule.valid_until = max(last_night, schedule.valid_from)
    schedule.save(update_fields=["valid_until"])
    # Not refresh_duties(): it fills the rolls of nights that stay, and a clash there must not keep
    # the schedule from ending.
    later = Duty.objects.filter(
        schedule=schedule, night__gt=schedule.valid_until, starts_at__gt=timezone.now()
    ).planned()
    locked = later.order_by("pk").select_for_update().values_list("pk", "night")
    nights = dict(sorted(locked, key=lambda row: row[1]))
    going = set(later.untouched().filter(pk__in=nights).values_list("pk", flat=True))
    Duty.objects.filter(pk__in=going).delete()
    return Outcome(
        dropped=[night for pk, night in nights.items() if pk in going],
        kept=[night for pk, night in nights.items() if pk not in going],
    )


@transaction.atomic
def refresh_duties(
    schedule: Schedule, *, now: datetime | None = None, leave_out: bool = False
) -> Outcome:
    """Makes the missing duties of the coming nights, changes or drops the untouched ones.

    A duty somebody has started, marked, written on or edited by hand is kept as it is. Officers are
    expected, and lead, only on nights on which they serve at the unit. Somebody who is expected
    elsewhere raises ScheduleClash; with `leave_out` those duties do without.
    """
    now = now or timezone.now()
    # Locked, so that two runs at once do not make the same night twice.
    schedule = (
        Schedule.objects.select_for_update(of=("self",)).select_related("unit").get(pk=schedule.pk)
    )
    first = schedule.tonight(now)
    nights = schedule.nights(first, first + timedelta(days=DAYS_AHEAD))
    planned = {night: duty_on(schedule, night) for night in nights}
    wanted = {night: duty for night, duty in planned.items() if duty.ends_at > now}
    existing = {
        duty.night: duty
        for duty in Duty.objects.filter(schedule=schedule, night__gte=first)
        .order_by("pk")
        .select_for_update()
    }
    untouched = set(
        Duty.objects.filter(schedule=schedule, night__gte=first, starts_at__gt=now)
        .untouched()
        .values_list("pk", flat=True)
    )
    outcome = Outcome()
    teams = teams_of_one(schedule)
    people = _people_of(schedule, teams, wanted)
    if leave_out:
        kept = {night for night, duty in existing.items() if duty.pk not in untouched}
        fillable = [duty for night, duty in wanted.items() if night not in kept]
        _leave_out_busy(people, fillable, untouched, outcome)
    for night, duty in wanted.items():
        duty.leader_id = teams.leader(night)
        if (duty.leader_id, None) not in people.expected(night):
            duty.leader_id = None
    to_fill: list[Duty] = []
    for night, duty in existing.items():
        if duty.pk not in untouched:
            if duty.state == DutyState.PLANNED and duty.starts_at > now:
                outcome.kept.append(night)
        elif night not in wanted:
            outcome.dropped.append(night)
        elif _differs(duty, wanted[night]):
            outcome.changed.append(night)
            _take_over(duty, wanted[night])
            to_fill.append(duty)
        else:
            to_fill.append(duty)
    drop = [existing[night].pk for night in outcome.dropped]
    Duty.objects.filter(pk__in=drop).delete()
    made = [d for night, d in wanted.items() if night not in existing]
    stale = _stale_rolls(to_fill, people)
    outcome.changed = sorted({*outcome.changed, *(d.night for d in to_fill if d.pk in stale)})
    changed = [duty for duty in to_fill if duty.night in outcome.changed]
    # All old rolls go first: a night's new time may overlap the next night's old one.
    Attendance.objects.filter(duty__in=changed).delete()
    for duty in changed:
        duty.save(update_fields=[*_columns(), "apel_at", "starts_at", "ends_at"])
    Duty.objects.bulk_create(made)
    outcome.made = [duty.night for duty in made]
    _fill_rolls(schedule, [*made, *changed], people)
    return outcome


def _leave_out_busy(
    people: People, duties: list[Duty], own: Collection[int], outcome: Outcome
) -> None:
    """Takes those out who are expected elsewhere in these nights; `outcome` names each once.

    `own` are the schedule's duties that will be changed, by their ids: they are not elsewhere.
    """
    if not duties:
        return
    officers, members = people.ids()
    others = Attendance.objects.filter(Q(officer__in=officers) | Q(member__in=members))
    others = others.exclude(duty__in=own)
    named: dict[Person, Clash] = {}
    spans = [Span(duty.night, duty.starts_at, duty.ends_at) for duty in duties]
    for other, span in overlaps(others, sorted(spans, key=lambda span: span.starts_at)):
        clash = clash_of(other, span)
        if clash.key in people.expected(span.night):
            people.away.setdefault(span.night, set()).add(clash.key)
            named.setdefault(clash.key, clash)
    outcome.left_out = list(named.values())


def _columns() -> list[str]:
    return [name.removesuffix("_id") for name in TAKEN_OVER]


def _differs(duty: Duty, wanted: Duty) -> bool:
    names = (*TAKEN_OVER, "apel_at", "starts_at", "ends_at")
    return any(getattr(duty, name) != getattr(wanted, name) for name in names)


def _take_over(duty: Duty, wanted: Duty) -> None:
    for name in (*TAKEN_OVER, "apel_at", "starts_at", "ends_at"):
        setattr(duty, name, getattr(wanted, name))


def _people_of(schedule: Schedule, teams: Teams, nights: Iterable[date]) -> People:
    """The leader, the officers and the active members, but for officers on nights on which they do
    not serve at the unit; and the teams, each on its nights."""
    own = Q(pk__in=schedule.officers.values("pk")) | Q(pk=schedule.leader_id)
    found = User.objects.filter(own | Q(pk__in=teams.officers), is_active=True)
    officers = dict(found.annotate(is_own=own).values_list("pk", "is_own"))
    members = GroupMember.objects.serving().filter(group__schedules=schedule)
    always: set[Person] = {(pk, None) for pk, is_own in officers.items() if is_own}
    always |= {(None, pk) for pk in members.values_list("pk", flat=True)}
    in_turn = {person for person in teams.people if person[0] is None or person[0] in officers}
    nights = list(nights)
    absences = absences_of(schedule, officers, nights)
    away = {
        night: {(pk, None) for pk in absences.of(night)} | teams.off(night, always)
        for night in nights
    }
    return People(always | in_turn, away)


def _stale_rolls(duties: list[Duty], people: People) -> set[int]:
    """Of these duties, those whose expected people are no longer the schedule's."""
    expected: dict[int, set[Person]] = {duty.pk: set() for duty in duties}
    rows = Attendance.objects.filter(duty__in=duties).values_list("duty", "officer", "member")
    for duty_id, officer_id, member_id in rows:
        if officer_id or member_id:
            expected[duty_id].add((officer_id, member_id))
    return {duty.pk for duty in duties if expected[duty.pk] != people.expected(duty.night)}


def _fill_rolls(schedule: Schedule, duties: list[Duty], people: People) -> None:
    if not duties:
        return
    officers, members = people.ids()
    lock_people(officers, members)
    rows = [
        Attendance(duty=duty, officer_id=officer_id, member_id=member_id)
        for duty in duties
        for officer_id, member_id in sorted(people.expected(duty.night), key=str)
    ]
    try:
        with transaction.atomic():
            Attendance.objects.bulk_create(rows)
    except IntegrityError as error:
        clashes = find_clashes(
            schedule,
            officers=schedule.officers.filter(pk__in=officers),
            groups=schedule.groups.all(),
        )
        if not clashes:
            raise
        raise ScheduleClash(clashes) from error


def lock_people(officers: set[int], members: set[int]) -> None:
    """Makes schedules that are saved, or duties that start, at once and share people wait.

    Without it both can wait in the exclusion constraint, until PostgreSQL ends one as a deadlock.
    """
    for rows, ids in ((User.objects.all(), officers), (GroupMember.objects.all(), members)):
        locked = rows.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
        list(locked.values_list("pk", flat=True))


def make_duties(*, now: datetime | None = None) -> tuple[int, list[str]]:
    """Brings every current schedule's nights up to date; running it again changes nothing, and
    asks only about those whose nights are not as they should be.

    Returns how many duties were made, and a line for each schedule that met a clash: its nights
    are made without those who are expected elsewhere.
    """
    made, trouble = 0, []
    # Named by number only: logs hold no names of people.
    clash_line = "Schedule %d: %d people are expected elsewhere on some of its nights."
    schedules = Schedule.objects.current().select_related("unit").order_by("pk")
    for schedule in stale_schedules(schedules, now or timezone.now()):
        try:
            outcome = refresh_duties(schedule, now=now, leave_out=True)
        except ScheduleClash as clash:  # somebody planned at the same moment
            trouble.append(f"{schedule}: {' '.join(clash.messages)}")
            logger.warning(clash_line, schedule.pk, len(clash.clashes))
            continue
        made += len(outcome.made)
        if outcome.left_out:
            trouble.append(f"{schedule}: {' '.join(str(clash) for clash in outcome.left_out)}")
            logger.warning(clash_line, schedule.pk, len(outcome.left_out))
    return made, trouble
