from django.conf import settings
from django.http import HttpRequest

THEMES = {"light", "dark"}


def site(request: HttpRequest) -> dict[str, object]:
    """What every page may show: whether this is a demo, and the theme chosen on this device ('' follows the device)."""
    theme = request.COOKIES.get("theme", "")
    return {"demo": settings.KAMTIBMAS_DEMO, "theme": theme if theme in THEMES else ""}
