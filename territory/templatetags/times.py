"""The functions of `territory.times` as template filters."""

from django import template

from territory import times

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
