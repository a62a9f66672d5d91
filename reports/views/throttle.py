"""Soft limits for people without an account. The counts live in the memory of the process.

A mobile carrier puts thousands of phones behind one address, and most of them send the same name of
browser. So a device is told by the cookie that every form needs; who sends none is told by address
and browser. The address alone has a limit that only a program reaches, which takes a new cookie for
each try. None is stored: the key is a digest with a random salt that changes every day and never
leaves the memory.
"""

import hashlib
import hmac
import logging
import secrets
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

DEVICES_AT_AN_ADDRESS = 20


class Limit(NamedTuple):
    """At most `most` from one device, and `most` times `devices` from one address, within
    `seconds`."""

    name: str
    most: int
    seconds: int
    devices: int = DEVICES_AT_AN_ADDRESS


WRONG_CODES = Limit("code", 10, 600)
REPORTS = Limit("report", 30, 600, devices=100)
ANSWERS = Limit("answer", 60, 600, devices=50)
AREA_SEARCHES = Limit("area", 120, 60, devices=200)


def is_used_up(request: HttpRequest, limit: Limit) -> bool:
    keys = _keys(request, limit)
    counted = caches["throttle"].get_many(keys)
    is_over = any(counted.get(key, 0) >= most for key, most in keys.items())
    if is_over:
        logger.warning("The limit “%s” of a device or an address is used up", limit.name)
    return is_over


def count(request: HttpRequest, limit: Limit) -> None:
    cache = caches["throttle"]
    for key in _keys(request, limit):
        cache.add(key, 0, limit.seconds)
        try:
            cache.incr(key)
        except ValueError:
            # The key expired between add() and incr().
            cache.set(key, 1, limit.seconds)


def allows(request: HttpRequest, limit: Limit) -> bool:
    """Counts one more, unless the limit is used up."""
    if is_used_up(request, limit):
        return False
    count(request, limit)
    return True


def refuse_if_used_up(request: HttpRequest, limit: Limit, form: Form) -> bool:
    """Whether the limit is used up; the form then says so, keeps its words and drops its files.

    To be called before the form is read, because reading photos is what costs. A form with files
    counts even where it is refused later; one without counts once it is filled in correctly.
    """
    if is_used_up(request, limit):
        form.files = MultiValueDict()
        form.add_error(
            None,
            _(
                "Too much has come from this connection. Wait some minutes, then send again."
                " 110 is free."
            ),
        )
        return True
    if request.FILES or form.is_valid():
        count(request, limit)
    return False


def _keys(request: HttpRequest, limit: Limit) -> dict[str, int]:
    """The highest count by key."""
    try:
        address = str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # a socket has no address
        address = ""
    cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    device = cookie or f"{address} {request.META.get('HTTP_USER_AGENT', '')}"
    return {
        _digest(limit.name, "device", device): limit.most,
        _digest(limit.name, "address", address): limit.most * limit.devices,
    }


def _digest(*words: str) -> str:
    text = "\n".join(words).encode(errors="replace")
    return hmac.new(_salt(timezone.localdate()), text, hashlib.sha256).hexdigest()


@lru_cache(maxsize=1)
def _salt(day: date) -> bytes:
    return secrets.token_bytes(32)
