"""Loads categories.csv and hotspots.csv."""

from pathlib import Path

from reports.models import Category, Hotspot
from seeds.reader import Row, read
from seeds.sync import Tally, sync
from seeds.territory import area_of, ids_of_areas, ids_of_units, unit_of

CATEGORY_COLUMNS = (
    "code label group crime_class synonyms is_sealed is_about_police allows_mediation "
    "target_minutes handler hotline hotline_name hint icon order"
)
HOTSPOT_COLUMNS = "unit name area lat lon radius_m risky_from risky_until categories advice source"


def load_categories(folder: Path, *, update: bool) -> Tally:
    def category(row: Row) -> Category:
        return Category(
            code=row.need("code"),
            label=row.need("label"),
            group=row.need("group"),
            crime_class=row.text("crime_class"),
            synonyms=row.parts("synonyms"),
            is_sealed=row.yes("is_sealed"),
            is_about_police=row.yes("is_about_police"),
            allows_mediation=row.yes("allows_mediation"),
            target_minutes=row.integer("target_minutes"),
            handler=row.text("handler"),
            hotline=row.text("hotline"),
            hotline_name=row.text("hotline_name"),
            hint=row.text("hint"),
            icon=row.need("icon"),
            order=row.integer("order") or row.fail("order is empty"),
        )

    return sync(
        Category,
        ((row, category(row)) for row in read(folder / "categories.csv", CATEGORY_COLUMNS)),
        key=["code"],
        fields=CATEGORY_COLUMNS.split()[1:],
        update=update,
    )


def load_hotspots(folder: Path, *, update: bool) -> Tally:
    areas, units = ids_of_areas(), ids_of_units()
    categories = dict(Category.objects.values_list("code", "pk"))
    before = set(Hotspot.objects.values_list("unit", "name"))
    kinds: dict[tuple[int, str], list[int]] = {}

    def hotspot(row: Row) -> Hotspot:
        unit = unit_of(row, units)
        kinds[unit, row.need("name")] = [
            categories.get(code) or row.fail(f"no category {code!r}")
            for code in row.parts("categories")
        ]
        spot = Hotspot(
            unit_id=unit,
            name=row.need("name"),
            area_id=area_of(row, areas),
            lat=row.number("lat"),
            lon=row.number("lon"),
            risky_from=row.time("risky_from"),
            risky_until=row.time("risky_until"),
            advice=row.text("advice"),
            source=row.text("source"),
        )
        spot.radius_m = row.integer("radius_m") or spot.radius_m
        return spot

    tally = sync(
        Hotspot,
        ((row, hotspot(row)) for row in read(folder / "hotspots.csv", HOTSPOT_COLUMNS)),
        key=["unit_id", "name"],
        fields=[
            *["area_id", "lat", "lon", "radius_m", "risky_from", "risky_until"],
            *["advice", "source"],
        ],
        update=update,
    )
    for found in Hotspot.objects.filter(name__in=[name for _, name in kinds]):
        key = (found.unit_id, found.name)
        if key in kinds and (update or key not in before):
            found.categories.set(kinds[key])
    return tally
