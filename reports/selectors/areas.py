"""Finds the village or district that a person typed, or that the phone's position is in."""

import re

from django.db.models import Case, Exists, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Power

from territory.models import Area, AreaLevel
from territory.models.areas import AreaQuerySet
from territory.scope import unscoped
from toolkit.characters import plain_characters
from toolkit.names import name_key, plain_name, split_rt_rw

# Degrees, some 30 km. A centre farther away says nothing about a place.
NEAR = 0.3
MOST_MATCHES = 12
# Words that people write before a name: kel. Duri Utara, Kec. Tambora.
TITLES = re.compile(r"\b(?:kelurahan|kel|desa|ds|kecamatan|kec)\b\.?\s*", re.IGNORECASE)
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

    `text` is what a person typed, such as "kel. Duri Utara", "Krendang Tambora" or "Menteng,
    Jakarta": words after a comma, or after the name itself, narrow to areas inside those. If
    nothing is found so, punctuation and RT/RW are left out: "Jembatan Lima. RT 05/03".
    """
    text = plain_characters(text)
    return _match_written(text) or _match_written(_without_punctuation(text))


def _without_punctuation(text: str) -> str:
    if "_" in text or "%" in text:
        return text  # no way people write a name
    return ", ".join(plain_name(split_rt_rw(part).name) for part in text.split(","))


def _match_written(text: str) -> list[Area]:
    first, *within = (part.strip() for part in TITLES.sub("", text).split(","))
    words = first.split()
    for taken in range(len(words), 0, -1):
        rest = " ".join(words[taken:])
        found = _within(" ".join(words[:taken]), [*filter(None, within), *filter(None, [rest])])
        if found:
            return found
    return []


def _within(name: str, around: list[str]) -> list[Area]:
    if len(name) < 2:
        return []
    found = (
        villages_and_districts()
        .filter(name__icontains=name)
        .select_related("parent__parent__parent")
        .annotate(
            rank=Case(
                When(name__iexact=name, then=Value(0)),
                When(name__istartswith=f"{name} ", then=Value(1)),
                When(name__istartswith=name, then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", "-level", "name", "code")
    )
    if not around:
        return list(found[:MOST_MATCHES])
    # Few areas share a name, so the surrounding areas are compared in Python.
    asked = [part.casefold() for part in around]
    near = [
        area
        for area in found[: MOST_MATCHES * 20]
        if all(part in area_label(area).casefold() for part in asked)
    ]
    return near[:MOST_MATCHES]


def areas_named(text: str) -> QuerySet[Area]:
    """All villages and districts of exactly this name; if there are none, those whose name
    contains it. Words after a comma narrow to areas inside those."""
    first, *within = (part.strip() for part in text.split(","))
    everywhere = villages_and_districts()
    exact = everywhere.filter(name__iexact=first)
    rows = everywhere.filter(name__icontains=first).filter(Q(name__iexact=first) | ~Exists(exact))
    for part in filter(None, within):
        rows = rows.filter(
            Q(parent__name__icontains=part)
            | Q(parent__parent__name__icontains=part)
            | Q(parent__parent__parent__name__icontains=part)
        )
    return rows


def named_area(text: str) -> Area | None:
    """The village or district of exactly this name, if only one has it. Most people type that, and
    it is found faster than by `match_areas()`."""
    rows = villages_and_districts()
    found = list(rows.filter(name__iexact=text.strip())[:2])
    if not found and (plain := plain_name(split_rt_rw(text).name)) != text.strip().casefold():
        found = list(rows.filter(name__iexact=plain)[:2])
    return found[0] if len(found) == 1 else None


def sole_match(text: str, found: list[Area]) -> Area | None:
    """The area that `text` means, if only one of `found` can be meant."""
    written = name_key(_without_punctuation(text))
    exact = [area for area in found if written in (name_key(area.name), name_key(area_label(area)))]
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
