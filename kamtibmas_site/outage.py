"""The answer while the database is away. It asks nothing: no session, no person, no database."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.debug import sensitive_variables

from accounts.middleware import typed_words
from kamtibmas_site.context_processors import site

RETRY_AFTER_SECONDS = "30"


@sensitive_variables("context")
def database_away(request: HttpRequest) -> HttpResponse:
    """503. What was sent is on the page: to be sent again as it was, and to be read and copied."""
    context = {**site(request), **_sent(request)}
    page = render_to_string("503.html", context)
    return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})


def _sent(request: HttpRequest) -> dict[str, Any]:
    """`fields` of the form to send again, `typed` words to copy, and whether there were photos."""
    if request.method != "POST":
        return {}
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        has_photos = bool(request.FILES)
    except Exception:  # the body is broken: there is nothing to show
        return {}
    # A password is typed anew: it stands on no page.
    if any("password" in name for name, _value in fields):
        return {}
    return {"fields": fields, "has_photos": has_photos, "typed": typed_words(request)}
