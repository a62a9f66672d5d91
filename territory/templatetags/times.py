"""The functions of `territory.times` as template filters."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html

from territory import times
from territory.models import Unit

register = template.Library()

register.filters.update(
    clock=times.clock,
    clock_and_day=times.clock_and_day,
    hour=times.hour,
    day=times.day,
    short_day=times.short_day,
    date_of=times.date_of,
    moment=times.moment,
    night=times.night_name,
    duration=times.duration,
    ago=times.ago,
)


@register.simple_tag
def time_ago(moment: datetime, unit: Unit, now: datetime) -> str:
    """``12 menit lalu``, with the exact time for who points at it."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        timezone.localtime(moment).isoformat(),
        times.moment(moment, unit),
        times.ago(moment, now),
    )
