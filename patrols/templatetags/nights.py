"""Words for the nights of schedules, and the stamp of a board."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from patrols.models import Schedule, Weekday
from territory.models import Unit
from territory.times import night_span, night_spans

register = template.Library()
register.filter("span", night_span)
register.filter("spans", night_spans)


@register.filter
def night_words(schedule: Schedule) -> str:
    """``setiap malam``, ``Jum, Sab``, ``tiap 3 hari``; and what holds on holidays."""
    words = weekday_words(schedule.weekdays)
    if schedule.every > 1:
        words = _("every %(n)d days") % {"n": schedule.every}
    if schedule.on_holidays:
        words = f"{words}, {schedule.get_on_holidays_display()}"
    return words


@register.filter
def weekday_words(weekdays: Iterable[int]) -> str:
    chosen = sorted(set(weekdays))
    if len(chosen) == len(Weekday):
        return _("every night")
    return ", ".join(str(WEEKDAYS_ABBR[day]) for day in chosen)


@register.filter
def seconds(moment: datetime, unit: Unit) -> str:
    """``23.42.10 WIB``: when the board was read."""
    return f"{moment.astimezone(unit.zone):%H.%M.%S} {unit.zone_label}"
