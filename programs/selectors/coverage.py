"""Which RT, groups and schools nobody has visited for a number of weeks.

It says where nobody was, never who was not there: officers are not ranked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from partners.models import PartnerGroup
from programs.models import Activity
from territory.models import Unit, UnitArea
from territory.scope import rows_below, unscoped

MOST_VILLAGES = 400
MOST_GROUPS = 100
# Written in SQL (docs/adr/0029): one step of the index `activity_visits` for each RT.
VISITED = """
    SELECT village.id, village.name, village.lat, village.lon,
        COUNT(rt.id), COUNT(rt.id) FILTER (WHERE visit.at >= %(since)s),
        ARRAY_AGG(rt.code ORDER BY rt.code) FILTER (
            WHERE rt.id IS NOT NULL AND (visit.at IS NULL OR visit.at < %(since)s)
        )
    FROM territory_area AS village
    LEFT JOIN territory_area AS rw ON rw.parent_id = village.id AND rw.level = 'rw'
    LEFT JOIN territory_area AS rt ON rt.parent_id = rw.id AND rt.level = 'rt'
    LEFT JOIN LATERAL (
        SELECT activity.at FROM programs_activity AS activity
        WHERE activity.village_id = village.id AND activity.withdrawn_at IS NULL
            AND activity.rw = SPLIT_PART(rt.code, '-', 2)::integer
            AND activity.rt = SPLIT_PART(rt.code, '-', 3)::integer
        ORDER BY activity.at DESC LIMIT 1
    ) AS visit ON rt.id IS NOT NULL
    WHERE village.level = 'village' AND village.code LIKE ANY(%(codes)s)
    GROUP BY village.id
    ORDER BY village.name, village.id
    LIMIT %(most)s
"""


@dataclass
class VillageCoverage:
    """How many RT a village has, and how many of them were visited. `unvisited` are the numbers of
    the others by the number of their RW, in order. `lat`, `lon` are its centre in degrees."""

    pk: int
    name: str
    lat: float | None
    lon: float | None
    rt_count: int
    visited: int
    unvisited: dict[int, list[int]]

    @property
    def unvisited_count(self) -> int:
        return self.rt_count - self.visited


def village_coverage(unit: Unit, since: datetime) -> list[VillageCoverage]:
    """Of the villages of the unit and of those below it, those with the most unvisited RT first.

    Two statements. Whoever made the visit: a village is covered where anybody was.
    """
    links = unscoped(UnitArea.objects.filter(rows_below(unit, "unit__")), "areas are public")
    codes = list(links.values_list("area__code", flat=True))
    if not codes:
        return []
    # A village of its own, or all of a larger area.
    patterns = [pattern for code in codes for pattern in (code, f"{code}.%")]
    values: dict[str, Any] = {"since": since, "codes": patterns, "most": MOST_VILLAGES}
    with connection.cursor() as cursor:
        cursor.execute(VISITED, values)
        found = [
            VillageCoverage(pk, name, lat, lon, count, visited, _by_rw(codes))
            for pk, name, lat, lon, count, visited, codes in cursor.fetchall()
        ]
    return sorted(found, key=lambda row: -row.unvisited_count)


def _by_rw(codes: list[str] | None) -> dict[int, list[int]]:
    """``31.73.04.1001-005-012`` is RT 12 of RW 5."""
    found: dict[int, list[int]] = {}
    for code in codes or []:
        _village, rw, rt = code.split("-")
        found.setdefault(int(rw), []).append(int(rt))
    return found


def groups_not_visited(user: User, within: Q, since: datetime) -> QuerySet[PartnerGroup]:
    """Active groups, schools among them, with `last_at`: those never visited first."""
    visits = unscoped(Activity.objects.standing(), "only when it was, of groups in scope")
    last = visits.filter(group=OuterRef("pk")).order_by("-at").values("at")[:1]
    rows = PartnerGroup.objects.in_scope(user).filter(within, is_active=True)
    rows = rows.annotate(last_at=Subquery(last))
    rows = rows.filter(Q(last_at=None) | Q(last_at__lt=since)).select_related("kind", "unit")
    return rows.order_by(F("last_at").asc(nulls_first=True), "name", "pk")[:MOST_GROUPS]
