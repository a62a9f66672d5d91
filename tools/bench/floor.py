"""The floor: settings, URLs and the only view of a bare Django site. Pages are compared with it.

It has session, CSRF and authentication middleware and one indexed SELECT.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from kamtibmas_site.settings import *  # noqa: F403

# allauth refuses to start without its middleware.
INSTALLED_APPS = [app for app in INSTALLED_APPS if not app.startswith("allauth")]  # noqa: F405
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "tools.bench.floor"


def floor(request: HttpRequest) -> HttpResponse:
    """`request.user` is the indexed SELECT."""
    return HttpResponse(f"{request.user.pk}\n", content_type="text/plain")


urlpatterns = [path("", floor)]
