"""What was done in a month, by the lines of the monthly sets."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo

from django.db.models import Count, QuerySet, Sum

from patrols.selectors.hours import month_after
from programs.models import Activity, ActivityKind
from programs.selectors.activities import as_shown

MOST_LISTED = 500


@dataclass
class RecapLine:
    """A line of the sets: how many activities and people, and how many of each unit by its key."""

    name: str
    count: int = 0
    people: int = 0
    by_unit: dict[int, int] = field(default_factory=dict)


def in_month(rows: QuerySet[Activity], month: date, zone: tzinfo) -> QuerySet[Activity]:
    """Those of the month that begins on the day `month`, by the clocks of `zone`."""
    first = datetime.combine(month, time.min, zone)
    return rows.filter(at__gte=first, at__lt=datetime.combine(month_after(month), time.min, zone))


def lines_of_month(
    rows: QuerySet[Activity], kinds: Iterable[ActivityKind], level: str
) -> list[RecapLine]:
    """One line for each name under which kinds are counted, also where nothing was done: a set
    says so. `level` is the scope column that tells the units apart, "" for none. One statement."""
    lines: dict[str, RecapLine] = {}
    line_of = {kind.pk: lines.setdefault(kind.line, RecapLine(kind.line)) for kind in kinds}
    columns = ["kind", *([level] if level else [])]
    found = rows.order_by().values_list(*columns).annotate(n=Count("pk"), met=Sum("people_count"))
    for kind, *unit, number, people in found:
        line = line_of[kind]
        line.count += number
        line.people += people or 0
        for key in unit:
            line.by_unit[key] = line.by_unit.get(key, 0) + number
    return list(lines.values())


def listed(rows: QuerySet[Activity]) -> list[Activity]:
    """The activities of the month, the first ones first."""
    return list(as_shown(rows).order_by("at", "pk")[:MOST_LISTED])
