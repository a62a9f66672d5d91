"""A person's duties as a calendar reads them: iCalendar, RFC 5545. It names no other person."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from patrols.models import Duty

# The standard forbids them in a text, and a calendar may refuse the whole feed for one.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LINE_OCTETS = 74  # the standard allows 75


def _text(words: str) -> str:
    words = CONTROLS.sub(" ", words)
    words = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> Iterator[str]:
    """Long lines go on in the next one after a space; no character is cut in two."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LINE_OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + character, size + octets
    yield part


def calendar_of(duties: Iterable[Duty], *, now: datetime) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kamtibmas//ID", "CALSCALE:GREGORIAN"]
    lines.append(f"X-WR-CALNAME:{_text(_('My duties'))}")
    for duty in duties:
        lines += [
            "BEGIN:VEVENT",
            f"UID:duty-{duty.pk}@kamtibmas",
            f"DTSTAMP:{_stamp(now)}",
            f"DTSTART:{_stamp(duty.apel_at or duty.starts_at)}",
            f"DTEND:{_stamp(duty.ends_at)}",
            f"SUMMARY:{_text(duty.name)}",
            f"LOCATION:{_text(duty.place_name or str(duty.unit))}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))
