"""The table rows of the report list.

Python writes them instead of a template, because a page has fifty: a template that only fills in
finished words takes the page from 18 to 23 ms. fill_html escapes every word.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import compress
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.roles import Rank
from reports.models import Priority
from reports.models.reports import SHORT_TEXT, is_late, number_of
from reports.selectors.marks import Marks
from reports.workflow import OPEN, ReportState
from territory.models import Unit
from territory.times import ago, clock, weekday
from toolkit.labels import capitalized, capitalized_choices
from toolkit.ui.icons import lucide
from toolkit.ui.rendering import fill_html

STATE_TAGS: dict[str, str] = {
    ReportState.RECEIVED: "warn",
    ReportState.RESOLVED: "good",
    ReportState.CLOSED: "good",
    ReportState.REJECTED: "plain",
    ReportState.DUPLICATE: "plain",
    ReportState.REFERRED: "plain",
}


ROW = (
    '<tr><th scope="row"><span class="row top-align">{icon}<span class="grow">'
    '<a href="{url}">{label}</a> <small class="num one">{number}</small><br><small>{text}</small>'
    "</span></span></th>"
    '<td class="num"><span class="row wrap"><b>{clock}</b><small>{day}</small>{age}</span></td>'
    '<td><span class="row wrap">{place} <small>{village}</small></span></td>{unit}'
    '<td><span class="row wrap">{tags}</span></td><td>{officer}</td></tr>\n'
)
UNIT = "<td>{name}</td>"
AGE = "<small>{age}</small>"
TAG = '<span class="tag {}">{}</span>'


def icon(name: str) -> str:
    return lucide(name, aria_hidden="true")


def shortened(text: str) -> str:
    return text if len(text) <= SHORT_TEXT else f"{text[: SHORT_TEXT - 1].rstrip()}…"


def report_rows(
    found: Iterable[Any], marks: Marks, now: datetime, *, show_units: bool
) -> SafeString:
    """The rows of a table in HTML. `found` are named tuples of `list_rows()`."""
    states = dict(capitalized_choices(ReportState))
    late = format_html(TAG, "danger", _("Late"))
    urgent = format_html(TAG, "danger", capitalized(Priority.URGENT.label))
    sealed = format_html('<span class="tag plain">{}{}</span>', icon("lock"), _("Sealed"))
    noted = format_html(TAG, "warn", _("New note"))
    again = format_html(TAG, "danger", _("Disputed"))
    nobody = format_html("<small>{}</small>", _("no officer yet"))
    # Resolved once, because fifty times would take an eighth of the page's time.
    before, _zero, after = reverse("reports:report_detail", args=[0]).rpartition("0")
    ranks: dict[str, str] = dict(Rank.choices)
    # The same words in most of the rows: to write them anew takes as long as the rest.
    clocks: dict[str, Unit] = {}
    days: dict[tuple[str, date], str] = {}
    all_tags: dict[tuple[object, ...], SafeString] = {}
    rows = []
    for row in found:
        zone = row.unit__timezone
        unit = clocks.get(zone) or clocks.setdefault(zone, Unit(timezone=zone))
        local_day = row.reported_at.astimezone(unit.zone).date()
        day = days.get((zone, local_day))
        if day is None:
            is_this_year = local_day.year == now.astimezone(unit.zone).year
            day = days[zone, local_day] = weekday(local_day, is_this_year=is_this_year)
        late_now = is_late(row.state, row.due_at, now)
        is_open = row.state in OPEN
        is_urgent = is_open and row.priority == Priority.URGENT
        is_disputed, is_noted = row.id in marks.disputed, row.id in marks.new_note
        seen = (row.state, late_now, is_urgent, is_disputed, is_noted)
        tags = all_tags.get(seen)
        if tags is None:
            tags = format_html(TAG, STATE_TAGS.get(row.state, ""), states[row.state])
            for more in compress((late, urgent, again, noted), seen[1:]):
                tags += more
            all_tags[seen] = tags
        officer = row.assignee__name or (nobody if is_open else "")
        if row.assignee__rank:
            officer = f"{ranks[row.assignee__rank]} {officer}"
        rows.append(
            fill_html(
                ROW,
                icon=icon(row.category__icon),
                url=f"{before}{row.id}{after}",
                label=row.category__label,
                number=number_of(row.id),
                text=sealed if row.is_sealed else shortened(row.short) or "–",
                clock=clock(row.reported_at, unit),
                day=day,
                age=fill_html(AGE, age=ago(row.reported_at, now)) if is_open else "",
                place=row.place,
                village=row.village__name or "",
                unit=fill_html(UNIT, name=row.unit__name) if show_units else "",
                tags=tags,
                officer=officer,
            )
        )
    return mark_safe("".join(rows))  # noqa: S308 each row is escaped
