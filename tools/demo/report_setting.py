"""What the demo's reports need: categories, units with their people, days, places, hotspots."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from accounts.models import User
from reports.models import Category, Hotspot
from territory.models import Area, Unit
from tools.demo.report_cases import Team
from tools.demo.report_plans import (
    ABOVE,
    DAYS,
    KINDS,
    RISKS,
    SECTORS,
    VAGUE,
    Place,
    Sector,
)

METRES_PER_DEGREE = 111_000


@dataclass
class World:
    """The rows that were there before anything is reported: categories and units by code, villages
    of the sectors by code, accounts by username."""

    random: Random
    now: datetime
    kinds: dict[str, Category]
    units: dict[str, Unit]
    areas: dict[str, Area]
    users: dict[str, User]

    def team(self, unit: Unit) -> Team:
        """Who works on reports of a Polsek or Polres of the demo."""
        for sector in SECTORS:
            if sector.unit == unit.code:
                return Team(
                    unit,
                    [self.users[name] for name in sector.desk],
                    self.users[sector.commander],
                    [self.users[name] for name in sector.officers],
                )
        commander, officers = ABOVE[unit.code]
        head = self.users[commander]
        return Team(unit, [head], head, [self.users[name] for name in officers])


def read_world(now: datetime, seed: int) -> World:
    villages = {code for sector in SECTORS for code in sector.villages}
    return World(
        random=Random(f"{seed} reports"),  # noqa: S311
        now=now,
        kinds={kind.code: kind for kind in Category.objects.offered() if kind.code in KINDS},
        units={unit.code: unit for unit in Unit.objects.select_related("parent")},
        areas={area.code: area for area in Area.objects.filter(code__in=villages)},
        users={str(user.username): user for user in User.objects.filter(is_demo=True)},
    )


def pick_day(until: date, random: Random) -> date:
    """One of the last ninety days; Fridays, Saturdays and Sundays come more often."""
    while True:
        day = until - timedelta(days=random.randrange(DAYS + 1))
        if day.weekday() in (4, 5, 6) or random.random() < 0.75:
            return day


def pick_place(sector: Sector, code: str, random: Random) -> Place:
    """Where a report of the category happened: four of five at the few known places."""
    if random.random() < 0.8:
        weights = [place.share * (3 if code in place.kinds else 1) for place in sector.places]
        return random.choices(sector.places, weights)[0]
    north, east = (round(random.gauss(0, 250)) for _ in range(2))
    return Place(random.choice(sector.villages), random.choice(VAGUE), 0, north, east)


def pick_point(world: World, place: Place, spread: float) -> tuple[float | None, float | None]:
    """Degrees near the place, `spread` metres around it."""
    area, random = world.areas[place.village], world.random
    if area.lat is None or area.lon is None:
        return None, None
    north, east = (random.gauss(middle, spread) for middle in (place.north, place.east))
    return (
        round(area.lat + north / METRES_PER_DEGREE, 6),
        round(area.lon + east / METRES_PER_DEGREE, 6),
    )


def make_hotspots(world: World) -> None:
    """Gives the hotspots of the seeds a position, and adds the demo's own."""
    places = {(sector.unit, place.name): place for sector in SECTORS for place in sector.places}
    for spot in Hotspot.objects.filter(lat=None).select_related("unit"):
        known = places.get((spot.unit.code, spot.name))
        if known:
            spot.lat, spot.lon = pick_point(world, known, 0)
            spot.save(update_fields=["lat", "lon"])
    for risk in RISKS:
        place = places[risk.unit, risk.place]
        lat, lon = pick_point(world, place, 0)
        spot, is_new = Hotspot.objects.get_or_create(
            unit=world.units[risk.unit],
            name=f"{risk.place} (contoh)",
            defaults={
                "area": world.areas[place.village],
                "lat": lat,
                "lon": lon,
                "radius_m": risk.radius_m,
                "risky_from": time(risk.risky[0]),
                "risky_until": time(risk.risky[1]),
                "advice": risk.advice,
                "source": "Contoh",
            },
        )
        if is_new:
            spot.categories.set([world.kinds[code] for code in risk.kinds if code in world.kinds])
