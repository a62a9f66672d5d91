from django.conf import settings
from django.http import HttpRequest

from tools import demo

THEMES = {"light", "dark"}


def site(request: HttpRequest) -> dict[str, object]:
    """For every page: whether this is a demo, and the theme chosen here ('' follows the device)."""
    theme = request.COOKIES.get("theme", "")
    found: dict[str, object] = {
        "demo": settings.KAMTIBMAS_DEMO,
        "theme": theme if theme in THEMES else "",
    }
    user = getattr(request, "user", None)
    if settings.KAMTIBMAS_DEMO and not (user and user.is_authenticated):
        found |= {"demo_accounts": demo.ACCOUNTS, "demo_password": demo.PASSWORD}
    return found
