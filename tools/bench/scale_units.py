"""Units for the benchmarks, named as examples, and how much is reported in each.

Some 190 sectors of three Polda have nearly all reports. A fourth Polda is quiet: 200 sectors with a
handful of reports each. One sector has had none for two years.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.models import Posting, User
from accounts.roles import Role
from territory.models import Area, AreaLevel, Unit, UnitArea, UnitKind
from toolkit.geo.points import cell_of
from tools.demo.accounts import PASSWORD

# Polda, code of its province, Polsek to make there.
POLSEKS = [
    ("polda-metro-jaya", "31", 40),
    ("polda-jambi", "15", 65),
    ("polda-sumatera-selatan", "16", 70),
]
QUIET_PROVINCE, QUIET_SECTORS = "18", 200
QUIET_POLDA = "contoh-polda-18"
QUIET_CHIEF = "kapolda.contoh"
# Every so many reports, one is of the quiet Polda, and one of the sector that fell asleep.
ONE_IS_QUIET = 500
ASLEEP = timedelta(days=2 * 365 + 1)
POINTS = 30


@dataclass(frozen=True)
class Sector:
    """Ids of a Polsek, of the Polres above it and of its people, the commander first. `points` are
    latitude, longitude and H3 cell of the places where things happen."""

    unit: int
    polres: int
    area: int
    people: tuple[int, ...]
    points: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True)
class Sectors:
    """`weights` say how often something happens in each of the `busy`."""

    busy: list[Sector]
    weights: list[float]
    asleep: Sector
    quiet: list[Sector]

    def choose(self, number: int, at: datetime, now: datetime, random: Random) -> Sector:
        """The sector of report `number`, which comes in at `at`."""
        if number % ONE_IS_QUIET == ONE_IS_QUIET // 2:
            return random.choice(self.quiet)
        if number % ONE_IS_QUIET == 0 and now - at > ASLEEP:
            return self.asleep
        return random.choices(self.busy, self.weights)[0]


def create_units() -> list[tuple[Unit, Area]]:
    """Polres and Polsek where the seeds have none. Returns the Polsek."""
    areas = list(Area.objects.filter(level__in=(AreaLevel.REGENCY, AreaLevel.DISTRICT)))
    taken = {link.area_id: link.unit for link in UnitArea.objects.select_related("unit")}
    polseks: list[tuple[Unit, Area]] = []
    for code, province, count in POLSEKS:
        polda = Unit.objects.get(code=code)
        free = [a for a in areas if a.code.startswith(f"{province}.") and a.pk not in taken]
        regencies = [(polda, area) for area in free if area.level == AreaLevel.REGENCY]
        taken.update((area.pk, unit) for unit, area in add_units(UnitKind.POLRES, regencies))
        districts = [area for area in free if area.level == AreaLevel.DISTRICT][:count]
        polseks += add_units(
            UnitKind.POLSEK, [(taken[area.parent_id or 0], area) for area in districts]
        )
    return polseks


def add_units(kind: UnitKind, places: Sequence[tuple[Unit, Area]]) -> list[tuple[Unit, Area]]:
    """A unit for each area, under the unit beside it."""
    areas = [area for _, area in places]
    units = Unit.objects.bulk_create(
        Unit(
            code=f"contoh-{area.code.replace('.', '-')}",
            kind=kind,
            name=f"{kind.label} {area.name} (contoh)",
            parent=parent,
            area=area,
        )
        for parent, area in places
    )
    made = list(zip(units, areas, strict=True))
    UnitArea.objects.bulk_create(UnitArea(unit=unit, area=area) for unit, area in made)
    return made


def make_sectors(random: Random) -> Sectors:
    """The sectors that `load_patrols` made, and the quiet Polda beside them."""
    staff: dict[int, list[int]] = {}
    for pk, unit in (
        User.objects.filter(unit__code__startswith="contoh-")
        .order_by("username")
        .values_list("pk", "unit")
    ):
        staff.setdefault(unit, []).append(pk)
    units = (
        Unit.objects.filter(code__startswith="contoh-", kind=UnitKind.POLSEK)
        .select_related("area")
        .order_by("code")
    )
    busy = [_as_sector(unit, unit.area, staff[unit.pk], random) for unit in units if unit.area]
    quiet = make_quiet_polda(random)
    return Sectors(busy[:-1], [random.uniform(0.4, 2.2) for _ in busy[:-1]], busy[-1], quiet)


def make_quiet_polda(random: Random) -> list[Sector]:
    areas = list(Area.objects.filter(code__startswith=f"{QUIET_PROVINCE}.").order_by("code"))
    province = Area.objects.get(code=QUIET_PROVINCE)
    polda = Unit.objects.create(
        code=QUIET_POLDA,
        kind=UnitKind.POLDA,
        name=f"Polda {province.name} (contoh)",
        parent=Unit.objects.get(kind=UnitKind.MABES),
        area=province,
    )
    chief = User.objects.create(
        username=QUIET_CHIEF,
        name=f"Kapolda {province.name} (contoh)",
        unit=polda,
        password=make_password(PASSWORD),
        is_demo=True,
    )
    Posting.objects.create(user=chief, unit=polda, role=Role.COMMANDER, starts_on="2020-01-01")
    regencies = [(polda, area) for area in areas if area.level == AreaLevel.REGENCY]
    above = {area.pk: unit for unit, area in add_units(UnitKind.POLRES, regencies)}
    districts = [area for area in areas if area.level == AreaLevel.DISTRICT][:QUIET_SECTORS]
    made = add_units(UnitKind.POLSEK, [(above[area.parent_id or 0], area) for area in districts])
    return [_as_sector(unit, area, [chief.pk], random) for unit, area in made]


def sleeping_sector() -> Unit:
    """The sector that has had no report for two years."""
    sectors = Unit.objects.filter(code__startswith="contoh-", kind=UnitKind.POLSEK)
    return sectors.order_by("-code")[:1].get()


def _as_sector(unit: Unit, area: Area, people: Sequence[int], random: Random) -> Sector:
    points = []
    for _ in range(POINTS):
        lat = round((area.lat or -2.0) + random.gauss(0, 0.008), 6)
        lon = round((area.lon or 104.0) + random.gauss(0, 0.008), 6)
        points.append((lat, lon, cell_of(lat, lon)))
    return Sector(unit.pk, unit.parent_id or unit.pk, area.pk, tuple(people), tuple(points))
