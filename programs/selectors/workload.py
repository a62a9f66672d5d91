"""What the officers of a unit carry, side by side, in the order of their names: it is read to move
work from one to another, never to rank people."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Absence, AbsenceKind, Posting, User
from accounts.roles import Role
from accounts.selectors.presence import Away
from patrols.models import Attendance, AttendanceStatus
from patrols.models.schedules import night_of
from patrols.workflow import DutyState
from programs.models import Activity
from reports.models import Report
from reports.rights import may_change
from reports.workflow import AWAITED
from territory.models import Area, AreaLevel, Unit, UnitArea
from territory.scope import unscoped

DAYS_BACK, NIGHTS_AHEAD = 30, 14
MOST_REPORTS = 50
PUBLIC = "areas are public facts"
OF_THE_UNIT = "the people of a unit in scope"


@dataclass
class ServedArea:
    """A village, or an RW of one, with what comes with it. `population` is None where unknown,
    `open_reports` of an RW, because a report knows its village only."""

    pk: int
    name: str
    code: str
    rw_count: int = 0
    population: int | None = None
    open_reports: int | None = 0

    @property
    def is_village(self) -> bool:
        return "-" not in self.code


@dataclass
class OfficerLoad:
    """`duties` are those of the coming NIGHTS_AHEAD nights, `activities` of the last DAYS_BACK
    days. `open_reports` are assigned to the officer, `to_share` are those where nobody is yet."""

    posting: Posting
    areas: list[ServedArea] = field(default_factory=list)
    open_reports: int = 0
    to_share: int = 0
    duties: int = 0
    activities: int = 0
    away: Away | None = None

    @property
    def person(self) -> User:
        return self.posting.user

    @property
    def rw_count(self) -> int:
        """Those of the villages, and the RW served by themselves."""
        return sum(area.rw_count if area.is_village else 1 for area in self.areas)

    @property
    def population(self) -> int:
        return sum(area.population or 0 for area in self.areas)

    @property
    def in_areas(self) -> int:
        """Open reports from the villages, whoever they are assigned to."""
        return sum(area.open_reports or 0 for area in self.areas)


@dataclass
class Workload:
    """`villages` are the unit's own. `vacant` are those that no officer serves, so that the Polsek
    does, and of villages served by RW the others."""

    officers: list[OfficerLoad]
    villages: list[ServedArea]
    vacant: list[ServedArea]

    @property
    def has_population(self) -> bool:
        return any(load.population for load in self.officers)


def workload_of(unit: Unit, user: User, *, now: datetime) -> Workload:
    """The number of statements is the same for every unit."""
    postings = list(
        unscoped(Posting.objects.active(), OF_THE_UNIT)
        .filter(unit=unit, role=Role.OFFICER, user__is_active=True)
        .select_related("user")
        .prefetch_related("villages__parent")
        .order_by("user__name", "user_id")
    )
    own = _villages_of(unit)
    served = [area for posting in postings for area in posting.villages.all()]
    held = {area.pk for area in served}
    by_rw = {area.parent_id for area in served if area.level == AreaLevel.RW} - held
    others = unscoped(Area.objects, PUBLIC).filter(parent__in=by_rw, level=AreaLevel.RW)
    rws = list(others.exclude(pk__in=held).select_related("parent").order_by("code"))
    areas = _with_counts({area.pk: area for area in (*own, *served, *rws)}.values(), user)
    loads = {
        posting.user_id: OfficerLoad(
            posting,
            [areas[area.pk] for area in sorted(posting.villages.all(), key=lambda one: one.code)],
        )
        for posting in postings
    }
    _count_work(loads, unit, user, now)
    free = [area for area in own if area.pk not in held | by_rw]
    return Workload(
        list(loads.values()),
        [areas[area.pk] for area in own],
        [areas[area.pk] for area in (*free, *rws)],
    )


def _villages_of(unit: Unit) -> list[Area]:
    """Without those inside that belong to another unit, such as a Subsektor."""
    links = unscoped(UnitArea.objects, PUBLIC)
    within = _inside(links.filter(unit=unit))
    others = links.exclude(unit=unit).filter(_inside(links.filter(unit=unit), "area__"))
    rows = unscoped(Area.objects, PUBLIC).filter(within, level=AreaLevel.VILLAGE)
    return list(rows.exclude(_inside(others)).order_by("name", "pk"))


def _inside(links: QuerySet[UnitArea], prefix: str = "") -> Q:
    """The condition for areas of these links and those inside them."""
    found = Q(pk__in=[])
    for code in links.values_list("area__code", flat=True):
        found |= Q(**{f"{prefix}code": code}) | Q(**{f"{prefix}code__startswith": f"{code}."})
    return found


def _with_counts(areas: Collection[Area], user: User) -> dict[int, ServedArea]:
    """A village without a population of its own has that of its RW, where one is known."""
    found = {area.pk: ServedArea(area.pk, _name(area), area.code) for area in areas}
    known = {area.pk: area.population for area in areas}
    inside = unscoped(Area.objects, PUBLIC).filter(parent__in=found, level=AreaLevel.RW)
    counted = inside.order_by().values("parent").annotate(n=Count("pk"), people=Sum("population"))
    for row in counted:
        found[row["parent"]].rw_count = row["n"]
        known[row["parent"]] = known[row["parent"]] or row["people"]
    reports = Report.objects.in_scope(user).open().filter(village__in=found)
    for row in reports.order_by().values("village").annotate(n=Count("pk")):
        found[row["village"]].open_reports = row["n"]
    for pk, population in known.items():
        found[pk].population = population
        if not found[pk].is_village:
            found[pk].open_reports = None
    return found


def _name(area: Area) -> str:
    if area.level == AreaLevel.VILLAGE or area.parent is None:
        return area.name
    return f"{area.name} {area.parent.name}"


def _count_work(loads: dict[int, OfficerLoad], unit: Unit, user: User, now: datetime) -> None:
    today = unit.today(now)
    tonight = night_of(now.astimezone(unit.zone))
    reports = Report.objects.in_scope(user).open().filter(assignee__in=loads)
    waiting = Count("pk", filter=Q(state__in=AWAITED))
    for row in reports.order_by().values("assignee").annotate(n=Count("pk"), waiting=waiting):
        load = loads[row["assignee"]]
        load.open_reports, load.to_share = row["n"], row["waiting"]
    nights = (tonight, tonight + timedelta(days=NIGHTS_AHEAD - 1))
    rolls = unscoped(Attendance.objects, OF_THE_UNIT).filter(
        officer__in=loads,
        duty__night__range=nights,
        duty__state__in=(DutyState.PLANNED, DutyState.RUNNING),
    )
    rolls = rolls.exclude(status__in=(AttendanceStatus.EXCUSED, AttendanceStatus.ABSENT))
    for row in rolls.order_by().values("officer").annotate(n=Count("duty", distinct=True)):
        loads[row["officer"]].duties = row["n"]
    since = now - timedelta(days=DAYS_BACK)
    written = Activity.objects.in_scope(user).standing().filter(author__in=loads, at__gte=since)
    for row in written.order_by().values("author").annotate(n=Count("pk")):
        loads[row["author"]].activities = row["n"]
    until = today + timedelta(days=NIGHTS_AHEAD - 1)
    away = unscoped(Absence.objects, OF_THE_UNIT).filter(
        user__in=loads, ends_on__gte=today, starts_on__lte=until
    )
    for absence in away.order_by("-starts_on", "-pk"):  # the next one stays
        kind = AbsenceKind(absence.kind)
        loads[absence.user_id].away = Away(kind, absence.starts_on, absence.ends_on)


def reports_to_share(officer: User, user: User) -> tuple[list[Report], list[Report]]:
    """Open reports assigned to the officer that the person may assign anew, and those where the
    officer is already, the oldest first, at most MOST_REPORTS of each."""
    rows = Report.objects.in_scope(user).open().filter(assignee=officer)
    rows = rows.select_related("category", "village", "unit").order_by("reported_at", "pk")
    waiting = rows.filter(state__in=AWAITED)[:MOST_REPORTS]
    at_work = rows.exclude(state__in=AWAITED)[:MOST_REPORTS]
    return [row for row in waiting if may_change(user, row, "dispatch")], list(at_work)
