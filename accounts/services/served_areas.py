"""Which officer serves which village or RW."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
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
    """Moves an area of the unit between two of its officers. Without a giver nobody serves it yet,
    without a taker nobody does any more: then it falls to the unit. Returns False where it was
    moved before.

    Raises ChangeRefused where it was moved elsewhere since.
    """
    if not may_move_areas(by, unit) or not _is_of(area, unit):
        raise PermissionDenied
    officers = unscoped(Posting.objects.active(), "the officers of the unit asked for")
    rows = officers.filter(unit=unit, role=Role.OFFICER).select_for_update(of=("self",))
    postings = {posting.pk: posting for posting in rows.order_by("pk")}
    wanted = {posting.pk for posting in (giver, taker) if posting is not None}
    if not wanted <= set(postings):
        raise ChangeRefused(_("One of them does not serve here any more. Look at the list again."))
    served = Posting.villages.through.objects.filter(area=area, posting__in=postings)
    holders = set(served.values_list("posting", flat=True))
    if holders == {posting.pk for posting in [taker] if posting is not None}:
        return False
    if holders and (giver is None or giver.pk not in holders):
        raise ChangeRefused(_("Somebody else has moved it meanwhile. Look at the list again."))
    if giver is not None:
        postings[giver.pk].villages.remove(area)
    if taker is not None:
        postings[taker.pk].villages.add(area)
    return True


def _is_of(area: Area, unit: Unit) -> bool:
    links = unscoped(UnitArea.objects, "areas are public facts").filter(unit=unit)
    codes = links.values_list("area__code", flat=True)
    return any(area.code == c or area.code.startswith((f"{c}.", f"{c}-")) for c in codes)
