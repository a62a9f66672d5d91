from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from territory.models import Area, AreaLevel
from toolkit.idempotency.answers import lock_until_commit


@dataclass(frozen=True)
class Village:
    """`lat`, `lon` are the centre, where it is known."""

    code: str
    name: str
    lat: float | None = None
    lon: float | None = None


@transaction.atomic
def add_villages(villages: Sequence[Village]) -> int:
    """Adds those that are missing, each to the kecamatan that its code begins with, and returns how
    many. What is there stays as it is. A kecamatan that does not exist is a KeyError."""
    lock_until_commit("table of areas")
    above = {village.code.rpartition(".")[0] for village in villages}
    districts = {area.code: area for area in Area.objects.filter(code__in=above)}
    codes = [village.code for village in villages]
    there = set(Area.objects.filter(code__in=codes).values_list("code", flat=True))
    new = [
        Area(
            code=village.code,
            level=AreaLevel.VILLAGE,
            name=village.name,
            parent=districts[village.code.rpartition(".")[0]],
            lat=village.lat,
            lon=village.lon,
        )
        for village in villages
        if village.code not in there
    ]
    Area.objects.bulk_create(new)
    return len(new)
