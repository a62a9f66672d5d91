"""Middleware for every request: nothing is kept in caches, large bodies are refused."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
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
