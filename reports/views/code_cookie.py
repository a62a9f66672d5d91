"""Carries the reporter's code from page to page in a signed cookie, never in an address."""

from datetime import timedelta

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse

from reports.codes import read_code
from reports.views.draft_cookie import forget_draft

NAME = "laporan"
SALT = "reports.code_cookie"
READ_WITHIN = timedelta(hours=2)


def remember_code(response: HttpResponse, code: str) -> None:
    """Until the browser is closed, for at most READ_WITHIN."""
    response.set_signed_cookie(
        NAME,
        code,
        salt=SALT,
        httponly=True,
        samesite="Strict",
        secure=not settings.PLAIN_HTTP,
    )


def remembered_code(request: HttpRequest) -> str | None:
    kept = request.get_signed_cookie(NAME, default=None, salt=SALT, max_age=READ_WITHIN)
    return read_code(kept) if kept else None


def forget_visit(response: HttpResponse, *, signs_out: bool) -> None:
    """Deletes the cookies of a visit, by name.

    Other sites of the same domain may have set cookies too, some under names that Django cannot
    write back, so they are left alone.
    """
    response.delete_cookie(NAME, samesite="Strict")
    forget_draft(response)
    response.delete_cookie(settings.CSRF_COOKIE_NAME, samesite=settings.CSRF_COOKIE_SAMESITE)
    response.delete_cookie(CookieStorage.cookie_name, samesite=settings.SESSION_COOKIE_SAMESITE)
    response.delete_cookie("theme", samesite="Lax")
    if signs_out:
        response.delete_cookie(
            settings.SESSION_COOKIE_NAME, samesite=settings.SESSION_COOKIE_SAMESITE
        )
