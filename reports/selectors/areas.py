"""Finds the village or district that a person typed, or that the phone's position is in."""

import re

from django.db.models import Case, Exists, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Power

from territory.models import Area, AreaLevel
from territory.models.areas import AreaQuerySet
from territory.scope import unscoped
from toolkit.characters import plain_characters
from toolkit.name_search import NameKey
from toolkit.names import name_key, plain_name, split_rt_rw

# Degrees, some 30 km. A centre farther away says nothing about a place.
NEAR = 0.3
MOST_MATCHES = 12
# Words that people write before a name: kel. Duri Utara, Kec. Tambora.
TITLES = re.compile(
    r"\b(?:kelurahan|kel|desa|ds|kecamatan|kec|kabupaten|kab|provinsi|prov)\b\.?\s*", re.IGNORECASE
)
LEVELS = (AreaLevel.VILLAGE, AreaLevel.DISTRICT)


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


def match_areas(text: str) -> list[Area]:
    """At most MOST_MATCHES villages and districts by a part of the name, exact names first.

    `text` is what a person typed, such as "kel. Duri Utara RT 05/03", "Krendang Tambora" or
    "Menteng, Jakarta": words after a comma, or after the name itself, narrow to areas inside those.
    """
    return _match(text, villages_and_districts())


def match_districts(text: str) -> list[Area]:
    """At most MOST_MATCHES districts, cities and regencies, like `match_areas()`."""
    areas = unscoped(Area.objects.all(), "areas are public facts")
    return _match(text, areas.filter(level__in=(AreaLevel.DISTRICT, AreaLevel.REGENCY)))


def _match(text: str, areas: AreaQuerySet) -> list[Area]:
    first, *within = (part.strip() for part in _without_titles(text).split(","))
    words = first.split()
    for taken in range(len(words), 0, -1):
        rest = " ".join(words[taken:])
        around = [*filter(None, within), *filter(None, [rest])]
        found = _within(areas, " ".join(words[:taken]), around)
        if found:
            return found
    return []


def _without_titles(text: str) -> str:
    """Without RT and RW, too."""
    return TITLES.sub("", split_rt_rw(plain_characters(text)).name)


def _within(areas: AreaQuerySet, name: str, around: list[str]) -> list[Area]:
    key = name_key(name)
    if len(key) < 2:
        return []
    found = (
        areas.filter(name__alike=name)
        .select_related("parent__parent__parent")
        .alias(key=NameKey("name"))
        .annotate(
            rank=Case(
                When(key=key, then=Value(0)),
                When(name__istartswith=f"{plain_name(name)} ", then=Value(1)),
                When(key__startswith=key, then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", "-level", "name", "code")
    )
    if not around:
        return list(found[:MOST_MATCHES])
    # Few areas share a name, so the surrounding areas are compared in Python.
    asked = [name_key(part) for part in around]
    near = [
        area
        for area in found[: MOST_MATCHES * 20]
        if all(part in name_key(area_label(area)) for part in asked)
    ]
    return near[:MOST_MATCHES]


def areas_named(text: str) -> QuerySet[Area]:
    """All villages and districts of exactly this name; if there are none, those whose name
    contains it. Words after a comma narrow to areas inside those."""
    first, *within = (part.strip() for part in _without_titles(text).split(","))
    everywhere = villages_and_districts().alias(key=NameKey("name"))
    exact = everywhere.filter(key=name_key(first))
    rows = everywhere.filter(name__alike=first).filter(Q(key=name_key(first)) | ~Exists(exact))
    for part in filter(None, within):
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
    rows = villages_and_districts().alias(key=NameKey("name")).filter(key=key)
    found = list(rows[:2]) if key else []
    return found[0] if len(found) == 1 else None


def sole_match(text: str, found: list[Area]) -> Area | None:
    """The area that `text` means, if only one of `found` can be meant."""
    for written in (name_key(split_rt_rw(text).name), name_key(_without_titles(text))):
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
