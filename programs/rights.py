"""Who may do what with community work.

Volunteers have no posting: they log patrols, and no activities.
"""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import Action
from programs.models import Activity
from territory.scope import UnitRow

# Longer, and the monthly counts that were sent up would change under their readers.
CORRECT_WITHIN = timedelta(days=7)


def may_log_activity(user: User, unit: UnitRow | None = None) -> bool:
    """Write down an activity of the unit; without one, of any."""
    return Action.LOG in user.scope.actions if unit is None else user.may(Action.LOG, unit)


def may_see_activities(user: User) -> bool:
    """Open the list of activities: whoever has a posting."""
    return Action.VIEW in user.scope.actions


def may_correct(user: User, activity: Activity) -> bool:
    """Correct it or take it back: its author, for a week."""
    is_fresh = timezone.now() - activity.received_at < CORRECT_WITHIN
    return activity.author_id == user.pk and activity.withdrawn_at is None and is_fresh


def may_open_resident(user: User, activity: Activity) -> bool:
    """Read the sealed name of a resident: who wrote it down, while serving in that unit."""
    return activity.author_id == user.pk and user.may(Action.LOG, activity)


def may_add_activity_photo(user: User, activity: Activity) -> bool:
    """Send a photo that the activity has announced: its author."""
    return activity.author_id == user.pk and activity.withdrawn_at is None
