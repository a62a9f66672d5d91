from accounts.models import User
from accounts.roles import Action
from partners.models import PartnerGroup


def may_list_groups(user: User) -> bool:
    return Action.VIEW in user.scope.actions


def may_change_group(user: User, group: PartnerGroup) -> bool:
    """Record a pengukuhan; add, change and move members."""
    return user.may(Action.PLAN, group)


def may_administer_group(user: User, group: PartnerGroup) -> bool:
    """Change the group itself, in the admin."""
    return user.may(Action.MANAGE, group)
