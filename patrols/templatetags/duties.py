"""Icons and words for the kinds, states and marks of duties and their log."""

import uuid
from datetime import timedelta
from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from patrols.models import (
    Attendance,
    AttendanceStatus,
    Condition,
    EntryKind,
    ItemKind,
    LogEntry,
    Mark,
)
from patrols.models.posts import Counted
from patrols.presenters.entry_text import sent_words
from patrols.presenters.roll_names import details_of
from patrols.workflow import DutyState, ReviewState

register = template.Library()

LOW_ACCURACY_M = 200

KIND_ICONS: dict[str, str] = {
    EntryKind.CHECK_IN: "map-pin",
    EntryKind.OBSERVATION: "eye",
    EntryKind.CONTACT: "message-circle",
    EntryKind.WARNING: "megaphone",
    EntryKind.FINDING: "triangle-alert",
    EntryKind.NOTE: "notebook-pen",
    EntryKind.HANDOVER: "arrow-left-right",
    EntryKind.PAUSE: "coffee",
    EntryKind.START: "play",
    EntryKind.END: "flag",
}
ITEM_ICONS: dict[str, str] = {
    ItemKind.RADIO: "radio",
    ItemKind.LIGHT: "flashlight",
    ItemKind.KEY: "key-round",
    ItemKind.ALARM: "bell-ring",
    ItemKind.CLOTHING: "shirt",
    ItemKind.MEDICAL: "briefcase-medical",
    ItemKind.FIRE: "fire-extinguisher",
    ItemKind.BARRIER: "construction",
    ItemKind.BOOK: "book-open",
    ItemKind.OTHER: "package",
}
STATE_TAGS: dict[str, str] = {
    DutyState.RUNNING: "good",
    DutyState.MISSED: "danger",
    ReviewState.WAITING: "warn",
    ReviewState.APPROVED: "good",
    ReviewState.RETURNED: "danger",
    AttendanceStatus.PRESENT: "good",
    AttendanceStatus.REPLACEMENT: "good",
    AttendanceStatus.LATE: "warn",
    AttendanceStatus.ABSENT: "danger",
    Condition.GOOD: "good",
    Condition.BROKEN: "warn",
}


@cache
def _around_the_key() -> tuple[str, str]:
    before, _key, after = reverse("patrols:duty_detail", args=[0]).rpartition("0")
    return before, after


@register.simple_tag
def duty_url(pk: int) -> str:
    """Of a duty's page, for lists of many: Django takes long to find the address of each."""
    before, after = _around_the_key()
    return f"{before}{pk}{after}"


@register.simple_tag
def new_uuid() -> str:
    """For a form's `client_uuid`, so that sending the same form twice makes one entry."""
    return str(uuid.uuid4())


@register.filter
def hours_long(length: timedelta) -> str:
    """``52 jam 15 mnt``: hours that people have served, which are added up and so never days."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


@register.filter
def kind_icon(kind: str) -> str:
    return KIND_ICONS[kind]


@register.filter
def item_icon(kind: str) -> str:
    return ITEM_ICONS[kind]


@register.filter
def count_class(counted: Counted) -> str:
    """The CSS class of the tag that says how an item is: "danger" where some of it is missing."""
    return "danger" if counted.present < counted.wanted else STATE_TAGS[counted.condition]


@register.filter
def breakable(words: str) -> SafeString:
    """A line may end after a slash, where browsers would sooner break the next word."""
    return format_html_join(mark_safe("/<wbr>"), "{}", ((part,) for part in words.split("/")))


@register.filter
def tag_class(state: str) -> str:
    """The CSS class of a state's tag: "good", "warn", "danger"; "" for a state that is neither."""
    return STATE_TAGS.get(state, "")


@register.filter
def mark_words(entry: LogEntry) -> list[str]:
    """Whether the plate on the spot was scanned, then as `odd_words`."""
    return [*([_("plate scanned")] if entry.by_plate else []), *odd_words(entry)]


@register.filter
def odd_words(entry: LogEntry) -> list[str]:
    """What is odd about an entry of a loaded duty, in words: «di luar radius 180 m»."""
    words = []
    for mark in entry.marks:
        if mark == Mark.OUTSIDE and entry.distance_m is not None:
            words.append(_("outside the radius, %(m)d m away") % {"m": entry.distance_m})
        elif mark == Mark.LATE:
            words.append(sent_words(entry, entry.duty.unit))
        else:
            words.append(str(Mark(mark).label))
    if entry.kind == EntryKind.CHECK_IN and (entry.accuracy_m or 0) > LOW_ACCURACY_M:
        words.append(_("low accuracy, ±%(m)d m") % {"m": entry.accuracy_m})
    return words


@register.filter
def namesakes(rows: list[Attendance]) -> dict[int, str]:
    """For `told_apart`: what tells those of one name apart, by the key of their row."""
    return details_of(rows)


@register.filter
def told_apart(row: Attendance, details: dict[int, str]) -> str:
    """What tells the person from another of the same name; "" where nobody else has it."""
    return details.get(row.pk, "")
