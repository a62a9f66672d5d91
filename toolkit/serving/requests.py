"""What a request is and how its form is read, so that an odd one is answered with a page."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string

# A header that the worker adds. Those of phones reach the site in capitals.
NO_ROOM = "no_room"


class Request(WSGIRequest):
    """Django's own, but for two headers that Django cannot read in every request.

    Such as a Content-Type whose charset is a codec and not one of texts. A bad one counts as none,
    so that there is a request, and with it a page that answers.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        if not str(environ.get("CONTENT_LENGTH") or 0).isdecimal():
            environ = {**environ, "CONTENT_LENGTH": "0"}
        super().__init__(environ)

    def _set_content_type_params(self, meta: Any) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except (LookupError, ValueError):
            self._encoding = None
            self.content_type, self.content_params = "", {}


def read_form(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Reads a sent form before anything else does: one that cannot be read is answered 400.

    The page for an unknown address or a missing right would read it for the first time, and fail.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        # A phone that went away in the middle is answered by whoever needs the form.
        with suppress(UnreadablePostError):
            _form = request.POST
        return get_response(request)

    return middleware


def refuse_without_room(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """507 where the worker found no room for the body. Words without photos need none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if f"HTTP_{NO_ROOM}" not in request.META:
            return get_response(request)
        page = render_to_string("507.html", {"back": request.path})
        return HttpResponse(page, status=507)

    return middleware
