"""Who may change a unit."""

from territory.models import Unit
from territory.scope import Viewer

# The action that opens the admin. `accounts.roles` grants it; a test compares the two names.
MANAGE = "manage"


def may_move(user: Viewer, unit: Unit, parent: Unit | None) -> bool:
    """Move the unit under another parent: whoever administers both."""
    places = [unit] if parent is None else [unit, parent]
    return all(user.scope.may(MANAGE, place) for place in places)
