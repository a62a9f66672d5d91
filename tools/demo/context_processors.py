from django.conf import settings
from django.http import HttpRequest

from tools.demo.accounts import PASSWORD, SHOWN


def demo_accounts(request: HttpRequest) -> dict[str, object]:
    """What the sign-in page of a demo lists: (username, role) of each account, and the password."""
    user = getattr(request, "user", None)
    if not settings.KAMTIBMAS_DEMO or (user and user.is_authenticated):
        return {}
    return {"demo_accounts": SHOWN, "demo_password": PASSWORD}
