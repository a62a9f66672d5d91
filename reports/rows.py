"""The rows of the list, said in words: fifty on a page, so each is made ready once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst

from accounts.roles import Rank
from reports.models import Priority, Report
from reports.models.reports import number_of
from reports.workflow import AWAITED, OPEN, ReportState
from territory.models import Unit
from territory.times import clock

SHORT = 110
# A list reads no more of a report than it shows.
SHOWN = (
    *("id", "reported_at", "state", "due_at", "priority", "is_sealed", "place"),
    *("unit__name", "unit__timezone", "category__label", "category__icon", "village__name"),
    *("assignee__name", "assignee__rank"),
)
STATE_TAGS: dict[str, str] = {
    ReportState.RECEIVED: "warn",
    ReportState.RESOLVED: "good",
    ReportState.CLOSED: "good",
    ReportState.REJECTED: "plain",
    ReportState.DUPLICATE: "plain",
    ReportState.REFERRED: "plain",
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """`tag` is the meaning of the state as a class; `waits` where no officer is assigned yet."""

    url: str
    number: str
    icon: str
    label: str
    is_sealed: bool
    text: str
    clock: str
    day: str
    place: str
    village: str
    unit: str
    tag: str
    state: str
    is_late: bool
    urgency: str
    officer: str
    waits: bool


def shown(reports: QuerySet[Report]) -> QuerySet[Any]:
    """What the list reads, as tuples with names."""
    return reports.annotate(short=Left("text", SHORT + 1)).values_list(*SHOWN, "short", named=True)


def report_rows(found: Iterable[Any], now: datetime) -> list[ReportRow]:
    """`found` is of `shown`."""
    states = {state.value: capfirst(str(state.label)) for state in ReportState}
    urgent = capfirst(str(Priority.URGENT.label))
    ranks: dict[str, str] = dict(Rank.choices)
    clocks: dict[str, Unit] = {}
    days: dict[date, str] = {}
    rows = []
    for row in found:
        zone = row.unit__timezone
        unit = clocks.get(zone) or clocks.setdefault(zone, Unit(timezone=zone))
        local = row.reported_at.astimezone(unit.zone)
        day = days.get(local.date())
        if day is None:
            this_year = local.year == now.astimezone(unit.zone).year
            day = date_format(local, "D, j M" if this_year else "D, j M Y")
            days[local.date()] = day
        is_late = bool(row.state in AWAITED and row.due_at and row.due_at < now)
        is_open = row.state in OPEN
        officer = row.assignee__name or ""
        if row.assignee__rank:
            officer = f"{ranks[row.assignee__rank]} {officer}"
        rows.append(
            ReportRow(
                url=reverse("reports:report_detail", args=[row.id]),
                number=number_of(row.id),
                icon=row.category__icon,
                label=row.category__label,
                is_sealed=row.is_sealed,
                text=row.short if len(row.short) <= SHORT else f"{row.short[: SHORT - 1]}…",
                clock=clock(row.reported_at, unit),
                day=day,
                place=row.place,
                village=row.village__name or "",
                unit=row.unit__name,
                tag="danger" if is_late else STATE_TAGS.get(row.state, ""),
                state=states[row.state],
                is_late=is_late,
                urgency=urgent if is_open and row.priority == Priority.URGENT else "",
                officer=officer,
                waits=is_open and not officer,
            )
        )
    return rows
