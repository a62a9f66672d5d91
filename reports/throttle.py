"""Soft limits for people without an account. What is counted is forgotten with the process.

A mobile carrier puts a whole kampung behind one address: so it is address and device together that
are counted, and an address alone only far higher, for who changes the device's name with each try.
Neither is stored: the key is a digest with a random salt of the day that never leaves the memory.
"""

import hashlib
import hmac
import secrets
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

DEVICES_AT_AN_ADDRESS = 20


class Limit(NamedTuple):
    """So many from one device within so many seconds."""

    name: str
    most: int
    seconds: int


WRONG_CODES = Limit("code", 10, 600)
REPORTS = Limit("report", 30, 600)
ANSWERS = Limit("answer", 60, 600)
AREA_SEARCHES = Limit("area", 120, 60)


def is_used_up(request: HttpRequest, limit: Limit) -> bool:
    counted = caches["throttle"].get_many(_keys(request, limit))
    return any(counted.get(key, 0) >= most for key, most in _keys(request, limit).items())


def count(request: HttpRequest, limit: Limit) -> None:
    cache = caches["throttle"]
    for key in _keys(request, limit):
        cache.add(key, 0, limit.seconds)
        try:
            cache.incr(key)
        except ValueError:
            # It ran out between the two.
            cache.set(key, 1, limit.seconds)


def allows(request: HttpRequest, limit: Limit) -> bool:
    """Counts one more, unless the limit is used up."""
    if is_used_up(request, limit):
        return False
    count(request, limit)
    return True


def _keys(request: HttpRequest, limit: Limit) -> dict[str, int]:
    """What is counted, and up to where."""
    try:
        address = str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # a socket has no address
        address = ""
    device = f"{address} {request.META.get('HTTP_USER_AGENT', '')}"
    return {
        _digest(limit.name, "device", device): limit.most,
        _digest(limit.name, "address", address): limit.most * DEVICES_AT_AN_ADDRESS,
    }


def _digest(*words: str) -> str:
    text = "\n".join(words).encode(errors="replace")
    return hmac.new(_salt(timezone.localdate()), text, hashlib.sha256).hexdigest()


@lru_cache(maxsize=1)
def _salt(day: date) -> bytes:
    return secrets.token_bytes(32)
