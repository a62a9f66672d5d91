"""Who stands where in the seven nights of a week."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from patrols.models import Attendance, Duty
from patrols.selectors.board import duties_of_nights
from patrols.selectors.holes import Hole, holes_of_duties
from patrols.workflow import DutyState
from territory.scope import unscoped

WEEK = 7
MOST_DUTIES = 150
OF_THESE_DUTIES = "the duties were reached through their scope; their rolls are printed"


@dataclass(frozen=True)
class WeekCell:
    """One duty: officers by name, the leader first; groups with how many of them are expected."""

    duty: Duty
    people: list[str]
    holes: list[Hole]
    is_led: bool  # by the first of them


@dataclass
class WeekLine:
    """One duty over the week; a night without it has no cells."""

    duty: Duty
    nights: list[list[WeekCell]] = field(default_factory=list)

    @property
    def begins(self) -> timedelta:
        """How long after the midnight before its night: a post from 01.00 comes last."""
        starts_at = self.duty.starts_at.astimezone(self.duty.unit.zone)
        return starts_at.replace(tzinfo=None) - datetime.combine(self.duty.night, time())

    @property
    def is_after_midnight(self) -> bool:
        return self.begins >= timedelta(days=1)


def week_of(duties: QuerySet[Duty], first: date) -> list[WeekLine] | None:
    """By the hour; None where there are too many for one page. Two statements, with teams four."""
    taking_place = duties.exclude(state=DutyState.CANCELLED)
    found = duties_of_nights(taking_place, first, count=WEEK, limit=MOST_DUTIES)
    if found is None:
        return None
    people, holes = _people_of(found), holes_of_duties(found)
    lines: dict[tuple[object, ...], WeekLine] = {}
    for duty in found:
        zone = duty.unit.zone
        hours = (duty.starts_at.astimezone(zone).time(), duty.ends_at.astimezone(zone).time())
        key = (duty.unit_id, duty.schedule_id or duty.name, *hours)
        line = lines.setdefault(key, WeekLine(duty, [[] for _day in range(WEEK)]))
        names, is_led = people[duty.pk]
        cell = WeekCell(duty, names, holes.get(duty.pk, []), is_led)
        line.nights[(duty.night - first).days].append(cell)
    return sorted(lines.values(), key=lambda line: line.begins)


def _people_of(duties: Iterable[Duty]) -> dict[int, tuple[list[str], bool]]:
    """By duty, with whether the first leads: who is to lead may not be expected."""
    by_pk = {duty.pk: duty for duty in duties}
    rows = (
        unscoped(Attendance.objects, OF_THESE_DUTIES)
        .filter(duty__in=by_pk, expected=True)
        .select_related("officer", "member__group")
        .order_by("officer__name", "pk")
    )
    led = set()
    officers: dict[int, list[str]] = {pk: [] for pk in by_pk}
    groups: dict[int, Counter[str]] = {pk: Counter() for pk in by_pk}
    for row in rows:
        if row.member:
            groups[row.duty_id][row.member.group.name] += 1
        elif row.officer_id and row.officer_id == by_pk[row.duty_id].leader_id:
            led.add(row.duty_id)
            officers[row.duty_id].insert(0, row.person_name)
        else:
            officers[row.duty_id].append(row.person_name)
    return {
        pk: (officers[pk] + [f"{name} ({n})" for name, n in sorted(groups[pk].items())], pk in led)
        for pk in by_pk
    }


def nights_of_week(first: date) -> list[date]:
    return [first + timedelta(days=day) for day in range(WEEK)]
