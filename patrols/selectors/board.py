"""What a commander's pages read of a night: each function is a known number of SQL statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import User
from patrols.models import Attendance, Duty
from patrols.models.duties import ATTENDED, SILENT_AFTER, START_GRACE
from patrols.models.schedules import night_of
from patrols.templatetags.duties import tag_class
from patrols.workflow import DutyState, ReviewState
from territory.models import TimeZoneName, Unit, UnitKind
from territory.scope import LEVELS, Scope, rows_below
from territory.times import duration

BOARD_ROWS, BOARD_ROWS_OF_MANY = 100, 20


def level_below(scope: Scope, unit: Unit | None) -> str:
    """The scope column that splits a unit's rows, or the whole scope's; '' within a Polsek."""
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
    """Duties of the night that is on at their own unit: at dawn the east is a night ahead."""
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
    return Q(state=DutyState.RUNNING, heard_at__lt=now - SILENT_AFTER)


def board_duties(user: User, unit: Unit | None, *, now: datetime) -> QuerySet[Duty]:
    """Duties of tonight and those still running from a night before."""
    return (
        Duty.objects.in_scope(user)
        .filter(rows_below(unit), is_tonight(now) | Q(state=DutyState.RUNNING))
        .annotate(heard_at=Greatest("started_at", "last_entry_at"))
    )


def shown(duties: QuerySet[Duty], show: str, *, now: datetime) -> QuerySet[Duty]:
    """Narrowed to what a figure of the board counts; an unknown word narrows nothing."""
    missing = Attendance.objects.filter(duty=OuterRef("pk"), expected=True).exclude(
        status__in=ATTENDED
    )
    conditions: dict[str, Q] = {
        "overdue": overdue(now),
        "silent": silent(now),
        "trouble": overdue(now) | silent(now) | Q(state=DutyState.MISSED),
        "short": Q(state__in=[DutyState.RUNNING, DutyState.ENDED]) & Q(Exists(missing)),
    } | {state: Q(state=state) for state in DutyState.values}
    return duties.filter(conditions[show]) if show in conditions else duties


@dataclass(frozen=True)
class Figures:
    """Counts of duties and of the rolls of those begun, of one unit with all below or of all."""

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

    @property
    def trouble(self) -> int:
        return self.overdue + self.silent + self.missed

    @property
    def on(self) -> int:
        """Duties that are to take place."""
        return self.total - self.cancelled


COUNTED = ("total", *DutyState.values, "overdue", "silent")
ROLLED = ("came", "expected", "short")


def figures_by(
    duties: QuerySet[Duty], level: str, *, now: datetime
) -> tuple[Figures, list[Figures]]:
    """The sum, and one line for each unit of the level in the order of names. Two statements."""
    level = level or "polsek"
    key, name = f"{level}_id", f"{level}__name"
    counts = {state: Count("pk", filter=Q(state=state)) for state in DutyState.values}
    rows = list(
        duties.order_by()
        .values(key, name)
        .annotate(
            total=Count("pk"),
            overdue=Count("pk", filter=overdue(now)),
            silent=Count("pk", filter=silent(now)),
            **counts,
        )
    )
    begun = duties.filter(state__in=[DutyState.RUNNING, DutyState.ENDED]).order_by().values("pk")
    attended = Q(status__in=ATTENDED)
    rolls = {
        row[f"duty__{key}"]: row
        for row in Attendance.objects.filter(duty__in=begun, expected=True)
        .order_by()
        .values(f"duty__{key}")
        .annotate(
            expected=Count("pk"),
            came=Count("pk", filter=attended),
            short=Count("duty", filter=~attended, distinct=True),
        )
    }
    lines = [
        Figures(
            pk=row[key],
            name=row[name] or "",
            **{word: row[word] for word in COUNTED},
            **{word: rolls[row[key]][word] if row[key] in rolls else 0 for word in ROLLED},
        )
        for row in rows
    ]
    total = Figures(
        **{word: sum(getattr(line, word) for line in lines) for word in (*COUNTED, *ROLLED)}
    )
    return total, sorted(lines, key=lambda line: (not line.name, line.name))


@dataclass(frozen=True)
class Turnout:
    """Of one duty: how many were expected, how many of them came, and who came besides."""

    expected: int = 0
    came: int = 0
    besides: int = 0


def turnout_of(duties: Iterable[Duty]) -> dict[int, Turnout]:
    """One statement; a duty without anybody in its roll is missing from the answer."""
    attended = Q(status__in=ATTENDED)
    rows = (
        Attendance.objects.filter(duty__in=[duty.pk for duty in duties])
        .order_by()
        .values("duty")
        .annotate(
            all=Count("pk", filter=Q(expected=True)),
            came=Count("pk", filter=attended & Q(expected=True)),
            besides=Count("pk", filter=attended & Q(expected=False)),
        )
    )
    return {row["duty"]: Turnout(row["all"], row["came"], row["besides"]) for row in rows}


@dataclass(frozen=True)
class BoardRow:
    """A duty with the word of its tag, what is added to it, and the class of its meaning."""

    duty: Duty
    turnout: Turnout
    word: str
    note: str
    css: str

    @property
    def has_begun(self) -> bool:
        return self.duty.started_at is not None


def state_words(duty: Duty, now: datetime) -> tuple[str, str, str]:
    """Word, note and class: («belum mulai», «lewat 12 menit», "danger")."""
    if duty.is_overdue(now):
        late = _("%(length)s late") % {"length": duration(now - duty.starts_at)}
        return _("not started"), late, "danger"
    if (silence := duty.silence(now)) is not None:
        return _("No news"), duration(silence), "warn"
    word = str(duty.get_state_display())
    if duty.state == DutyState.ENDED:
        return word, str(duty.get_review_display()), tag_class(duty.review)
    if duty.state == DutyState.CANCELLED:
        return word, duty.cancel_reason, "plain"
    return word, "", tag_class(duty.state)


def board_rows(duties: QuerySet[Duty], *, now: datetime, limit: int) -> tuple[list[BoardRow], bool]:
    """Trouble first, then by the hour; and whether there are more. Two statements."""
    rank = Case(
        When(overdue(now), then=Value(0)),
        When(silent(now), then=Value(1)),
        When(state=DutyState.MISSED, then=Value(2)),
        When(state=DutyState.RUNNING, then=Value(3)),
        When(state=DutyState.PLANNED, then=Value(4)),
        When(state=DutyState.ENDED, then=Value(5)),
        default=Value(6),
    )
    found = list(
        duties.select_related("unit", "leader", "route", "post")
        .annotate(rank=rank)
        .order_by("rank", "starts_at", "pk")[: limit + 1]
    )
    turnout = turnout_of(found[:limit])
    rows = [
        BoardRow(duty, turnout.get(duty.pk, Turnout()), *state_words(duty, now))
        for duty in found[:limit]
    ]
    return rows, len(found) > limit


def waiting_logs(user: User, unit: Unit | None) -> QuerySet[Duty]:
    return Duty.objects.in_scope(user).filter(rows_below(unit), review=ReviewState.WAITING)


@dataclass(frozen=True)
class Night:
    """One night of the plan: its duties, or none."""

    night: date
    rows: list[BoardRow]


def nights_ahead(
    duties: QuerySet[Duty], first: date, *, count: int, now: datetime, limit: int
) -> list[Night] | None:
    """`count` nights with their duties, holes included; None where that is too much to read.

    Two statements.
    """
    last = first + timedelta(days=count - 1)
    found = list(
        duties.filter(night__range=(first, last))
        .select_related("unit", "leader", "route", "post")
        .order_by("night", "starts_at", "pk")[: limit + 1]
    )
    if len(found) > limit:
        return None
    turnout = turnout_of(found)
    nights = [Night(first + timedelta(days=day), []) for day in range(count)]
    for duty in found:
        row = BoardRow(duty, turnout.get(duty.pk, Turnout()), *state_words(duty, now))
        nights[(duty.night - first).days].rows.append(row)
    return nights


@dataclass(frozen=True)
class UnitNights:
    """How many duties a unit with all below it has in each night; 0 is a hole."""

    unit: Unit | None
    counts: list[int]


def nights_by_unit(
    user: User, duties: QuerySet[Duty], unit: Unit | None, level: str, first: date, *, count: int
) -> list[UnitNights]:
    """One line for each unit of the level, also for those without any duty; duties that belong to
    none of them stand in a last line without a unit. Two statements."""
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
