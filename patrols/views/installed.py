"""What makes the site an app of the phone: its manifest, its service worker, a shortcut."""

import json
from functools import lru_cache
from pathlib import Path

import brotli
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import etag, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.views.requests import SignedIn
from patrols.selectors.copies import duties_to_keep, stamp_of
from patrols.views.copies import form_of_now
from toolkit.outbox.copies import ANY
from toolkit.static_files import shorter_script

WORKER = Path(settings.BASE_DIR, "static", "js", "offline", "worker.js")
# Where the pages of signed-in people are; citizens' pages and the admin are never touched.
FIELD = ("/patrols/", "/reports/", "/partners/", "/programs/", "/accounts/outbox/")


def _worker_script(_request: HttpRequest) -> str:
    places = {
        "list": reverse("patrols:copy_list"),
        "home": reverse("patrols:my_day"),
        "noSignal": reverse("patrols:no_signal"),
        "signIn": reverse("account_login"),
        "signOut": reverse("account_logout"),
        "field": FIELD,
        "any": str(ANY),
    }
    listed = json.dumps(places, separators=(",", ":"))
    return f"self.PLACES = {listed};\n{shorter_script(WORKER.read_text())}"


@login_not_required
@vary_on_headers("Accept-Encoding")
@gzip_page
@require_safe
@etag(lambda request: f'"{stamp_of(_worker_script(request))}"')
def worker(request: HttpRequest) -> HttpResponse:
    """The script of the service worker. Browsers ask for it again on most pages."""
    script = _worker_script(request).encode()
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    if "br" in request.headers.get("Accept-Encoding", ""):
        script = _compressed(script)
        headers["Content-Encoding"] = "br"
    return HttpResponse(script, content_type="text/javascript", headers=headers)


@lru_cache(maxsize=1)
def _compressed(script: bytes) -> bytes:
    return bytes(brotli.compress(script))


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest, with which a phone offers to install the site."""
    shortcuts = [
        (_("Write"), "patrols:entry_now"),
        (pgettext("deed", "Report"), "reports:report_new"),
        (_("Tonight's duty"), "patrols:my_day"),
    ]
    return JsonResponse(
        {
            "id": "/",
            "scope": "/",
            "name": "Kamtibmas",
            "short_name": "Kamtibmas",
            "lang": "id",
            "start_url": reverse("home"),
            "display": "standalone",
            "background_color": "#f2f4f8",
            "theme_color": "#16305a",
            "icons": [
                _icon("icon.svg", "any", "image/svg+xml"),
                _icon("icon-192.png", "192x192"),
                _icon("icon-512.png", "512x512"),
                _icon("icon-maskable-512.png", "512x512") | {"purpose": "maskable"},
            ],
            "shortcuts": [
                {"name": name, "url": reverse(page), "icons": [_icon("icon-192.png", "192x192")]}
                for name, page in shortcuts
            ],
        },
        content_type="application/manifest+json",
    )


def _icon(name: str, sizes: str, kind: str = "image/png") -> dict[str, str]:
    return {"src": static(f"icons/{name}"), "sizes": sizes, "type": kind}


@require_safe
def entry_now(request: SignedIn) -> HttpResponse:
    """A shortcut of the installed site."""
    return redirect(form_of_now(duties_to_keep(request.user, now=timezone.now())))
