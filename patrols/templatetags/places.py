"""Addresses and words of the pages of places."""

from django import template
from django.urls import reverse

from patrols.presenters.maps import risky_hours
from patrols.presenters.places import Kind
from toolkit.geo.maps import geo_link
from toolkit.geo.models import Positioned

register = template.Library()
register.filter("risky_hours", risky_hours)


@register.simple_tag
def url_of(kind: Kind, page: str, *args: object) -> str:
    """``{% url_of kind "edit" place.pk %}``: a page of this kind of place."""
    return reverse(f"patrols:{kind.stem}_{page}", args=args)


@register.filter
def geo(place: Positioned) -> str:
    """Opens the phone's own map at a place that has a position."""
    return geo_link(place.lat or 0, place.lon or 0)


@register.filter
def coordinates(place: Positioned) -> str:
    return f"{place.lat:.5f}, {place.lon:.5f}"
