"""Addresses and words of the pages of places."""

from django import template
from django.urls import reverse

from patrols.presenters.maps import risky_hours
from patrols.presenters.places import Kind
from reports.models import HotspotProposal
from toolkit.geo.maps import geo_link

register = template.Library()
register.filter("risky_hours", risky_hours)


@register.simple_tag
def url_of(kind: Kind, page: str, *args: object) -> str:
    """``{% url_of kind "edit" place.pk %}``: a page of this kind of place."""
    return reverse(f"patrols:{kind.stem}_{page}", args=args)


@register.filter
def geo(proposal: HotspotProposal) -> str:
    """Opens the phone's own map at the place."""
    return geo_link(proposal.lat or 0, proposal.lon or 0)


@register.filter
def coordinates(proposal: HotspotProposal) -> str:
    return f"{proposal.lat:.5f}, {proposal.lon:.5f}"
