"""Finds the village or district that a person typed, or that the phone's position is in."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, Exists, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Power

from territory.models import Area, AreaLevel, Unit, UnitArea, UnitKind
from territory.models.areas import AreaQuerySet
from territory.scope import rows_below, unscoped
from toolkit.name_search import NameKey
from toolkit.names import Place, name_key, plain_name, read_place, split_rt_rw

# Degrees, some 30 km. A centre farther away says nothing about a place.
NEAR = 0.3
MOST_MATCHES, MOST_EXACT = 12, 4
MOST_OFFERED = 300  # Jakarta has 267
MOST_ROUND = 3
MOST_WORDS = 5  # of the name of an area
MOST_READ = 250
POSTAL_CODE_LENGTH = 5
# What people write about larger areas, and the names in our list do not have.
_SAYS_NOTHING = frozenset({"kota", "kotamadya", "administrasi", "adm", "indonesia"})
_LONG = {
    "jakbar": "jakarta barat",
    "jakpus": "jakarta pusat",
    "jaksel": "jakarta selatan",
    "jaktim": "jakarta timur",
    "jakut": "jakarta utara",
}
LEVELS = (AreaLevel.VILLAGE, AreaLevel.DISTRICT)
# Written out: every citizen's report asks it, and Django takes longer to write it than PostgreSQL
# to answer.
NAMED = "SELECT * FROM territory_area WHERE name_key(name) = %s AND level = ANY(%s) LIMIT 2"


def area_label(area: Area) -> str:
    """``Duri Utara, Tambora, Kota Administrasi Jakarta Barat``, for a list to choose from.

    A district starts with "Kec.", because many have a village of the same name. Select the area
    with ``select_related("parent__parent__parent")``.
    """
    name = f"Kec. {area.name}" if area.level == AreaLevel.DISTRICT else area.name
    names, step = [name], area.parent
    while step is not None and step.level != AreaLevel.PROVINCE:
        names.append(step.name)
        step = step.parent
    return ", ".join(names)


def villages_and_districts() -> AreaQuerySet:
    return unscoped(Area.objects.all(), "areas are public facts").filter(level__in=LEVELS)


def villages_of(unit: Unit | None) -> list[str]:
    """The names, as `area_label()` writes them, of the villages of the unit and of those below it,
    for a form to offer. None at all where there are more than MOST_OFFERED."""
    return [area_label(area) for area in village_rows_of(unit, "parent__parent__parent")]


def village_rows_of(unit: Unit | None, *related: str) -> list[Area]:
    """As `villages_of`, the rows, with what they are part of as `related` says."""
    inside = _inside(unit)
    if inside is None:
        return []
    rows = villages_and_districts().villages().filter(inside).select_related(*related)
    found = list(rows.order_by("name", "code")[: MOST_OFFERED + 1])
    return found if len(found) <= MOST_OFFERED else []


def _inside(unit: Unit | None) -> Q | None:
    """The condition for the areas of a unit and of those below it. None where that is the whole
    country, or nothing."""
    if unit is None or unit.kind == UnitKind.MABES:
        return None
    links = unscoped(UnitArea.objects.all(), "whose an area is, is public")
    codes = links.filter(rows_below(unit, "unit__")).values_list("area__code", flat=True)
    largest: list[str] = []
    for code in sorted(codes):
        if not largest or not code.startswith(f"{largest[-1]}."):
            largest.append(code)
    conditions = (Q(code=code) | Q(code__startswith=f"{code}.") for code in largest)
    return reduce(or_, conditions) if largest else None


def match_areas(text: str, near: Unit | None = None) -> list[Area]:
    """At most MOST_MATCHES villages and districts by a part of the name: those of the unit `near`
    first, then exact names; these always have a place.

    `text` is what a person typed, such as "kel. Duri Utara RT 05/03", "Krendang Tambora",
    "Menteng, Jakarta" or "Tambora, Krendang": names of larger areas narrow to areas inside those.
    """
    return _match(text, villages_and_districts(), _inside(near))


def match_districts(text: str) -> list[Area]:
    """At most MOST_MATCHES districts, cities, regencies and provinces, like `match_areas()`."""
    areas = unscoped(Area.objects.all(), "areas are public facts")
    levels = (AreaLevel.DISTRICT, AreaLevel.REGENCY, AreaLevel.PROVINCE)
    return _match(text, areas.filter(level__in=levels))


@dataclass(frozen=True)
class _Reading:
    """One way to read what was typed: an area of this name, with these words around it."""

    name: str
    around: tuple[str, ...]

    @property
    def key(self) -> str:
        return name_key(self.name)


def _readings(place: Place) -> list[_Reading]:
    """All ways to read it, the likeliest first."""
    if not place.names:
        return []
    words = place.names[-1].split()
    ways = [
        (" ".join(words[:taken]), [" ".join(words[taken:]), *place.around])
        for taken in range(len(words), 0, -1)
        if taken == len(words) or taken <= MOST_WORDS
    ]
    # Some write the larger area first.
    for number, name in enumerate(place.around[:MOST_ROUND]):
        ways.append((name, [place.names[-1], *_without(number, place.around)]))
    return [
        _Reading(name, tuple(_words_around(around)))
        for name, around in ways
        # Two letters stand in too many names, unless they are all that was typed.
        if len(name_key(name)) >= (3 if name != place.names[-1] else 2)
    ]


def _without(number: int, parts: tuple[str, ...]) -> tuple[str, ...]:
    return (*parts[:number], *parts[number + 1 :])


def _words_around(parts: list[str]) -> list[str]:
    written = " ".join(_LONG.get(word, word) for part in parts for word in part.split())
    return [word for word in written.split() if not _says_nothing(word)]


def _match(text: str, areas: AreaQuerySet, first: Q | None = None) -> list[Area]:
    """One query looks for all readings; the first that finds something counts. What fits `first`
    stands in front."""
    place = read_place(text)
    readings = _readings(place)
    if not readings:
        return []
    ranks = [
        When(condition, then=Value(4 * number + rank))
        for number, one in enumerate(readings)
        for rank, condition in enumerate(
            (
                Q(key__in=[one.key, *map(name_key, place.names)], name__alike=one.name),
                Q(name__istartswith=f"{one.name} "),
                Q(key__startswith=one.key),
                Q(name__alike=one.name),
            )
        )
    ]
    found = list(
        areas.filter(reduce(or_, (Q(name__alike=one.name) for one in readings)))
        .select_related("parent__parent__parent")
        .alias(key=NameKey("name"))
        .annotate(
            rank=Case(*ranks, output_field=IntegerField()),
            is_far=Case(When(first, then=Value(0)), default=Value(1)) if first else Value(0),
        )
        .order_by("is_far", "rank", "-level", "name", "code")[:MOST_READ]
    )
    for one in readings:
        # Few areas share a name, so the areas around them are compared here.
        fit = [area for area in found if one.key in name_key(area.name) and _is_in(area, one)]
        if fit:
            return _offered(fit, one)
    return []


def _offered(fit: list[Area], one: _Reading) -> list[Area]:
    """The first MOST_MATCHES. Where parts of names near would leave them out, the last places are
    for areas elsewhere of exactly the name: somebody may have typed all of it."""
    first, rest = fit[:MOST_MATCHES], fit[MOST_MATCHES:]
    exact = [area for area in rest if name_key(area.name) == one.key][:MOST_EXACT]
    if not exact or any(name_key(area.name) == one.key for area in first):
        return first
    return [*first[: MOST_MATCHES - len(exact)], *exact]


def _is_in(area: Area, reading: _Reading) -> bool:
    lineage = _lineage_words(area) if reading.around else ""
    return all(f" {word}" in lineage for word in reading.around)


def _says_nothing(word: str) -> bool:
    return word in _SAYS_NOTHING or (len(word) == POSTAL_CODE_LENGTH and word.isdigit())


def _lineage_words(area: Area) -> str:
    """`` krendang krendang tambora tambora …``: a word begins after a space, also in names that
    people write as one word."""
    words = ""
    step: Area | None = area
    while step is not None:
        words += f" {plain_name(step.name)} {name_key(step.name)}"
        step = step.parent
    return words


def areas_named(text: str) -> QuerySet[Area]:
    """All villages and districts of exactly this name; if there are none, those whose name
    contains it. Words after a comma narrow to areas inside those."""
    place = read_place(text)
    first = place.names[-1] if place.names else ""
    everywhere = villages_and_districts().alias(key=NameKey("name"))
    exact = everywhere.filter(key__in=[name_key(name) for name in place.names])
    rows = everywhere.filter(name__alike=first).filter(Q(pk__in=exact) | ~Exists(exact))
    for part in place.around:
        rows = rows.filter(
            Q(parent__name__alike=part)
            | Q(parent__parent__name__alike=part)
            | Q(parent__parent__parent__name__alike=part)
        )
    return rows


def named_area(text: str) -> Area | None:
    """The village or district of exactly this name, if only one has it. Most people type that, and
    it is found faster than by `match_areas()`."""
    key = name_key(split_rt_rw(text).name)
    areas = unscoped(Area.objects.all(), "areas are public facts")
    found = list(areas.raw(NAMED, [key, list(LEVELS)])) if key else []
    return found[0] if len(found) == 1 else None


def sole_match(text: str, found: list[Area]) -> Area | None:
    """The area that `text` means, if only one of `found` can be meant."""
    for written in (name_key(split_rt_rw(text).name), *map(name_key, read_place(text).names)):
        exact = [
            area for area in found if written in (name_key(area.name), name_key(area_label(area)))
        ]
        if len(exact) == 1:
            return exact[0]
    return found[0] if len(found) == 1 else None


def nearest_area(lat: float, lon: float) -> Area | None:
    """The village, or else the district, whose centre is nearest to a point in degrees."""
    return (
        villages_and_districts()
        .filter(
            lat__range=(lat - NEAR, lat + NEAR),
            lon__range=(lon - NEAR, lon + NEAR),
        )
        .order_by(Power(F("lat") - lat, 2) + Power(F("lon") - lon, 2), "-level")
        .select_related("parent__parent__parent")
        .first()
    )


def nearest_of(areas: list[Area], lat: float | None, lon: float | None) -> Area | None:
    """The nearest of these areas to a point in degrees; None if none is within NEAR."""
    if lat is None or lon is None:
        return None
    near = [
        ((area.lat - lat) ** 2 + (area.lon - lon) ** 2, area.pk, area)
        for area in areas
        if area.lat is not None and area.lon is not None
        if abs(area.lat - lat) < NEAR and abs(area.lon - lon) < NEAR
    ]
    return min(near)[2] if near else None
