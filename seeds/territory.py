"""Loads areas.csv, units.csv and unit_areas.csv; finds areas and units for the other files."""

from pathlib import Path

from seeds.reader import Row, read
from seeds.sync import Tally, sync
from territory.models import Area, AreaLevel, Unit, UnitArea, UnitKind

AREA_COLUMNS = "code level name alt_name population population_year lat lon"
UNIT_COLUMNS = "code kind name parent area timezone phone lat lon investigates fallback"


def ids_of_areas() -> dict[str, int]:
    return dict(Area.objects.values_list("code", "pk"))


def ids_of_units() -> dict[str, int]:
    return dict(Unit.objects.values_list("code", "pk"))


def area_of(row: Row, areas: dict[str, int]) -> int | None:
    code = row.text("area")
    if code and code not in areas:
        row.fail(f"no area {code}")
    return areas.get(code)


def unit_of(row: Row, units: dict[str, int]) -> int:
    code = row.need("unit")
    if code not in units:
        row.fail(f"no unit {code}")
    return units[code]


def load_areas(folder: Path, *, update: bool) -> Tally:
    by_level: dict[str, list[Row]] = {level: [] for level in AreaLevel.values}
    for row in read(folder / "areas.csv", AREA_COLUMNS):
        if row.text("level") not in by_level:
            row.fail(f"level: {row.text('level')!r} is none of {', '.join(by_level)}")
        by_level[row.text("level")].append(row)
    tally = Tally()
    for rows in by_level.values():
        parents = ids_of_areas()
        tally += sync(
            Area,
            ((row, _area(row, parents)) for row in rows),
            key=["code"],
            fields=[
                *["parent_id", "level", "name", "alt_name"],
                *["population", "population_year", "lat", "lon"],
            ],
            update=update,
        )
    return tally


def _area(row: Row, parents: dict[str, int]) -> Area:
    area = Area(
        code=row.need("code"),
        level=row.text("level"),
        name=row.need("name"),
        alt_name=row.text("alt_name"),
        population=row.integer("population"),
        population_year=row.integer("population_year"),
        lat=row.number("lat"),
        lon=row.number("lon"),
    )
    above = area.lineage()[1:]
    if len(above) != AreaLevel.values.index(area.level):
        row.fail(f"{area.code} is not the code of a {area.level}")
    if above:
        if above[0] not in parents:
            row.fail(f"no area {above[0]}, of which {area.code} would be part")
        area.parent_id = parents[above[0]]
    return area


def load_units(folder: Path, *, update: bool) -> Tally:
    by_kind: dict[str, list[Row]] = {kind: [] for kind in UnitKind.values}
    for row in read(folder / "units.csv", UNIT_COLUMNS):
        if row.text("kind") not in by_kind:
            row.fail(f"kind: {row.text('kind')!r} is none of {', '.join(by_kind)}")
        by_kind[row.text("kind")].append(row)
    areas = ids_of_areas()
    tally = Tally()
    for rows in by_kind.values():
        parents = ids_of_units()
        tally += sync(
            Unit,
            ((row, _unit(row, parents, areas)) for row in rows),
            key=["code"],
            fields=[
                *["kind", "name", "parent_id", "area_id", "timezone", "phone"],
                *["lat", "lon", "investigates", "is_fallback"],
            ],
            update=update,
        )
    return tally


def _unit(row: Row, parents: dict[str, int], areas: dict[str, int]) -> Unit:
    parent = row.text("parent")
    if parent and parent not in parents:
        row.fail(f"no unit {parent} of a higher kind")
    return Unit(
        code=row.need("code"),
        kind=row.text("kind"),
        name=row.need("name"),
        parent_id=parents.get(parent),
        area_id=area_of(row, areas),
        timezone=row.need("timezone"),
        phone=row.text("phone"),
        lat=row.number("lat"),
        lon=row.number("lon"),
        investigates=row.yes("investigates"),
        is_fallback=row.yes("fallback"),
    )


def load_unit_areas(folder: Path, *, update: bool) -> Tally:
    areas, units = ids_of_areas(), ids_of_units()

    def link(row: Row) -> UnitArea:
        area = area_of(row, areas)
        if area is None:
            row.fail("area is empty")
        return UnitArea(area_id=area, unit_id=unit_of(row, units))

    return sync(
        UnitArea,
        ((row, link(row)) for row in read(folder / "unit_areas.csv", "unit area")),
        key=["area_id"],
        fields=["unit_id"],
        update=update,
    )
