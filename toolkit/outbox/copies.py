"""Copies of pages that a phone keeps for a night without a signal.

The service worker asks for them with the header of HEADER. A page takes part with `copied`: it then
leaves out what nobody else who holds the phone should read. Copies hold no token, no message and
nothing typed, so that compressing them tells nothing.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.gzip import gzip_page

# Asks for a copy; the answer names in it the person whose copy it is.
HEADER = "X-Copy"
# Stands in an address in the place of a key that only the phone knows.
ANY = uuid.UUID(int=0)

View = Callable[..., HttpResponseBase]


def is_copy(request: HttpRequest) -> bool:
    """Whether the phone keeps the answer. False on every page without `copied`."""
    return getattr(request, "is_copy", False)


def copied(view: View) -> View:
    """For a page that may be kept. Browsers' own caches still keep nothing of it (no-store): the
    worker keeps it where it can take it away again."""
    compressed = gzip_page(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "GET" or HEADER not in request.headers:
            return view(request, *args, **kwargs)
        request.is_copy = True  # type: ignore[attr-defined]
        response = compressed(request, *args, **kwargs)
        if response.status_code == 200:
            response.headers[HEADER] = str(request.user.pk)
        return response

    return answer


def copy_context(request: HttpRequest) -> dict[str, object]:
    """A context processor after those of messages: a copy takes none, and no token."""
    if not is_copy(request):
        return {}
    return {"copied_at": timezone.now(), "messages": [], "csrf_token": ""}
