"""Where a request comes from, as far as limits need it."""

from allauth.core.internal import ratelimit
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address before our own proxies; of IPv6 the network, in which one house has billions of
    addresses. Never to be stored or logged. Empty for a socket, which has none."""
    try:
        return str(ratelimit.get_ip(request))
    except PermissionDenied:
        return ""
