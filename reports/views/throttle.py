"""Soft limits for people without an account, counted for all workers together (toolkit.limits).

A mobile carrier puts thousands of phones behind one address, and most of them send the same name of
browser. So a device is told by the cookie that every form needs; who sends none is told by address
and browser. The address alone has a limit that only a program reaches, which takes a new cookie for
each try. Such a program must not keep its neighbours out: a phone that began its report a moment
ago, as every person did and as the encrypted cookie of the form shows, passes by a count of that
form alone. Whatever was counted for them all, one of them could use up for the others.
"""

import logging
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from reports.views.draft_cookie import begun_form
from toolkit.limits.counts import Counter, counter, take
from toolkit.limits.requests import address_of

logger = logging.getLogger(__name__)

DEVICES_AT_AN_ADDRESS = 20
# Nobody chooses what happened, and writes where and when, in less.
SOONEST = timedelta(seconds=20)


class Limit(NamedTuple):
    """At most `most` from one device, and `most` times `devices` from one address, within
    `seconds`. The first `of_a_form` of a form that was begun before count for that form only."""

    name: str
    most: int
    seconds: int
    devices: int = DEVICES_AT_AN_ADDRESS
    of_a_form: int = 0


WRONG_CODES = Limit("code", 10, 600)
REPORTS = Limit("report", 30, 600, devices=100, of_a_form=10)
# By the code of the report: who holds one may answer, whatever comes from the same address.
ANSWERS = Limit("answer", 60, 600)


def allows(request: HttpRequest, limit: Limit, *, code: str = "") -> bool:
    """Counts one more, unless the limit is used up."""
    begun = limit.of_a_form and begun_form(request, at_least=SOONEST)
    if begun and take(counter(f"{limit.name} form", begun, limit.of_a_form, limit.seconds)):
        return True
    if take(*_counters(request, limit, code)):
        return True
    logger.warning("The limit “%s” of a device or an address is used up", limit.name)
    return False


def refuse_if_used_up(request: HttpRequest, limit: Limit, form: Form, *, code: str = "") -> bool:
    """Whether the limit is used up; the form then says so, keeps its words and drops its files.

    To be called before the form is read, because reading photos is what costs. A form with files
    counts even where it is refused later; one without counts once it is filled in correctly.
    """
    if (not request.FILES and not form.is_valid()) or allows(request, limit, code=code):
        return False
    form.files = MultiValueDict()
    form.add_error(
        None,
        _(
            "Too much has come from this connection. Wait some minutes, then send again."
            " 110 is free."
        ),
    )
    return True


def _counters(request: HttpRequest, limit: Limit, code: str) -> list[Counter]:
    if code:
        return [counter(f"{limit.name} code", code, limit.most, limit.seconds)]
    address = address_of(request)
    device = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    device = device or f"{address}\n{request.META.get('HTTP_USER_AGENT', '')}"
    return [
        counter(f"{limit.name} device", device, limit.most, limit.seconds),
        counter(f"{limit.name} address", address, limit.most * limit.devices, limit.seconds),
    ]
