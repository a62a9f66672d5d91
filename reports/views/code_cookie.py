"""The reporter's code between two pages: in a signed cookie, never in an address or a session."""

from datetime import timedelta

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse

from reports.codes import read_code

NAME = "laporan"
SALT = "reports.code_cookie"
READ_WITHIN = timedelta(hours=2)


def remember_code(response: HttpResponse, code: str) -> None:
    """Until the browser is closed, and no longer than READ_WITHIN."""
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
    """Takes away what the browser keeps of a visit. By their own names: a neighbour on the same
    domain may have set others, under names that cannot even be written back."""
    response.delete_cookie(NAME, samesite="Strict")
    response.delete_cookie(settings.CSRF_COOKIE_NAME, samesite=settings.CSRF_COOKIE_SAMESITE)
    response.delete_cookie(CookieStorage.cookie_name, samesite=settings.SESSION_COOKIE_SAMESITE)
    response.delete_cookie("theme", samesite="Lax")
    if signs_out:
        response.delete_cookie(
            settings.SESSION_COOKIE_NAME, samesite=settings.SESSION_COOKIE_SAMESITE
        )
