from django.conf import settings
from django.http import HttpRequest

THEMES = {"light", "dark"}


def site(request: HttpRequest) -> dict[str, object]:
    """For every page: whether this is a demo, the theme chosen here ('' follows the device), and
    where the quick exit leads."""
    theme = request.COOKIES.get("theme", "")
    return {
        "demo": settings.KAMTIBMAS_DEMO,
        "theme": theme if theme in THEMES else "",
        "exit_to": settings.QUICK_EXIT_TO,
    }
