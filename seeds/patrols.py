"""Loads routes.csv, checkpoints.csv, guard_posts.csv, schedules.csv and public_holidays.csv."""

from pathlib import Path

from partners.models import PartnerGroup
from patrols.models import Checkpoint, GuardPost, Holiday, Route, Schedule
from patrols.models.schedules import every_day
from seeds.reader import Row, read
from seeds.sync import Tally, sync
from seeds.territory import area_of, ids_of_areas, ids_of_units, unit_of

SCHEDULE_COLUMNS = "unit name kind weekdays apel start end after_midnight route post groups"
# Ids by unit and name
IdsByName = dict[tuple[int, str], int]


def _ids_of_routes() -> IdsByName:
    return {(unit, name): pk for pk, unit, name in Route.objects.values_list("pk", "unit", "name")}


def _id_of(row: Row, column: str, unit: int, rows: IdsByName) -> int | None:
    """The id of the row named in `column`; None for an empty cell. Fails on an unknown name."""
    name = row.text(column)
    if name and (unit, name) not in rows:
        row.fail(f"{column}: {row.text('unit')} has none named {name!r}")
    return rows.get((unit, name))


def load_holidays(folder: Path, *, update: bool) -> Tally:
    def holiday(row: Row) -> Holiday:
        return Holiday(day=row.date("day") or row.fail("day is empty"), name=row.need("name"))

    rows = read(folder / "public_holidays.csv", "day name")
    return sync(
        Holiday, ((row, holiday(row)) for row in rows), key=["day"], fields=["name"], update=update
    )


def load_routes(folder: Path, *, update: bool) -> Tally:
    units = ids_of_units()

    def route(row: Row) -> Route:
        return Route(unit_id=unit_of(row, units), name=row.need("name"), note=row.text("note"))

    return sync(
        Route,
        ((row, route(row)) for row in read(folder / "routes.csv", "unit name note")),
        key=["unit_id", "name"],
        fields=["note"],
        update=update,
    )


def load_checkpoints(folder: Path, *, update: bool) -> Tally:
    units, routes = ids_of_units(), _ids_of_routes()

    def checkpoint(row: Row) -> Checkpoint:
        route = _id_of(row, "route", unit_of(row, units), routes)
        if route is None:
            row.fail("route is empty")
        point = Checkpoint(
            route_id=route,
            order=row.integer("order") or row.fail("order is empty"),
            name=row.need("name"),
            lat=row.number("lat"),
            lon=row.number("lon"),
        )
        point.radius_m = row.integer("radius_m") or point.radius_m
        point.dwell_minutes = row.integer("dwell_minutes") or point.dwell_minutes
        return point

    columns = "unit route order name lat lon radius_m dwell_minutes"
    return sync(
        Checkpoint,
        ((row, checkpoint(row)) for row in read(folder / "checkpoints.csv", columns)),
        key=["route_id", "name"],
        fields=["order", "lat", "lon", "radius_m", "dwell_minutes"],
        update=update,
    )


def load_guard_posts(folder: Path, *, update: bool) -> Tally:
    areas, units = ids_of_areas(), ids_of_units()

    def post(row: Row) -> GuardPost:
        return GuardPost(
            unit_id=unit_of(row, units),
            name=row.need("name"),
            area_id=area_of(row, areas),
            address=row.text("address"),
            lat=row.number("lat"),
            lon=row.number("lon"),
        )

    rows = read(folder / "guard_posts.csv", "unit name area address lat lon")
    return sync(
        GuardPost,
        ((row, post(row)) for row in rows),
        key=["unit_id", "name"],
        fields=["area_id", "address", "lat", "lon"],
        update=update,
    )


def load_schedules(folder: Path, *, update: bool) -> Tally:
    """A schedule is found by its unit and name. Its first night is the day it was loaded."""
    units, routes = ids_of_units(), _ids_of_routes()
    posts = {(u, name): pk for pk, u, name in GuardPost.objects.values_list("pk", "unit", "name")}
    groups = {
        (u, name): pk for pk, u, name in PartnerGroup.objects.values_list("pk", "unit", "name")
    }
    before = set(Schedule.objects.values_list("unit", "name"))
    members: dict[tuple[int, str], list[int]] = {}

    def schedule(row: Row) -> Schedule:
        unit = unit_of(row, units)
        members[unit, row.need("name")] = [
            groups[unit, name] if (unit, name) in groups else row.fail(f"no group {name!r}")
            for name in row.parts("groups")
        ]
        try:
            weekdays = [int(day) for day in row.parts("weekdays")] or every_day()
        except ValueError:
            row.fail("weekdays: numbers from 0 (Monday) to 6 with a bar between them")
        return Schedule(
            unit_id=unit,
            name=row.need("name"),
            kind=row.need("kind"),
            weekdays=weekdays,
            apel=row.time("apel"),
            start=row.time("start") or row.fail("start is empty"),
            end=row.time("end") or row.fail("end is empty"),
            after_midnight=row.yes("after_midnight"),
            route_id=_id_of(row, "route", unit, routes),
            post_id=_id_of(row, "post", unit, posts),
        )

    tally = sync(
        Schedule,
        ((row, schedule(row)) for row in read(folder / "schedules.csv", SCHEDULE_COLUMNS)),
        key=["unit_id", "name"],
        fields=[
            "kind",
            "weekdays",
            "apel",
            "start",
            "end",
            "after_midnight",
            "route_id",
            "post_id",
        ],
        update=update,
    )
    for found in Schedule.objects.filter(name__in=[name for _, name in members]):
        key = (found.unit_id, found.name)
        if key in members and (update or key not in before):
            found.groups.set(members[key])
    return tally
