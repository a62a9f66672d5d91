"""Times as Indonesians write them: 22.00 WIB, Malam 11–12 Nov, 12 menit lalu."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from territory.models import Unit

DAYLIGHT = (time(5), time(18, 30))


def clock(moment: datetime | None, unit: "Unit | None" = None) -> str:
    """``22.00 WIB`` in the unit's time zone; without a unit, in the current zone and unnamed."""
    if moment is None:
        return "–"
    if unit is None:
        return timezone.localtime(moment).strftime("%H.%M")
    return f"{moment.astimezone(unit.zone):%H.%M} {unit.zone_label}"


def clock_and_day(moment: datetime, unit: "Unit", now: datetime | None = None) -> str:
    """``22.00 WIB`` of today, ``kemarin 16.24 WIB``, else ``21 Nov 2026 22.00 WIB``."""
    today = (now or timezone.now()).astimezone(unit.zone).date()
    day = moment.astimezone(unit.zone).date()
    if day == today:
        return clock(moment, unit)
    if day == today - timedelta(days=1):
        return _("yesterday %(time)s") % {"time": clock(moment, unit)}
    return _dated(moment, unit)


def hour(moment: datetime | None, unit: "Unit") -> str:
    """``22.00`` in the unit's time zone, for pages that print the zone once."""
    return "–" if moment is None else f"{moment.astimezone(unit.zone):%H.%M}"


def hours(start: datetime, end: datetime, unit: "Unit") -> str:
    """``22.15–01.00 WIB`` in the unit's time zone."""
    return f"{hour(start, unit)}–{clock(end, unit)}"


def day(moment: datetime | date | None, unit: "Unit | None" = None) -> str:
    """``Sabtu, 21 November 2026``."""
    if moment is None:
        return "–"
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment, unit.zone if unit else None).date()
    return date_format(moment, "l, j F Y")


def date_of(moment: datetime, unit: "Unit") -> str:
    """``21 November 2026``, as it stands after the place of a signature."""
    return date_format(moment.astimezone(unit.zone), "j F Y")


def moment(value: datetime | None, unit: "Unit") -> str:
    """``21 Nov 2026 22.00 WIB``: exact, for titles and print."""
    return "–" if value is None else _dated(value, unit)


def _dated(value: datetime, unit: "Unit") -> str:
    return f"{date_format(value.astimezone(unit.zone), 'j M Y')} {clock(value, unit)}"


def night_span(night: date) -> str:
    """``11–12 Nov``, ``30 Nov–1 Des``, ``31 Des 2026–1 Jan 2027``."""
    after = night + timedelta(days=1)
    if night.year != after.year:
        return f"{date_format(night, 'j M Y')}–{date_format(after, 'j M Y')}"
    if night.month != after.month:
        return f"{date_format(night, 'j M')}–{date_format(after, 'j M')}"
    return f"{night.day}–{date_format(after, 'j M')}"


def night_spans(nights: Iterable[date], *, most: int = 6) -> str:
    """``11–12 Nov, 12–13 Nov and 3 more``: the first `most` nights in order."""
    found = sorted(nights)
    first = ", ".join(night_span(night) for night in found[:most])
    if len(found) <= most:
        return first
    return _("%(nights)s and %(n)d more") % {"nights": first, "n": len(found) - most}


def night_name(night: date) -> str:
    """``Malam 11–12 Nov``, named by the local date of its apel."""
    return _("Night of %(span)s") % {"span": night_span(night)}


def night_or_day(night: date, starts_at: datetime, ends_at: datetime, unit: "Unit") -> str:
    """``Malam 11–12 Nov``, or ``Kamis, 26 Nov`` for what begins and ends by daylight."""
    starts, ends = starts_at.astimezone(unit.zone), ends_at.astimezone(unit.zone)
    dawn, dusk = DAYLIGHT
    if starts.date() == ends.date() == night and dawn <= starts.time() and ends.time() <= dusk:
        return date_format(night, "l, j M")
    return night_name(night)


def duration(length: timedelta | None) -> str:
    """``52 menit``, ``1 jam 50 mnt``, ``3 hari``."""
    if length is None:
        return "–"
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        days = hours // 24
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if not rest:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """``12 menit lalu``, ``baru saja``."""
    if moment is None:
        return "–"
    length = (now or timezone.now()) - moment
    if length < timedelta(minutes=1):
        return _("just now")
    return _("%(length)s ago") % {"length": duration(length)}
