"""Maps as the server draws them: what templates/components/map.html writes as one SVG.

The picture is 320 units wide, about as a phone shows it, so that its letters are read there. Marks
carry a number; the list below the picture says what each of them is.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

import h3.api.basic_int as h3
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from toolkit.geo.points import METRES_A_DEGREE
from toolkit.geo.shapes import UNITS, Shape

WIDTH, MARGIN = 320, 26
LEAST_HEIGHT, MOST_HEIGHT = 150, 400
# Degrees: a map shows at least half a kilometre.
LEAST_SPAN = 0.005
# H3 resolutions from fine to coarse, and how many cells a map has at most.
RESOLUTIONS, MOST_CELLS = (9, 8, 7, 6), 90
# An outline narrower than this has no room for its name. A letter is some six units wide.
LETTER = 6.2
SQUARE = 16
# Marks nearer to each other than this hide one another.
NEAR = 15
# Where a mark goes then: right, left, below, above, and further out.
ASIDE = [
    (0, 0),
    *((x * far, y * far) for far in (17, 30) for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))),
]
Point = tuple[float, float]


@dataclass(frozen=True)
class Outline:
    """An area to draw. `is_part` draws it with a fine border, inside another."""

    name: str
    rings: Shape
    is_part: bool = False


@dataclass(frozen=True)
class Place:
    """A point to draw, in degrees. `kind` is the class of its mark: hotspot, post, stop, seen.

    `radius_m` draws a ring. `note` stands beside the name in the list. `number` is what its mark
    carries; without one the places are counted.
    """

    kind: str
    name: str
    lat: float
    lon: float
    radius_m: int = 0
    note: str = ""
    number: int = 0

    @property
    def point(self) -> Point:
        return self.lat, self.lon

    @property
    def link(self) -> str:
        return geo_link(self.lat, self.lon, self.name)

    @property
    def coordinates(self) -> str:
        return f"{self.lat:.5f}, {self.lon:.5f}"


@dataclass(frozen=True)
class Mark:
    """A place on the picture: `number` stands in it, `ring` is the radius around `spot`.

    The mark stands beside its spot where another mark stands already.
    """

    place: Place
    number: int
    spot: Point
    x: float
    y: float
    ring: float

    @property
    def corner(self) -> Point:
        """The upper left corner of a square mark."""
        return round(self.x - SQUARE / 2, 1), round(self.y - SQUARE / 2, 1)


@dataclass(frozen=True)
class Label:
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Scale:
    """The bar that says how far it is: `length` on the picture is `text` outside."""

    length: float
    text: str


@dataclass(frozen=True)
class Map:
    """What the template draws. Paths are values of SVG's `d`."""

    height: int
    scale: Scale
    areas: str = ""
    parts: str = ""
    cells: str = ""
    ways: str = ""
    labels: Sequence[Label] = field(default_factory=tuple)
    marks: Sequence[Mark] = field(default_factory=tuple)

    @property
    def foot(self) -> int:
        """Where the bar of the scale hangs."""
        return self.height - 12


def geo_link(lat: float, lon: float, name: str = "") -> str:
    """Opens the phone's own map with a pin at the place (RFC 5870; the query is Android's)."""
    spot = f"{lat:.5f},{lon:.5f}"
    return f"geo:{spot}?q={spot}" + (f"({quote(name, safe='')})" if name else "")


def draw_map(
    outlines: Sequence[Outline],
    places: Sequence[Place],
    ways: Sequence[Sequence[Point]] = (),
) -> Map | None:
    """Draws areas, places and the ways between them; without an area, H3 cells around the places.

    Each way is a line of points in degrees. None where there is nothing to draw.
    """
    corners = [
        (lat / UNITS, lon / UNITS) for o in outlines for ring in o.rings for lon, lat in ring
    ]
    points = [place.point for place in places]
    if not corners and not points:
        return None
    cells = [] if corners else _cells_around(points)
    edges = [edge for place in places if place.radius_m for edge in _edges(place)]
    view = _View.of([*corners, *points, *edges])
    marks = _marks(view, places)
    return Map(
        height=view.height,
        scale=view.scale(),
        areas="".join(view.path(_degrees(o)) for o in outlines if not o.is_part),
        parts="".join(view.path(_degrees(o)) for o in outlines if o.is_part),
        cells=view.path(cells),
        ways="".join(view.line(way) for way in ways if len(way) > 1),
        labels=_labels(view, outlines, marks),
        marks=marks,
    )


def _edges(place: Place) -> list[Point]:
    """Two corners of the square around the ring, so that all of it is seen."""
    high = place.radius_m / METRES_A_DEGREE
    wide = high / max(math.cos(math.radians(place.lat)), 0.01)
    return [(place.lat - high, place.lon - wide), (place.lat + high, place.lon + wide)]


def _degrees(outline: Outline) -> list[list[Point]]:
    return [[(lat / UNITS, lon / UNITS) for lon, lat in ring] for ring in outline.rings]


def _cells_around(points: Sequence[Point]) -> list[list[Point]]:
    """The borders of the cells with a point and of their neighbours, in the finest resolution that
    needs no more than MOST_CELLS."""
    for resolution in RESOLUTIONS:
        own = {h3.latlng_to_cell(*point, resolution) for point in points}
        cells = {cell for one in own for cell in h3.grid_disk(one, 1)}
        if len(cells) <= MOST_CELLS:
            return [list(h3.cell_to_boundary(cell)) for cell in sorted(cells)]
    return []


def _marks(view: "_View", places: Sequence[Place]) -> list[Mark]:
    marks: list[Mark] = []
    for number, place in enumerate(places, start=1):
        spot = view.spot(place.point)
        x, y = _beside(spot, [(mark.x, mark.y) for mark in marks])
        ring = round(place.radius_m / METRES_A_DEGREE * view.factor, 1)
        marks.append(Mark(place, place.number or number, spot, x, y, ring))
    return marks


def _beside(spot: Point, taken: Sequence[Point]) -> Point:
    """The spot, or the nearest place beside it that is free; the spot where none is."""
    for dx, dy in ASIDE:
        found = round(spot[0] + dx, 1), round(spot[1] + dy, 1)
        if all(math.dist(found, other) >= NEAR for other in taken):
            return found
    return spot


def _labels(view: "_View", outlines: Sequence[Outline], marks: Sequence[Mark]) -> list[Label]:
    """The names of the smallest areas, where there is room for them and no mark on them."""
    named = [o for o in outlines if o.is_part] or list(outlines)
    labels = []
    for outline in named:
        ring = max(_degrees(outline), key=len)
        spots = [view.spot(point) for point in ring]
        xs, ys = zip(*spots, strict=True)
        if max(xs) - min(xs) >= len(outline.name) * LETTER and max(ys) - min(ys) >= 2 * LETTER:
            x, y = _middle(spots)
            half = len(outline.name) * LETTER / 2 + SQUARE / 2
            free = [y, y - SQUARE, y + SQUARE + 4]
            crowd = [mark.y for mark in marks if abs(mark.x - x) < half]
            y = next((at for at in free if all(abs(at - 4 - one) > 12 for one in crowd)), y)
            labels.append(Label(outline.name, x, round(y, 1)))
    return labels


def _middle(ring: Sequence[Point]) -> Point:
    """The centre of mass of the ring's surface."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        area += cross
        x += (x1 + x2) * cross
        y += (y1 + y2) * cross
    if not area:
        return ring[0]
    return round(x / (3 * area), 1), round(y / (3 * area), 1)


@dataclass(frozen=True)
class _View:
    """How degrees become units of the picture. `factor` is units a degree of latitude."""

    north: float
    west: float
    factor: float
    narrowing: float
    height: int

    @classmethod
    def of(cls, points: Sequence[Point]) -> "_View":
        lats, lons = zip(*points, strict=True)
        middle = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
        narrowing = math.cos(math.radians(middle[0]))
        high = max(max(lats) - min(lats), LEAST_SPAN)
        wide = max(max(lons) - min(lons), LEAST_SPAN) * narrowing
        factor = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
        height = max(LEAST_HEIGHT, round(high * factor) + 2 * MARGIN)
        view = cls(0, 0, factor, narrowing, height)
        return replace(
            view,
            north=middle[0] + height / 2 / factor,
            west=middle[1] - WIDTH / 2 / factor / narrowing,
        )

    def spot(self, point: Point) -> Point:
        lat, lon = point
        x = (lon - self.west) * self.narrowing * self.factor
        return round(x, 1), round((self.north - lat) * self.factor, 1)

    def line(self, points: Sequence[Point]) -> str:
        written: list[str] = []
        for x, y in map(self.spot, points):
            spot = f"{x:g} {y:g}"
            if not written or spot != written[-1]:
                written.append(spot)
        return "M" + "L".join(written)

    def path(self, rings: Iterable[Sequence[Point]]) -> str:
        return "".join(f"{self.line(ring)}Z" for ring in rings)

    def scale(self) -> Scale:
        """The longest round distance that takes no more than a third of the width."""
        metres_a_unit = METRES_A_DEGREE / self.factor
        most = WIDTH / 3 * metres_a_unit
        power = 10 ** math.floor(math.log10(most))
        metres = max(step * power for step in (1, 2, 5) if step * power <= most)
        text = (
            _("%(n)s km") % {"n": number_format(metres // 1000)}
            if metres >= 1000
            else _("%(n)s m") % {"n": number_format(metres)}
        )
        return Scale(round(metres / metres_a_unit, 1), text)
