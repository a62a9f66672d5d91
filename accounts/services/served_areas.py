"""Which officer serves which village or RW."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from accounts.models import Posting, User
from accounts.rights import may_move_areas
from accounts.roles import Role
from territory.models import Area, Unit, UnitArea
from territory.scope import unscoped
from toolkit.workflow import ChangeRefused


@transaction.atomic
def move_area(
    *, area: Area, unit: Unit, giver: Posting | None, taker: Posting | None, by: User
) -> bool:
    """Moves an area between two officers of the unit. Without a giver it is one of the unit's that
    nobody serves yet, without a taker nobody does any more: then it falls to the unit. Returns
    False where it was moved before. Who may not sign in any more loses it too.

    Raises ChangeRefused where it was moved elsewhere since.
    """
    if not may_move_areas(by, unit) or (giver is None and not _is_of(area, unit)):
        raise PermissionDenied
    officers = unscoped(Posting.objects.active(), "the officers of the unit asked for")
    rows = officers.filter(unit=unit, role=Role.OFFICER).select_related("user")
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    postings = {posting.pk: posting for posting in locked if posting.user.is_active}
    wanted = {posting.pk for posting in (giver, taker) if posting is not None}
    if not wanted <= set(postings):
        raise ChangeRefused(_("One of them does not serve here any more. Look at the list again."))
    served = Posting.villages.through.objects.filter(area=area, posting__in=postings)
    holders = set(served.values_list("posting", flat=True))
    if holders == {posting.pk for posting in [taker] if posting is not None}:
        return False
    if (giver is None and holders) or (giver is not None and giver.pk not in holders):
        raise ChangeRefused(_("Somebody else has moved it meanwhile. Look at the list again."))
    for posting in locked:
        if posting.pk not in postings:
            posting.villages.remove(area)
    if giver is not None:
        postings[giver.pk].villages.remove(area)
    if taker is not None:
        postings[taker.pk].villages.add(area)
    return True


def _is_of(area: Area, unit: Unit) -> bool:
    """Whether the unit is that of the area or of the nearest larger one that has a unit."""
    units = UnitArea.objects.filter(area__code__in=area.lineage())
    nearest = unscoped(units, "areas are public facts").order_by(Length("area__code").desc())
    return unit.pk in nearest.values_list("unit", flat=True)[:1]
