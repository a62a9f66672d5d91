"""The reporter's code between two pages: in a signed cookie, never in an address or a session."""

from datetime import timedelta

from django.conf import settings
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


def forget_code(response: HttpResponse) -> None:
    response.delete_cookie(NAME, samesite="Strict")
