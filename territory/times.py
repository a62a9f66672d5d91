"""Times as Indonesians write them: 22.00 WIB, Malam 11–12 Nov, 12 menit lalu."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from territory.models import Unit

DAYLIGHT = (time(5), time(18, 30))


def _written(day: date, form: str) -> str:
    return _written_in(day, form, get_language())


@lru_cache(maxsize=1000)
def _written_in(day: date, form: str, language: str | None) -> str:
    """Pages name few days, and each of them many times."""
    return date_format(day, form)


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
    return _written(moment, "l, j F Y")


def short_day(day: date) -> str:
    """``Sab 28/11``, where many days stand in a row."""
    return _written(day, "D j/n")


def weekday(day: date, *, is_this_year: bool) -> str:
    """``Sab, 28 Nov``, with the year where it is another."""
    return _written(day, "D, j M" if is_this_year else "D, j M Y")


def date_of(moment: datetime, unit: "Unit") -> str:
    """``21 November 2026``, as it stands after the place of a signature."""
    return _written(moment.astimezone(unit.zone).date(), "j F Y")


def moment(value: datetime | None, unit: "Unit") -> str:
    """``21 Nov 2026 22.00 WIB``: exact, for titles and print."""
    return "–" if value is None else _dated(value, unit)


def _dated(value: datetime, unit: "Unit") -> str:
    return f"{_written(value.astimezone(unit.zone).date(), 'j M Y')} {clock(value, unit)}"


def night_span(night: date) -> str:
    """``11–12 Nov``, ``30 Nov–1 Des``, ``31 Des 2026–1 Jan 2027``."""
    after = night + timedelta(days=1)
    if night.year != after.year:
        return f"{_written(night, 'j M Y')}–{_written(after, 'j M Y')}"
    if night.month != after.month:
        return f"{_written(night, 'j M')}–{_written(after, 'j M')}"
    return f"{night.day}–{_written(after, 'j M')}"


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
        return _written(night, "l, j M")
    return night_name(night)


def duration(length: timedelta | None) -> str:
    """``52 menit``, ``1 jam 50 mnt``, ``3 hari``."""
    if length is None:
        return "–"
    return _duration_in(_minutes(length), get_language())


def _minutes(length: timedelta) -> int:
    return max(int(length.total_seconds() // 60), 0)


@lru_cache(maxsize=1000)
def _duration_in(minutes: int, language: str | None) -> str:
    """A list of open reports names fifty of them."""
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
    return _ago_in(_minutes((now or timezone.now()) - moment), get_language())


@lru_cache(maxsize=1000)
def _ago_in(minutes: int, language: str | None) -> str:
    if not minutes:
        return _("just now")
    return _("%(length)s ago") % {"length": _duration_in(minutes, language)}
