"""Who stands where in the seven nights of a week."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

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


@dataclass
class WeekLine:
    """One duty over the week; a night without it has no cells."""

    duty: Duty
    nights: list[list[WeekCell]] = field(default_factory=list)


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
        cell = WeekCell(duty, people[duty.pk], holes.get(duty.pk, []))
        line.nights[(duty.night - first).days].append(cell)
    return list(lines.values())


def _people_of(duties: Iterable[Duty]) -> dict[int, list[str]]:
    by_pk = {duty.pk: duty for duty in duties}
    rows = (
        unscoped(Attendance.objects, OF_THESE_DUTIES)
        .filter(duty__in=by_pk, expected=True)
        .select_related("officer", "member__group")
        .order_by("officer__name", "pk")
    )
    officers: dict[int, list[str]] = {pk: [] for pk in by_pk}
    groups: dict[int, Counter[str]] = {pk: Counter() for pk in by_pk}
    for row in rows:
        if row.member:
            groups[row.duty_id][row.member.group.name] += 1
        elif row.officer_id == by_pk[row.duty_id].leader_id:
            officers[row.duty_id].insert(0, row.person_name)
        else:
            officers[row.duty_id].append(row.person_name)
    return {
        pk: officers[pk] + [f"{name} ({n})" for name, n in sorted(groups[pk].items())]
        for pk in by_pk
    }


def nights_of_week(first: date) -> list[date]:
    return [first + timedelta(days=day) for day in range(WEEK)]
