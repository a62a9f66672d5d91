"""Pages of no app: the front door, the health of the server, what is shown when it fails."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

RETRY_AFTER_SECONDS = "30"


def home(request: HttpRequest) -> HttpResponse:
    """The page a person's work begins with."""
    return redirect("patrols:my_day")


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 `ok` where the database answers, else 503: for the watcher of the service."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except (OperationalError, InterfaceError):
        return HttpResponse("no database\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is away: that passes, and the browser learns when."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    return render(request, "500.html", status=500)
