"""The duties a commander's board and roster show, and their figures."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest

from accounts.models import User
from patrols.models import Attendance, Duty
from patrols.models.duties import SILENT_AFTER, START_GRACE
from patrols.models.schedules import night_of
from patrols.selectors.holes import with_named_to
from patrols.selectors.roll import OF_THESE_DUTIES, Turnout, with_turnout
from patrols.workflow import ATTENDED, DutyState, ReviewState
from territory.models import TimeZoneName, Unit, UnitKind
from territory.scope import LEVELS, Scope, rows_below, unscoped


def level_below(scope: Scope, unit: Unit | None) -> str:
    """The scope column that splits a board into lines: "polda", "polres", "polsek"; "" for none.

    Below a chosen unit it is the next level. Without one it is the highest level at which the
    person has several units, else the level below their only unit."""
    if unit is not None:
        below = {UnitKind.MABES: "polda", UnitKind.POLDA: "polres", UnitKind.POLRES: "polsek"}
        return below.get(UnitKind(unit.kind), "")
    columns = [grant.column for grant in scope.grants]
    highest = next((level for level in ("", *LEVELS) if level in columns), "polsek")
    if not highest:
        return "polda"
    if len({grant.unit_id for grant in scope.grants if grant.column == highest}) > 1:
        return highest
    return {"polda": "polres", "polres": "polsek"}.get(highest, "")


def tonight_in(zone: str, now: datetime) -> date:
    return night_of(now.astimezone(ZoneInfo(zone)))


def is_tonight(now: datetime) -> Q:
    """Duties whose night is on in their unit's time zone.

    While it is 04.00 in Jakarta it is 06.00 in Papua, where the next night has begun: then the
    condition names a night for each time zone.
    """
    zones: dict[date, list[str]] = {}
    for zone in TimeZoneName.values:
        zones.setdefault(tonight_in(zone, now), []).append(zone)
    if len(zones) == 1:
        return Q(night=next(iter(zones)))
    condition = Q()
    for night, names in zones.items():
        condition |= Q(night=night, unit__timezone__in=names)
    return Q(night__in=list(zones)) & condition


def overdue(now: datetime) -> Q:
    return Q(state=DutyState.PLANNED, starts_at__lt=now - START_GRACE)


def silent(now: datetime) -> Q:
    return Q(state=DutyState.RUNNING, last_sign_at__lt=now - SILENT_AFTER)


def board_duties(user: User, within: Q, *, now: datetime) -> QuerySet[Duty]:
    """Duties of tonight and those still running from a night before."""
    return (
        Duty.objects.in_scope(user)
        .filter(within, is_tonight(now) | Q(state=DutyState.RUNNING))
        .alias(last_sign_at=Greatest("started_at", "last_entry_at", "heard_at"))
    )


def counted_by_figure(duties: QuerySet[Duty], figure: str, *, now: datetime) -> QuerySet[Duty]:
    """Those of the duties that a figure of the board counts; all of them for an unknown figure."""
    if not figure:
        return duties
    missing = (
        unscoped(Attendance.objects, OF_THESE_DUTIES)
        .filter(duty=OuterRef("pk"), expected=True)
        .exclude(status__in=ATTENDED)
    )
    conditions: dict[str, Q] = {
        "overdue": overdue(now),
        "silent": silent(now),
        "trouble": overdue(now) | silent(now) | Q(state=DutyState.MISSED),
        "short": Q(state__in=[DutyState.RUNNING, DutyState.ENDED]) & Q(Exists(missing)),
    } | {state: Q(state=state) for state in DutyState.values}
    return duties.filter(conditions[figure]) if figure in conditions else duties


@dataclass(frozen=True)
class Figures:
    """Counts of the duties of one unit and all below it, and of the rolls of those that have begun.

    `pk` and `name` are the unit's; without them it is the sum of all. `came` and `expected` are
    people, `short` is duties to which not everybody came.
    """

    pk: int | None = None
    name: str = ""
    total: int = 0
    running: int = 0
    planned: int = 0
    ended: int = 0
    missed: int = 0
    cancelled: int = 0
    overdue: int = 0
    silent: int = 0
    came: int = 0
    expected: int = 0
    short: int = 0

    @classmethod
    def of(
        cls, duties: Iterable[Duty], turnout: Mapping[int, Turnout], *, now: datetime
    ) -> "Figures":
        """Counted among all the duties of a board, where it shows every one. No statement."""
        states = Counter(duty.state for duty in duties)
        begun = [
            turnout[duty.pk]
            for duty in duties
            if duty.state in (DutyState.RUNNING, DutyState.ENDED)
        ]
        return cls(
            total=states.total(),
            running=states[DutyState.RUNNING],
            planned=states[DutyState.PLANNED],
            ended=states[DutyState.ENDED],
            missed=states[DutyState.MISSED],
            cancelled=states[DutyState.CANCELLED],
            overdue=sum(duty.is_overdue(now) for duty in duties),
            silent=sum(duty.silence(now) is not None for duty in duties),
            came=sum(each.came for each in begun),
            expected=sum(each.expected for each in begun),
            short=sum(each.came < each.expected for each in begun),
        )

    @property
    def trouble(self) -> int:
        return self.overdue + self.silent + self.missed

    @property
    def on(self) -> int:
        """Duties that are to take place."""
        return self.total - self.cancelled


# For a board and a roster: to name all the columns takes longer than to read the rows.
SHOWN = (
    *("id", "name", "kind", "night", "apel_at", "starts_at", "ends_at", "state", "review"),
    *("started_at", "ended_at", "last_entry_at", "heard_at", "cancel_reason", "schedule"),
    *("polda", "polres", "polsek", "unit__kind", "unit__name", "unit__timezone", "unit__parent"),
    *("unit__polda", "unit__polres", "unit__polsek"),
    *("leader__name", "leader__rank"),
)
FIGURES = (*("total", *DutyState.values, "overdue", "silent"), *("came", "expected", "short"))


def figures_by(
    duties: QuerySet[Duty], level: str, *, now: datetime
) -> tuple[Figures, list[Figures]]:
    """The figures of all the duties, and those of each unit of the level by name.

    One statement.
    """
    level = level or "polsek"
    counted = {
        "total": Count("pk"),
        "overdue": Count("pk", filter=overdue(now)),
        "silent": Count("pk", filter=silent(now)),
    } | {state: Count("pk", filter=Q(state=state)) for state in DutyState.values}
    expected = Q(attendances__expected=True)
    came = Q(attendances__status__in=ATTENDED)
    rolled = {
        "expected": Count("attendances", filter=expected),
        "came": Count("attendances", filter=expected & came),
        "short": Count("pk", filter=expected & ~came, distinct=True),
    }
    # Read from the duties to their rolls: the other way round the planner may read every roll there
    # is, and does so where it has no statistics.
    begun = duties.filter(state__in=[DutyState.RUNNING, DutyState.ENDED])
    found: dict[tuple[int | None, str | None], list[int]] = {}
    both = _of_each(duties, level, counted).union(_of_each(begun, level, rolled), all=True)
    for pk, title, *numbers in both:
        sums = found.get((pk, title), [0] * len(FIGURES))
        found[pk, title] = [a + b for a, b in zip(sums, numbers, strict=True)]
    lines = [
        Figures(pk=pk, name=title or "", **dict(zip(FIGURES, numbers, strict=True)))
        for (pk, title), numbers in found.items()
    ]
    total = Figures(**{word: sum(getattr(line, word) for line in lines) for word in FIGURES})
    return total, sorted(lines, key=lambda line: (not line.name, line.name))


def _of_each(duties: QuerySet[Duty], level: str, counts: dict[str, Count]) -> QuerySet[Any, Any]:
    """Id and name of each unit of the level, and all FIGURES, 0 for those without a count."""
    figures = {word: counts.get(word, Value(0)) for word in FIGURES}
    key = (f"{level}_id", f"{level}__name")
    rows: QuerySet[Any, Any] = duties.order_by().values(*key).annotate(**figures)
    return rows.values_list(*key, *FIGURES)


# As `Duty.place_name`. Written in SQL (docs/adr/0029): two more joins doubled the time to plan.
PLACE = """
    COALESCE(
        (SELECT name FROM patrols_guardpost WHERE id = patrols_duty.post_id),
        (SELECT name FROM patrols_route WHERE id = patrols_duty.route_id),
        ''
    )
"""


def as_board(duties: QuerySet[Duty]) -> QuerySet[Any]:
    """With what a row of the board or the roster shows of each; its `place` is by name."""
    rows = duties.select_related("unit", "leader").only(*SHOWN)
    place = RawSQL(PLACE, [], CharField())  # noqa: S611 a constant
    return with_named_to(with_turnout(rows)).annotate(place=place)


# Of silent, overdue, missed, running, planned, ended and cancelled duties, in this order.
# Written in SQL: docs/adr/0029.
RANK = """
    CASE
        WHEN patrols_duty.state = 'running' AND GREATEST(
            patrols_duty.started_at, patrols_duty.last_entry_at, patrols_duty.heard_at
        ) < %s THEN 0
        WHEN patrols_duty.state = 'planned' AND patrols_duty.starts_at < %s THEN 1
        ELSE ARRAY_POSITION(
            ARRAY['missed', 'running', 'planned', 'ended', 'cancelled'], patrols_duty.state::text
        ) + 1
    END
"""


def troubled_first(duties: QuerySet[Duty], *, now: datetime, limit: int) -> tuple[list[Duty], bool]:
    """The duties, trouble first, then by the hour; and whether there are more. One statement, with
    the turnout and the holes of each."""
    times = [now - SILENT_AFTER, now - START_GRACE]
    rank = RawSQL(RANK, times, IntegerField())  # noqa: S611 a constant
    found: list[Any] = list(
        as_board(duties).annotate(rank=rank).order_by("rank", "starts_at", "pk")[: limit + 1]
    )
    return found[:limit], len(found) > limit


def waiting_logs(user: User, unit: Unit | None) -> QuerySet[Duty]:
    return Duty.objects.in_scope(user).filter(rows_below(unit), review=ReviewState.WAITING)


def duties_of_nights(
    duties: QuerySet[Duty], first: date, *, count: int, limit: int
) -> list[Duty] | None:
    """The duties of `count` nights by the hour; None where there are more than `limit` of them.

    One statement.
    """
    last = first + timedelta(days=count - 1)
    found = list(
        as_board(duties.filter(night__range=(first, last))).order_by("night", "starts_at", "pk")[
            : limit + 1
        ]
    )
    return found if len(found) <= limit else None


@dataclass(frozen=True)
class UnitNights:
    """How many duties a unit and all below it have in each night; 0 is a hole in the plan."""

    unit: Unit | None
    counts: list[int]


def nights_by_unit(
    user: User, duties: QuerySet[Duty], unit: Unit | None, level: str, first: date, *, count: int
) -> list[UnitNights]:
    """A line for each unit of the level, also for those without a duty.

    Duties that belong to none of these units are counted in a last line without a unit. Two
    statements.
    """
    units = (
        Unit.objects.visible_to(user).filter(rows_below(unit), kind=level).order_by("name", "pk")
    )
    rows = (
        duties.filter(night__range=(first, first + timedelta(days=count - 1)))
        .exclude(state=DutyState.CANCELLED)
        .order_by()
        .values_list(f"{level}_id", "night")
        .annotate(n=Count("pk"))
    )
    found = {(pk, night): n for pk, night, n in rows}
    days = [first + timedelta(days=day) for day in range(count)]
    lines = [UnitNights(row, [found.get((row.pk, day), 0) for day in days]) for row in units]
    if any(pk is None for pk, _night in found):
        lines.append(UnitNights(None, [found.get((None, day), 0) for day in days]))
    return lines
