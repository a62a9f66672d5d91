"""Carries the code of a report that somebody told an officer to the page that shows it, once.

In an encrypted cookie, for that page alone and for that officer. A form that the phone sends later,
without its page, so leaves the code where the officer finds it.
"""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from accounts.views.requests import SignedIn
from reports.views.code_cookie import READ_WITHIN
from reports.views.draft_cookie import cipher

NAME = "kode"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Told:
    """`phone` is the reporter's, in E.164; empty where WhatsApp is not to be offered."""

    person: int
    code: str
    phone: str = ""


def keep_told(response: HttpResponse, pk: int, told: Told) -> None:
    response.set_cookie(
        NAME,
        cipher().encrypt(json.dumps(asdict(told)).encode()).decode(),
        path=_page(pk),
        httponly=True,
        samesite="Lax",
        secure=not settings.PLAIN_HTTP,
    )


def kept_told(request: SignedIn) -> Told | None:
    """None if there is none, or one that is too old or another person's."""
    try:
        value = request.COOKIES.get(NAME, "").encode()
        told = Told(**json.loads(cipher().decrypt(value, ttl=READ_WITHIN // SECOND)))
    except (InvalidToken, ValueError, TypeError):
        return None
    return told if told.person == request.user.pk else None


def forget_told(response: HttpResponse, pk: int) -> None:
    response.delete_cookie(NAME, path=_page(pk), samesite="Lax")


def _page(pk: int) -> str:
    return reverse("reports:report_code", args=[pk])
