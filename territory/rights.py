"""Who may change a unit."""

from territory.models import Unit
from territory.scope import Viewer

# The name of the action in `accounts.roles`, which territory must not import. A test compares the
# two.
MANAGE = "manage"


def may_move(user: Viewer, unit: Unit, parent: Unit | None) -> bool:
    """Move the unit under another parent: whoever administers both."""
    places = [unit] if parent is None else [unit, parent]
    return all(user.scope.may(MANAGE, place) for place in places)


def may_paste(user: Viewer) -> bool:
    """Add rows from a pasted table: whoever administers a unit. Each row is checked by its unit."""
    return MANAGE in user.scope.actions


def manages_all(user: Viewer) -> bool:
    """Superusers and administrators of Mabes."""
    return any(not grant.column and MANAGE in grant.actions for grant in user.scope.grants)
