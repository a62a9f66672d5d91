from accounts.roles import Action
from accounts.views.requests import SignedIn
from patrols.views.command import asked_unit
from territory.models import TimeZoneName, Unit
from toolkit.ui.requests import require


def unit_held(request: SignedIn, action: Action) -> Unit:
    """The unit asked for, where the person must hold the action; else the own unit, or the first
    one posted to with it. Not stored for who has none, such as a superuser."""
    user, asked = request.user, asked_unit(request)
    if asked is not None:
        require(user.may(action, asked))
        return asked
    if user.unit is not None and user.may(action, user.unit):
        return user.unit
    posted = Unit.objects.visible_to(user).with_lineage()
    rows = posted.filter(pk__in=user.scope.units_posted_with(action)).order_by("name", "pk")
    return rows.first() or Unit(timezone=TimeZoneName.WIB)
