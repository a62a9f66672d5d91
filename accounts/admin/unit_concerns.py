"""What the admin's page of a unit asks about the people posted there."""

from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Posting, User
from accounts.models.postings import opens_sealed_of
from accounts.rights import SEALED_WAIT
from accounts.roles import Action
from territory.models import Unit
from territory.scope import Viewer, unscoped


def nobody_opens_sealed(unit: Unit) -> str:
    """A warning where nobody can read the unit's sealed reports, else ""."""
    if Posting.objects.opening_sealed(unit).exists():
        return ""
    return gettext("No commander here can open sealed reports: give one the permission.")


def others_would_open_sealed(unit: Unit, parent: Unit, by: Viewer) -> str:
    """Refuses to move a unit to where other people open its sealed reports, or have just done so,
    unless whoever moves it opens them in both places."""
    if all(by.scope.may(Action.UNSEAL, place) for place in (unit, parent)):
        return ""
    if unit.parent is None or _holders(unit.parent) == _holders(parent):
        return ""
    return gettext(
        "Other people would open this unit’s sealed reports there. Whoever opens them in both"
        " places moves the unit, or load_seeds --update does on the server."
    )


def _holders(unit: Unit) -> tuple[set[int], set[int]]:
    """Keys of those who open its sealed reports or have lately, and of those who do or will."""
    lately = User.objects.opened_sealed(unit, timezone.now() - SEALED_WAIT)
    given = unscoped(Posting.objects.filter(opens_sealed_of(unit)), "who they are is not shown")
    coming = given.exclude(ends_on__lt=timezone.localdate())
    return set(lately.values_list("pk", flat=True)), set(coming.values_list("user", flat=True))
