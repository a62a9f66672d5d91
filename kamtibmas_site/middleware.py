"""Middleware for every request: nothing is kept in caches, large bodies are refused."""

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string

Handler = Callable[[HttpRequest], HttpResponse]


def no_store(get_response: Handler) -> Handler:
    """Lets nothing be cached unless the view says so: phones are shared, pages name people."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


def too_large(request: HttpRequest) -> HttpResponse:
    """413, with the way back to the form. The template needs neither the person nor the session."""
    page = render_to_string("413.html", {"back": request.path})
    return HttpResponse(page, status=413)


def limit_body(get_response: Handler) -> Handler:
    """Refuses a body that is too large before reading any of it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_BODY_BYTES:
            return too_large(request)
        return get_response(request)

    return middleware


def read_form(get_response: Handler) -> Handler:
    """Reads a sent form before anything else does, so that one that cannot be read is answered 400.

    The page for an unknown address or a missing right would read it for the first time, and fail.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        # A phone that went away in the middle is answered by whoever needs the form.
        with suppress(UnreadablePostError):
            _form = request.POST
        return get_response(request)

    return middleware
