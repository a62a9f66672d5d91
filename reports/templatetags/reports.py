"""Filters for the officers' pages: labels, and the CSS class for each meaning."""

from datetime import datetime

from django import template
from django.utils.translation import gettext as _

from reports.models import EventKind, Priority, Report, ReportEvent
from reports.models.reports import number_of
from reports.presenters.case_text import occurred_words, place_words
from reports.presenters.report_rows import STATE_TAGS
from territory.times import duration

register = template.Library()
register.filter("report_number", number_of)

PRIORITY_TAGS: dict[str, str] = {Priority.URGENT: "danger", Priority.HIGH: "warn"}
EVENT_LINES: dict[str, str] = {
    EventKind.DISPUTED: "danger",
    EventKind.OVERRIDDEN: "warn",
    EventKind.REOPENED: "warn",
    EventKind.RESOLVED: "good",
    EventKind.CLOSED: "good",
    EventKind.CONFIRMED: "good",
    EventKind.NOTE: "quiet",
    EventKind.REPORTER_NOTE: "quiet",
    EventKind.CLASSIFIED: "quiet",
    EventKind.RATED: "quiet",
}


@register.filter
def state_tag(report: Report) -> str:
    """The CSS class of a state's tag. Lateness stands beside it, in words."""
    return STATE_TAGS.get(report.state, "")


@register.filter
def priority_tag(priority: str) -> str:
    return PRIORITY_TAGS.get(priority, "plain")


@register.filter
def event_line(event: ReportEvent) -> str:
    """The CSS class of an event's line in the timeline."""
    return EVENT_LINES.get(event.kind, "")


@register.filter
def late_by(report: Report, now: datetime) -> str:
    """``52 menit`` past the target."""
    return duration(now - report.due_at) if report.due_at else ""


@register.filter
def place_line(report: Report) -> str:
    """``Jl. Angke 5, Duri Utara, Tambora``."""
    return place_words(report)


@register.filter
def occurred_line(report: Report) -> str:
    """``sekitar 21 Nov 2026 22.00 WIB``."""
    words = occurred_words(report)
    return str(_("not known")) if words == "–" else words


@register.filter
def position(lat: float, lon: float) -> str:
    """``-6.14270,106.80210``, as map programs read it, in every language."""
    return f"{lat:.5f},{lon:.5f}"
