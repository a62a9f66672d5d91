"""The ways of saying a time in `territory.times`, as template filters."""

from django import template

from territory import times

register = template.Library()

for filter_name, say in {
    "clock": times.clock,
    "hour": times.hour,
    "day": times.day,
    "moment": times.moment,
    "night": times.night_name,
    "duration": times.duration,
    "ago": times.ago,
}.items():
    register.filter(filter_name, say)
