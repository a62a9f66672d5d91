"""What `check --deploy` says about the accounts in the database."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError

from accounts.models import User

MOST_NAMED = 100


def no_demo_accounts(**options: Any) -> list[CheckMessage]:
    """Names the demo accounts where the demo is off."""
    if settings.KAMTIBMAS_DEMO:
        return []
    demo = User.objects.filter(is_demo=True).order_by("username")
    try:
        names = list(demo.values_list("username", flat=True)[: MOST_NAMED + 1])
    except DatabaseError:  # the database is away, or has no tables yet
        return []
    if not names:
        return []
    named = ", ".join(map(str, names[:MOST_NAMED])) + (", …" if names[MOST_NAMED:] else "")
    return [
        Warning(
            f"This database has demo accounts, and KAMTIBMAS_DEMO is off: {named}.",
            hint="They cannot sign in. Do not go into service with a demo's database.",
            id="accounts.W001",
        )
    ]
